import { type Entry, formatEntryId } from '@pinroom/client/contract';
import type { ArchiveRow } from '../../engine/history/entry-archive.port.js';
import { type EntryRow, NIL_UUID } from './tables.js';

/** Rows of one statement: enough to make its cost small, few enough for its deadline. */
const CHUNK_ROWS = 2_000;
const CHUNK_CHARACTERS = 4_000_000;

/** Splits rows into parts of bounded number and size. */
export function* chunksOf(rows: readonly ArchiveRow[]): Generator<readonly ArchiveRow[]> {
  let from = 0;
  let characters = 0;
  for (const [index, row] of rows.entries()) {
    characters += row.payload.length;
    const full = index + 1 - from >= CHUNK_ROWS || characters >= CHUNK_CHARACTERS;
    if (!full && index + 1 < rows.length) continue;
    yield rows.slice(from, index + 1);
    from = index + 1;
    characters = 0;
  }
}

/** By primary key, so that two writers of the same rows never wait for each other. */
export function inKeyOrder(rows: readonly ArchiveRow[]): ArchiveRow[] {
  return rows.toSorted(
    (a, b) =>
      compareText(a.roomId, b.roomId) ||
      compareText(a.channel, b.channel) ||
      a.epoch - b.epoch ||
      a.seq - b.seq,
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Names a row in the archive. */
export function rowKey(row: Pick<EntryRow, 'room_id' | 'channel' | 'epoch' | 'seq'>): string {
  return `${row.room_id} ${row.channel} ${row.epoch}-${row.seq}`;
}

/**
 * Whether the archived row is what `row` says. What was erased from it since (its author, or a user
 * named in the log) makes no difference. A tombstone stays one: readers may have seen it.
 */
export function isArchivedAs(row: ArchiveRow, archived: EntryRow | undefined): boolean {
  if (archived === undefined) return false;
  if (archived.at !== row.at || archived.after !== row.after) return false;
  if (isTombstone(archived)) return true;
  const samePayload =
    archived.payload === row.payload ||
    (row.channel === 'log' && archived.payload.includes(NIL_UUID));
  const authorErased = archived.user_id === null && archived.nickname === null;
  const sameAuthor =
    authorErased || (archived.user_id === row.userId && archived.nickname === row.nickname);
  return samePayload && sameAuthor && archived.type === row.type && archived.key === row.key;
}

/** What holds the place of an entry that could not be archived. */
function isTombstone({ type, payload, user_id, nickname, key }: EntryRow): boolean {
  const isNobodys = user_id === null && nickname === null && key === null;
  return type === 'unreadable' && payload === 'null' && isNobodys;
}

export function toEntry(row: EntryRow): Entry {
  const entry: Entry = {
    id: formatEntryId(row),
    roomId: row.room_id,
    channel: row.channel,
    type: row.type,
    from: row.user_id === null ? null : { userId: row.user_id, nickname: row.nickname ?? '' },
    payload: null,
    at: row.at,
  };
  try {
    entry.payload = JSON.parse(row.payload);
  } catch {
    // Never a hole in the channel: its readers would look for the entry for ever.
    entry.type = 'unreadable';
  }
  if (row.key !== null) entry.key = row.key;
  if (row.after !== null) entry.after = row.after;
  return entry;
}

/**
 * The payload of a log entry without a user: the id becomes nil, and a nickname that stands beside
 * it empty.
 */
export function eraseFromLog(payload: string, userId: string): string {
  return withoutNickname(payload, userId).replaceAll(userId, NIL_UUID);
}

function withoutNickname(payload: string, userId: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !('nickname' in value)) return value;
      return Object.values(value).includes(userId) ? { ...value, nickname: '' } : value;
    });
  } catch {
    return payload;
  }
}
