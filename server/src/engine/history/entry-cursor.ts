import { compareEntryIds, type Entry, follows, parseEntryId } from '@pinroom/client/contract';

/** Entries of an aligned block of history. */
export const BLOCK_SIZE = 100;

/** The id right before `id` in its epoch; null: it is the first of its epoch. */
export function predecessor(id: string): { epoch: number; seq: number } | null {
  const position = parseEntryId(id);
  return position && position.seq > 0 ? { epoch: position.epoch, seq: position.seq - 1 } : null;
}

/** Whether two neighbours in a page really follow each other, with nothing between. */
export function isSeamless(older: Entry | undefined, newer: Entry | undefined): boolean {
  if (!older || !newer) return true;
  const a = parseEntryId(older.id);
  const b = parseEntryId(newer.id);
  if (!a || !b) return false;
  if (a.epoch === b.epoch) return b.seq === a.seq + 1;
  return b.seq === 0 && (newer.after === undefined || newer.after === older.id);
}

/** The id that would follow `id` in its epoch. */
export function successor(id: string): string {
  const position = parseEntryId(id);
  return position ? `${position.epoch}-${position.seq + 1}` : id;
}

/** Nothing was ever written before this entry. */
export function isBeginning(entry: Entry | undefined): boolean {
  return entry?.id.endsWith('-0') === true && entry.after === undefined;
}

/** Not voided by the first entry of a later epoch, which the archive may not have yet. */
export function isStanding({ id }: Entry, first: Entry | undefined): boolean {
  if (!first?.id.endsWith('-0')) return true;
  return first.after !== undefined && compareEntryIds(id, first.after) <= 0;
}

/** Nothing lies between the position (null: the very beginning) and the entry. */
export function continues(after: string | null, first: Entry): boolean {
  if (isBeginning(first)) return true;
  if (after === null) return false;
  if (follows(after, first)) return true;
  // A later epoch may begin below the position: what lay between is gone for good.
  return first.after !== undefined && compareEntryIds(first.after, after) <= 0;
}
