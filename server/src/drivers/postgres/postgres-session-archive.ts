import { sql } from 'kysely';
import type {
  ArchivedEnd,
  EndedBetween,
  SessionArchive,
} from '../../engine/auth/session-archive.port.js';
import type { SessionRecord } from '../../engine/auth/session-store.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';
import { takingRows } from './sql-faults.js';
import { NIL_UUID, type SessionRow } from './tables.js';

/** Below every generation that a session can have. */
const NO_GENERATION = -1;

/** Sessions in PostgreSQL. */
export class PostgresSessionArchive extends PostgresArchive implements SessionArchive {
  @retry()
  async saveSessions(sessions: readonly SessionRecord[]): Promise<void> {
    const rows = newestOfEach(sessions);
    if (rows.length === 0) return;
    const json = JSON.stringify(rows);
    const insert = sql`
      insert into sessions (id, user_id, nickname, salt, generation, created_at, rotated_at,
        seen_at, expires_at, ended_at, last_used_at, address, user_agent)
      select id, user_id, nickname, salt, generation, created_at, rotated_at,
        seen_at, expires_at, ended_at, last_used_at, address, user_agent
      from json_to_recordset(${json}::json) as new (id uuid, user_id uuid, nickname text, salt text,
        generation bigint, created_at bigint, rotated_at bigint, seen_at bigint,
        expires_at bigint, ended_at bigint, last_used_at bigint, address text, user_agent text)
      on conflict (id) do update set
        user_id = excluded.user_id,
        nickname = excluded.nickname,
        salt = excluded.salt,
        generation = excluded.generation,
        created_at = excluded.created_at,
        rotated_at = excluded.rotated_at,
        seen_at = case when excluded.generation = sessions.generation
          then coalesce(sessions.seen_at, excluded.seen_at) else excluded.seen_at end,
        expires_at = excluded.expires_at,
        ended_at = coalesce(sessions.ended_at, excluded.ended_at),
        last_used_at = greatest(sessions.last_used_at, excluded.last_used_at),
        address = case when excluded.last_used_at >= sessions.last_used_at
          then excluded.address else sessions.address end,
        user_agent = case when excluded.last_used_at >= sessions.last_used_at
          then excluded.user_agent else sessions.user_agent end
      where excluded.generation >= sessions.generation`;
    await takingRows(() => insert.execute(this.db));
    const ended = rows.filter((row) => row.ended_at !== null);
    for (const row of ended) await this.#markEnded([row.id], row.ended_at ?? 0);
  }

  @retry()
  async findSession(sessionId: string): Promise<SessionRecord | null> {
    const row = await this.db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirst();
    return row === undefined ? null : toSessionRecord(row);
  }

  /** A session that is not archived yet is noted as ended, so that its record comes too late. */
  @retry()
  async endSessions(sessionIds: readonly string[], endedAt: number): Promise<void> {
    await this.#markEnded(sessionIds, endedAt);
  }

  @retry()
  async listSessionIds(userId: string, now: number): Promise<string[]> {
    const rows = await this.db
      .selectFrom('sessions')
      .select('id')
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('id')
      .execute();
    return rows.map((row) => row.id);
  }

  @retry()
  async listSessions(userId: string, now: number, limit: number): Promise<SessionRecord[]> {
    const rows = await this.db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy(sql`greatest(last_used_at, rotated_at)`, 'desc')
      .limit(limit)
      .execute();
    return rows.map(toSessionRecord);
  }

  @retry()
  async listEnded({ from, to, after, limit }: EndedBetween): Promise<ArchivedEnd[]> {
    // By the expression that has an index; it is the end, or the expiry where that came first.
    const over = sql<number>`least(expires_at, ended_at)`;
    const behind =
      after === null
        ? sql<boolean>`true`
        : sql<boolean>`(${over}, id) > (${after.endedAt}, ${after.id})`;
    const rows = await this.db
      .selectFrom('sessions')
      .select(['id', over.as('endedAt')])
      .where('ended_at', 'is not', null)
      .where(over, '>=', from)
      .where(over, '<=', to)
      .where(behind)
      .orderBy(over)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows;
  }

  async #markEnded(sessionIds: readonly string[], endedAt: number): Promise<void> {
    // In one order everywhere, so that two writers never wait for each other.
    const ids = [...new Set(sessionIds)].sort();
    if (ids.length === 0) return;
    await this.db
      .insertInto('sessions')
      .values(
        ids.map((id) => ({
          id,
          user_id: NIL_UUID,
          nickname: '',
          salt: '',
          generation: NO_GENERATION,
          created_at: endedAt,
          rotated_at: endedAt,
          seen_at: null,
          expires_at: endedAt,
          ended_at: endedAt,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ ended_at: endedAt })
          .where('sessions.ended_at', 'is', null),
      )
      .execute();
  }
}

/** One row for each session, in order of their ids: the highest generation, ended if any is. */
function newestOfEach(sessions: readonly SessionRecord[]): SessionRow[] {
  const newest = new Map<string, SessionRecord>();
  for (const session of sessions) {
    const other = newest.get(session.id);
    const [low, high] =
      other !== undefined && other.generation > session.generation
        ? [session, other]
        : [other, session];
    newest.set(session.id, {
      ...high,
      seenAt: high.seenAt ?? (low?.generation === high.generation ? low.seenAt : null),
      endedAt: low?.endedAt ?? high.endedAt,
    });
  }
  return [...newest.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((session) => ({
      id: session.id,
      user_id: session.userId,
      nickname: session.nickname,
      salt: session.salt,
      generation: session.generation,
      created_at: session.createdAt,
      rotated_at: session.rotatedAt,
      seen_at: session.seenAt,
      expires_at: session.expiresAt,
      ended_at: session.endedAt,
      last_used_at: session.lastUsedAt,
      address: session.address,
      user_agent: session.userAgent,
    }));
}

function toSessionRecord(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    userId: row.user_id,
    nickname: row.nickname,
    salt: row.salt,
    generation: row.generation,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    lastUsedAt: row.last_used_at || row.rotated_at,
    address: row.address,
    userAgent: row.user_agent,
  };
}
