import { type Kysely, sql } from 'kysely';
import { unavailable } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { isTransient } from './sql-faults.js';
import type { Tables } from './tables.js';

const OLDEST = 130_000;

interface Said {
  readonly version: string;
  readonly number: number;
  readonly standby: boolean;
  readonly fsync: string;
  readonly commit: string;
}

/** What a server that may be used says of itself. */
export interface PostgresServer {
  readonly version: string;
}

/**
 * Rejects with an error when the server is too old, with `unavailable` when it does not answer or is a
 * standby, as that may change; warns when what it commits is not on its disk.
 */
export async function checkPostgres(
  queries: Kysely<Tables>,
  logger: Logger,
): Promise<PostgresServer> {
  const { commit, fsync, number, standby, version } = await ask(queries);
  if (number < OLDEST) {
    throw new Error(`PostgreSQL ${version} is too old: Pinroom needs PostgreSQL 13 or later.`);
  }
  if (standby) {
    throw unavailable('PostgreSQL', new Error('it is a standby, which takes no writes'));
  }
  if (fsync === 'off' || commit === 'off') {
    logger.warn(
      { fsync, synchronous_commit: commit },
      'PostgreSQL commits before it has written: Redis lets go of entries that a crash of PostgreSQL then loses',
    );
  }
  return { version };
}

/** The time of the server in milliseconds since 1970. */
export async function postgresTime(queries: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(queries);
  return Number(rows[0]?.ms);
}

async function ask(queries: Kysely<Tables>): Promise<Said> {
  try {
    const { rows } = await sql<Said>`
      select current_setting('server_version') as version,
        current_setting('server_version_num')::int as number,
        pg_is_in_recovery() as standby,
        current_setting('fsync') as fsync,
        current_setting('synchronous_commit') as commit`.execute(queries);
    const [said] = rows;
    if (said === undefined) throw new Error('PostgreSQL says nothing of itself.');
    return said;
  } catch (fault) {
    throw isTransient(fault) ? unavailable('PostgreSQL', fault) : fault;
  }
}
