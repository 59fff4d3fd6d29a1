import { type Kysely, Migrator, type QueryExecutorProvider, sql } from 'kysely';
import type { Logger } from '../../engine/runtime/logger.js';
import { ALL_MIGRATIONS } from './migrations/all-migrations.js';

/**
 * Brings the schema forward. Any number of servers may do so at once: one of them does it under a
 * lock, the others wait. A schema that a newer server has brought further is used as it is (rolling
 * restart); one with migrations that are neither ours nor newer is refused.
 */
export async function migrateSchema(db: Kysely<never>, logger: Logger): Promise<void> {
  if (await isNewerThanOurs(db, logger)) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...ALL_MIGRATIONS }) },
    // One that was written beside others may come in after later numbers have run.
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    // A newer server may have migrated since the look before.
    if (await isNewerThanOurs(db, logger)) return;
    throw error;
  }
  for (const { migrationName } of results ?? []) {
    logger.info({ migration: migrationName }, 'schema migrated');
  }
}

/** How the schema of a database stands to this version of the server. */
export interface SchemaState {
  /** Migrations that the server would run; none: the schema is at its head, or ahead of it. */
  readonly pending: readonly string[];
  /** Migrations of a newer server. */
  readonly newer: readonly string[];
}

/** Looks, and changes nothing. Rejects where the schema does not fit. */
export async function schemaState(db: QueryExecutorProvider): Promise<SchemaState> {
  const ours = Object.keys(ALL_MIGRATIONS).sort();
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !ours.includes(name));
  const missing = ours.filter((name) => !applied.includes(name));
  const newest = ours.at(-1) ?? '';
  if (unknown.some((name) => name <= newest) || (unknown.length > 0 && missing.length > 0)) {
    throw new Error(
      `This database does not fit this version of the server: unknown migrations [${unknown.join(', ')}], ` +
        `missing migrations [${missing.join(', ')}]. Is it the database of another application?`,
    );
  }
  if (applied.length === 0) await refuseOthers(db);
  return { pending: missing, newer: unknown };
}

/** Tables that the first migration makes. */
const FIRST_TABLES = ['entries', 'sessions', 'rooms', 'room_hosts', 'room_members', 'pins'];

/** Rejects where tables of ours are there and no migration of ours has made them. */
async function refuseOthers(db: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${FIRST_TABLES}::text[]) as name
    where to_regclass(quote_ident(name)) is not null`.execute(db);
  // Another server may have made them since the look before: then it has noted that in the same step.
  if (rows.length === 0 || (await appliedMigrations(db)).length > 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new Error(
    `This database has tables that Pinroom did not make (${names}). Is it the database of another application?`,
  );
}

async function isNewerThanOurs(db: Kysely<never>, logger: Logger): Promise<boolean> {
  const { newer } = await schemaState(db);
  if (newer.length === 0) return false;
  logger.warn(
    { unknown: newer },
    'the schema was brought forward by a newer server; going on with it',
  );
  return true;
}

async function appliedMigrations(db: QueryExecutorProvider): Promise<string[]> {
  const table = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (table.rows[0]?.there !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map((row) => row.name);
}
