import { type Kysely, sql } from 'kysely';
import { unavailable } from '../../engine/runtime/app-error.js';
import type { Resilience } from '../resilience/resilience.js';
import type { Resilient } from '../resilience/retry.js';
import { isTransient } from './sql-faults.js';
import type { Tables } from './tables.js';

const PING_DEADLINE_MS = 1_000;
const CLOSE_DEADLINE_MS = 5_000;

export interface DatabaseParts {
  /** In messages: what does not answer. */
  readonly name: string;
  readonly queries: Kysely<Tables>;
  readonly resilience: Resilience;
  readonly migrate: () => Promise<void>;
  /** Gives back what the queries run on. */
  readonly release: () => Promise<void>;
}

/** The archive's database, whichever kind: what its queries run on and how it is looked after. */
export class Database implements Resilient, AsyncDisposable {
  readonly queries: Kysely<Tables>;
  readonly resilience: Resilience;
  readonly #parts: DatabaseParts;
  #closed: Promise<void> | undefined;

  constructor(parts: DatabaseParts) {
    this.#parts = parts;
    this.queries = parts.queries;
    this.resilience = parts.resilience;
  }

  /**
   * Brings the schema forward; safe when many servers start at once. Rejects with `unavailable` when
   * the database does not answer (try again), with another error when the schema does not fit.
   */
  async migrate(): Promise<void> {
    try {
      await this.#parts.migrate();
    } catch (fault) {
      throw isTransient(fault) ? unavailable(this.#parts.name, fault) : fault;
    }
  }

  /** Rejects with `unavailable` unless the database answers within a second. */
  async ping(): Promise<void> {
    const answer = sql`select 1`.execute(this.queries);
    try {
      await within(PING_DEADLINE_MS, answer);
    } catch (fault) {
      throw unavailable(this.#parts.name, fault);
    }
  }

  /** Waits a few seconds for the queries that run. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= within(CLOSE_DEADLINE_MS, this.#parts.release());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
