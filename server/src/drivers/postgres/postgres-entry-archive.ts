import { type Entry, formatEntryId, type Position, parseEntryId } from '@pinroom/client/contract';
import { type Kysely, type SqlBool, sql } from 'kysely';
import {
  type ArchiveRange,
  type ArchiveRow,
  ContentConflict,
  type EntryArchive,
  type KeyedEntry,
  type MessageName,
} from '../../engine/history/entry-archive.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import { retry } from '../resilience/retry.js';
import { chunksOf, inKeyOrder, isArchivedAs, rowKey, toEntry } from './entry-rows.js';
import { voidLostRows } from './lost-rows.js';
import { PostgresArchive } from './postgres-archive.js';
import { takingRows } from './sql-faults.js';
import type { EntryRow, Tables } from './tables.js';

/** Entries in PostgreSQL, payloads byte for byte. */
export class PostgresEntryArchive extends PostgresArchive implements EntryArchive {
  @retry()
  async insert(rows: readonly ArchiveRow[]): Promise<void> {
    if (rows.length === 0) return;
    await takingRows(() =>
      this.db.transaction().execute(async (trx) => {
        for (const chunk of chunksOf(inKeyOrder(rows))) await insertChunk(trx, chunk);
        await this.voidLost(trx, rows);
      }),
    );
  }

  /** After these rows were inserted. */
  voidLost(trx: Kysely<Tables>, rows: readonly ArchiveRow[]): Promise<void> {
    return voidLostRows(trx, rows);
  }

  @retry()
  async readEntries(range: ArchiveRange): Promise<Entry[]> {
    const direction = range.take === 'oldest' ? 'asc' : 'desc';
    let query = this.db
      .selectFrom('entries')
      .selectAll()
      .where('room_id', '=', range.roomId)
      .where('channel', '=', range.channel)
      .where('voided', '=', false)
      .orderBy('epoch', direction)
      .orderBy('seq', direction)
      .limit(range.limit);
    if (range.after !== null) query = query.where(beyond('>', range.after));
    if (range.before !== null) query = query.where(beyond('<', range.before));
    const entries = (await query.execute()).map(toEntry);
    return range.take === 'oldest' ? entries : entries.reverse();
  }

  @retry()
  async readBlock(block: {
    roomId: string;
    channel: string;
    epoch: number;
    from: number;
    size: number;
  }): Promise<Entry[]> {
    const rows = await this.db
      .selectFrom('entries')
      .selectAll()
      .where('room_id', '=', block.roomId)
      .where('channel', '=', block.channel)
      .where('epoch', '=', block.epoch)
      .where('seq', '>=', block.from)
      .where('seq', '<', block.from + block.size)
      .where('voided', '=', false)
      .orderBy('seq')
      .execute();
    return rows.map(toEntry);
  }

  /** Walks the primary key from channel to channel instead of reading every entry. */
  @retry()
  async lastIds(roomId: string): Promise<Map<string, string>> {
    const { rows } = await sql<Position & { channel: string }>`
      with recursive newest as (
        (select channel, epoch, seq from entries where room_id = ${roomId}::uuid and not voided
         order by channel desc, epoch desc, seq desc limit 1)
        union all
        select next.channel, next.epoch, next.seq from newest cross join lateral (
          select channel, epoch, seq from entries
          where room_id = ${roomId}::uuid and channel < newest.channel and not voided
          order by channel desc, epoch desc, seq desc limit 1) as next
      )
      select channel, epoch, seq from newest`.execute(this.db);
    return new Map(rows.map((row) => [row.channel, formatEntryId(row)]));
  }

  /**
   * Reads each author's young entries once, by the author's index; the application's entries have no
   * author, and are looked for in their room.
   */
  @retry()
  async findByKeys(names: readonly MessageName[], since: number): Promise<(KeyedEntry | null)[]> {
    if (names.length === 0) return [];
    const numbered = names.map((name, index) => ({ ...name, index }));
    const authors = [...new Set(names.flatMap(({ userId }) => userId ?? []))];
    const rooms = [...new Set(names.flatMap((name) => (name.userId === null ? name.roomId : [])))];
    const found: (KeyedEntry | null)[] = names.map(() => null);
    const { rows } = await sql<Position & { index: number; at: number }>`
      with young as materialized (
        select room_id, channel, user_id, key, epoch, seq, at from entries
        where user_id = any(${authors}::uuid[])
          and at >= ${since} and key is not null and not voided
        union all
        select room_id, channel, user_id, key, epoch, seq, at from entries
        where room_id = any(${rooms}::uuid[]) and user_id is null
          and at >= ${since} and key is not null and not voided
      )
      select distinct on (wanted.index) wanted.index, epoch, seq, at from young
      join json_to_recordset(${JSON.stringify(numbered)}::json)
        as wanted (index int, "roomId" uuid, channel text, "userId" uuid, key text)
      on young.key = wanted.key and young.room_id = wanted."roomId"
        and young.channel = wanted.channel and young.user_id is not distinct from wanted."userId"
      order by wanted.index, epoch desc, seq desc`.execute(this.db);
    for (const row of rows) found[row.index] = { id: formatEntryId(row), at: row.at };
    return found;
  }
}

async function insertChunk(trx: Kysely<Tables>, chunk: readonly ArchiveRow[]): Promise<void> {
  const inserted = await sql`
    insert into entries (room_id, channel, epoch, seq, at, type, user_id, nickname, payload,
      key, after)
    select "roomId", channel, epoch, seq, at, type, "userId", nickname, payload, key, after
    from json_to_recordset(${JSON.stringify(chunk)}::json) as new ("roomId" uuid, channel text,
      epoch bigint, seq bigint, at bigint, type text, "userId" uuid, nickname text, payload text,
      key text, after text)
    on conflict do nothing`.execute(trx);
  if (Number(inserted.numAffectedRows ?? 0) < chunk.length) await refuseOtherContent(trx, chunk);
}

/** Some rows were there before: fine if they are the same. */
async function refuseOtherContent(
  trx: Kysely<Tables>,
  chunk: readonly ArchiveRow[],
): Promise<void> {
  const keys = chunk.map(({ roomId, channel, epoch, seq }) => ({ roomId, channel, epoch, seq }));
  const { rows } = await sql<EntryRow>`
    select entries.* from entries
    join json_to_recordset(${JSON.stringify(keys)}::json)
      as wanted ("roomId" uuid, channel text, epoch bigint, seq bigint)
    on entries.room_id = wanted."roomId" and entries.channel = wanted.channel
      and entries.epoch = wanted.epoch and entries.seq = wanted.seq`.execute(trx);
  const archived = new Map(rows.map((row) => [rowKey(row), row]));
  const others = chunk.filter(
    (row) => !isArchivedAs(row, archived.get(rowKey({ ...row, room_id: row.roomId }))),
  );
  if (others.length > 0) throw new ContentConflict(others);
}

function beyond(operator: '<' | '>', id: string) {
  const position = parseEntryId(id);
  if (position === null) throw new AppError('bad_request', 'This is no id of an entry.');
  const { epoch, seq } = position;
  return sql<SqlBool>`(epoch, seq) ${sql.raw(operator)} (${epoch}::bigint, ${seq}::bigint)`;
}
