import { compareEntryIds, type Entry } from '@pinroom/client';

/**
 * Entries (ascending) without those that are void: the first one of a later epoch names in `after` the
 * last one before it that the server still had. A page that was asked for long ago may hold others.
 */
export function withoutVoided(entries: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    const { after } = entry;
    if (after !== undefined) {
      for (let last = kept.at(-1); last && isAbove(last, after); last = kept.at(-1)) kept.pop();
    }
    kept.push(entry);
  }
  return kept;
}

export function isAbove(entry: Entry, id: string): boolean {
  return compareEntryIds(entry.id, id) > 0;
}
