import type { Entry } from '@pinroom/client';
import type { SeenEntries } from '../recorded-client.js';

/** The entries of a channel, once for all readers of the process, in the order in which they came. */
export class SharedEntries {
  readonly #entries: Entry[] = [];
  readonly #places = new Map<Entry, number>();

  get length(): number {
    return this.#entries.length;
  }

  /** Where this object is; it is taken in where it is new. */
  place(entry: Entry): number {
    let place = this.#places.get(entry);
    if (place === undefined) {
      place = this.#entries.push(entry) - 1;
      this.#places.set(entry, place);
    }
    return place;
  }

  at(place: number): Entry | undefined {
    return this.#entries[place];
  }

  slice(from: number, to: number): Entry[] {
    return this.#entries.slice(from, to);
  }
}

/**
 * What one reader saw, as runs over what all saw. Whoever sees the same as the others, in the same
 * order, takes no memory for it, however long it goes on.
 */
export class EntryRuns implements SeenEntries {
  readonly #shared: SharedEntries;
  /** From and to (exclusive) of each run, one after the other. */
  readonly #runs: number[] = [];
  #length = 0;

  constructor(shared: SharedEntries) {
    this.#shared = shared;
  }

  get length(): number {
    return this.#length;
  }

  get newest(): Entry | undefined {
    return this.#shared.at((this.#runs.at(-1) ?? 0) - 1);
  }

  push(entry: Entry): void {
    const place = this.#shared.place(entry);
    this.#length++;
    const last = this.#runs.length - 1;
    if (this.#runs[last] === place) this.#runs[last] = place + 1;
    else this.#runs.push(place, place + 1);
  }

  /** All of them, in order, in a list of their own. */
  all(): Entry[] {
    const entries: Entry[][] = [];
    for (let at = 0; at < this.#runs.length; at += 2) {
      entries.push(this.#shared.slice(this.#runs[at] ?? 0, this.#runs[at + 1] ?? 0));
    }
    return entries.flat();
  }
}
