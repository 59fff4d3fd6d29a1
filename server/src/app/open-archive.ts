import type { Config } from '../config/config.js';
import type { Database } from '../drivers/postgres/database.js';
import { openEmbedded, openPostgres } from '../drivers/postgres/open-database.js';
import {
  checkPostgres,
  type PostgresServer,
  postgresTime,
} from '../drivers/postgres/postgres-requirements.js';
import { isTransient, sqlState } from '../drivers/postgres/sql-faults.js';
import { AppError } from '../engine/runtime/app-error.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { ResourceStack } from '../engine/runtime/resource-stack.js';
import { type ClockDifference, checkPostgresClock } from './check-clocks.js';
import { messageOf, StartupError } from './startup-error.js';

/** How long a backend may take to answer for the first time. */
export const FIRST_CONTACT_MS = 5_000;
const PAUSE_MS = 500;
const DEFAULT_PORT = 5432;

interface Surroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** PostgreSQL as it was found. */
export interface FoundPostgres {
  readonly database: Database;
  readonly server: PostgresServer;
  readonly difference: ClockDifference;
}

/**
 * Opens the archive and brings its schema forward; the stack closes it. Rejects with a StartupError.
 * `look` sees the archive before that.
 */
export async function openArchive(
  around: Surroundings,
  stack: ResourceStack,
  look: (database: Database) => Promise<unknown> = async () => {},
): Promise<Database> {
  const { config, logger } = around;
  const bringForward = async (database: Database) => {
    await look(database);
    await database.migrate();
  };
  if (config.databaseUrl !== null) {
    return (await connectPostgres(config.databaseUrl, around, stack, bringForward)).database;
  }
  try {
    const database = stack.use(await openEmbedded({ dataDir: config.dataDir, logger }));
    await bringForward(database);
    return database;
  } catch (fault) {
    throw new StartupError(`PINROOM_DATA_DIR: ${messageOf(fault)}`, fault);
  }
}

/**
 * Opens PostgreSQL, looks whether it can be used, and does with it what is to be done first; the stack
 * closes it. Rejects with a StartupError.
 */
export async function connectPostgres(
  address: string,
  around: Omit<Surroundings, 'config'>,
  stack: ResourceStack,
  first: (database: Database) => Promise<unknown>,
): Promise<FoundPostgres> {
  const { clock, logger } = around;
  const url = new URL(address);
  const database = stack.use(openPostgres({ url: address, logger }));
  const deadline = clock.now() + FIRST_CONTACT_MS;
  for (;;) {
    try {
      await database.ping();
      const server = await checkPostgres(database.queries, logger);
      await first(database);
      const difference = await checkPostgresClock(clock, logger, () =>
        postgresTime(database.queries),
      );
      return { database, server, difference };
    } catch (fault) {
      if (isFinal(fault) || clock.now() >= deadline) {
        throw new StartupError(`DATABASE_URL: ${whatIsWrong(url, fault)}`, fault);
      }
      await clock.sleep(PAUSE_MS);
    }
  }
}

/** What PostgreSQL or the driver said, below the answer that a command would get. */
function causeOf(fault: unknown): unknown {
  return fault instanceof AppError && fault.cause !== undefined ? fault.cause : fault;
}

/** An answer that waiting does not change: who or what was asked for is refused, or nothing to do with time. */
function isFinal(fault: unknown): boolean {
  const state = sqlState(causeOf(fault));
  if (state === null) return !(fault instanceof AppError);
  return isRefused(state) || !isTransient(causeOf(fault));
}

/** Invalid authorisation, or a database that does not exist. */
function isRefused(state: string): boolean {
  return state.startsWith('28') || state.startsWith('3D');
}

function whatIsWrong(url: URL, fault: unknown): string {
  const cause = causeOf(fault);
  const place = `${url.hostname || 'localhost'}:${url.port || DEFAULT_PORT}`;
  const state = sqlState(cause);
  if (state !== null) {
    return `PostgreSQL at ${place} refuses: ${messageOf(cause)} (${state}${hintFor(state, url)})`;
  }
  // What is no outage (a schema that does not fit, say) speaks for itself.
  const message = messageOf(cause);
  return fault instanceof AppError ? `no PostgreSQL at ${place}: ${message}` : message;
}

function hintFor(state: string, url: URL): string {
  if (state.startsWith('3D')) return `: create it with createdb ${url.pathname.slice(1)}`;
  if (state.startsWith('28')) return ': look at user and password';
  return '';
}
