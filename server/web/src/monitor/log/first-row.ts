import { compareEntryIds, type SystemEntry } from '@pinroom/client';

/** Rows on the page at first, and so many more each time that somebody asks for older ones. */
export const ROWS = 300;

/**
 * The place of the first entry that is on the page: thousands are loaded in hours, and drawing all of them
 * would hold the page up. `from` is the id that the reader has gone back to; null: they are at the newest.
 */
export function firstRow(entries: readonly SystemEntry[], from: string | null): number {
  const newest = Math.max(0, entries.length - ROWS);
  if (from === null) return newest;
  const at = entries.findIndex(({ id }) => compareEntryIds(id, from) >= 0);
  return at < 0 ? newest : Math.min(at, newest);
}
