import { sql } from 'kysely';
import type { RetentionArchive } from '../../engine/room/retention-archive.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';

/** What is old enough to be forgotten, in PostgreSQL. */
export class PostgresRetentionArchive extends PostgresArchive implements RetentionArchive {
  @retry()
  async listClosedBefore(at: number, limit: number): Promise<string[]> {
    const rows = await this.db
      .selectFrom('rooms')
      .select('id')
      .where('closed_at', '<', at)
      .orderBy('closed_at')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  @retry()
  async forgetSessions(at: number, limit: number): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from sessions where id in (
        select id from sessions where least(expires_at, ended_at) < ${at} limit ${limit}
      )
    `.execute(this.db);
    return Number(numAffectedRows ?? 0);
  }
}
