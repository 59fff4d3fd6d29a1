import { Kysely, PostgresDialect } from 'kysely';
import type { Logger } from '../../engine/runtime/logger.js';
import { BoundedPool, COMMAND_LIMITS, MIGRATION_LIMITS } from './bounded-pool.js';
import { Database } from './database.js';
import { EMBEDDED_LIMITS, EMBEDDED_MIGRATION_LIMITS, EmbeddedDialect } from './embedded-dialect.js';
import { EmbeddedServer } from './embedded-server.js';
import { migrateSchema } from './migrate-schema.js';
import { postgresResilience } from './postgres-resilience.js';
import type { Tables } from './tables.js';

/**
 * The archive on a PostgreSQL server. Connects with the first query, so it can be opened while the
 * server is away. TLS as the URL says (`sslmode`).
 */
export function openPostgres(options: { url: string; logger: Logger }): Database {
  const { url, logger } = options;
  const name = 'PostgreSQL';
  const pool = new BoundedPool(url, COMMAND_LIMITS, logger);
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return new Database({
    name,
    queries,
    resilience: postgresResilience(name, logger),
    async migrate() {
      await using db = new Kysely<never>({
        dialect: new PostgresDialect({ pool: new BoundedPool(url, MIGRATION_LIMITS, logger) }),
      });
      await migrateSchema(db, logger);
    },
    // Kysely ends only a pool that it has used.
    release: async () => {
      await queries.destroy();
      await pool.end();
    },
  });
}

/**
 * The archive embedded in this process, kept under `dataDir`. Takes a few seconds on the first
 * start. Rejects when another process uses the folder.
 */
export async function openEmbedded(options: {
  dataDir: string;
  logger: Logger;
}): Promise<Database> {
  const { dataDir, logger } = options;
  const name = 'The embedded archive';
  const server = await EmbeddedServer.open(dataDir, logger);
  return new Database({
    name,
    queries: new Kysely<Tables>({ dialect: new EmbeddedDialect(server, EMBEDDED_LIMITS) }),
    resilience: postgresResilience(name, logger),
    migrate: () =>
      migrateSchema(
        new Kysely<never>({ dialect: new EmbeddedDialect(server, EMBEDDED_MIGRATION_LIMITS) }),
        logger,
      ),
    release: () => server.close(),
  });
}
