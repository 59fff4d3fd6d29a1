import type { Kysely } from 'kysely';
import type { Resilience } from '../resilience/resilience.js';
import type { Resilient } from '../resilience/retry.js';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

/** What every archive on a database has: its queries, and how its calls are repeated. */
export abstract class PostgresArchive implements Resilient {
  readonly resilience: Resilience;
  protected readonly db: Kysely<Tables>;

  constructor(database: Database) {
    this.resilience = database.resilience;
    this.db = database.queries;
  }
}
