import type { Entry } from '@pinroom/client';

/**
 * Gives one object for all who see the same entry, so that an hour of a busy house fits into memory.
 * Another content under a known id stays an object of its own.
 */
export class EntryInterning {
  readonly #known = new Map<string, { readonly text: string; readonly entry: Entry }>();

  readonly #given = new WeakSet<Entry>();

  readonly intern = (entry: Entry): Entry => {
    if (this.#given.has(entry)) return entry;
    const name = `${entry.roomId}/${entry.channel}/${entry.id}`;
    const text = JSON.stringify(entry);
    const known = this.#known.get(name);
    if (known) return known.text === text ? known.entry : entry;
    this.#known.set(name, { text, entry });
    this.#given.add(entry);
    return entry;
  };
}
