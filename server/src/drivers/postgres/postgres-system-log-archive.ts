import { parseEntryId, type SystemEntry } from '@pinroom/client/contract';
import { type SqlBool, sql } from 'kysely';
import type { SystemLogArchive } from '../../engine/history/system-log-archive.port.js';
import { AppError, invariant } from '../../engine/runtime/app-error.js';
import type { SystemLogRange, SystemRecord } from '../../engine/runtime/system-log.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';
import type { SystemLogRow } from './tables.js';

/** The log of the system in PostgreSQL. */
export class PostgresSystemLogArchive extends PostgresArchive implements SystemLogArchive {
  @retry()
  async insert(entries: readonly SystemRecord[]): Promise<void> {
    if (entries.length === 0) return;
    await sql`
      insert into system_log (ms, seq, key, node_id, at, type, level, payload)
      select ms, seq, key, "nodeId", at, type, level, payload
      from json_to_recordset(${JSON.stringify(entries.map(toRow))}::json) as new (ms bigint,
        seq bigint, key text, "nodeId" text, at bigint, type text, level text, payload text)
      on conflict do nothing`.execute(this.db);
  }

  @retry()
  async read({ after, before, limit, take, type }: SystemLogRange): Promise<SystemEntry[]> {
    const direction = take === 'oldest' ? 'asc' : 'desc';
    let query = this.db
      .selectFrom('system_log')
      .selectAll()
      .orderBy('ms', direction)
      .orderBy('seq', direction)
      .orderBy('key', direction)
      .limit(limit);
    if (type !== null) query = query.where('type', '=', type);
    if (after !== null) query = query.where(beyond('>', after));
    if (before !== null) query = query.where(beyond('<', before));
    const entries = (await query.execute()).map(toEntry);
    return take === 'oldest' ? entries : entries.reverse();
  }

  @retry()
  async forget(at: number, limit: number): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from system_log where (ms, seq, key) in (
        select ms, seq, key from system_log where ms < ${at} order by ms limit ${limit}
      )
    `.execute(this.db);
    return Number(numAffectedRows ?? 0);
  }
}

function toRow({ id, payload, ...entry }: SystemRecord) {
  const position = parseEntryId(id);
  invariant(position, 'the ids of the log are two numbers');
  return { ...entry, ms: position.epoch, seq: position.seq, payload: JSON.stringify(payload) };
}

function toEntry({ ms, seq, at, node_id, type, level, payload }: SystemLogRow): SystemEntry {
  return {
    id: `${ms}-${seq}`,
    at,
    nodeId: node_id,
    type: type as SystemEntry['type'],
    level: level as SystemEntry['level'],
    payload: JSON.parse(payload) as SystemEntry['payload'],
  };
}

function beyond(operator: '<' | '>', id: string) {
  const position = parseEntryId(id);
  if (position === null) throw new AppError('bad_request', 'This is no id of an entry.');
  const { epoch, seq } = position;
  return sql<SqlBool>`(ms, seq) ${sql.raw(operator)} (${epoch}::bigint, ${seq}::bigint)`;
}
