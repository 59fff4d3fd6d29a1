import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import type { Logger } from '../../engine/runtime/logger.js';
import { CALL_DEADLINE_MS, CallDeadline } from './call-deadline.js';
import { ConnectionFault, DatabaseBusy, sqlState } from './sql-faults.js';

const INT8 = 20;

export interface PoolLimits {
  readonly connections: number;
  /** Calls that may wait for a connection; more are refused. */
  readonly waiting: number;
  readonly connectMs: number;
  /** Enforced by the server; it says so and the connection lives. */
  readonly statementMs: number;
  /** Enforced here; the connection is given up. */
  readonly queryMs: number;
  readonly lockMs: number;
  /** From asking for a connection on: later nobody waits for what is still to be sent. */
  readonly callMs: number;
}

/** For what commands wait for. */
export const COMMAND_LIMITS: PoolLimits = {
  connections: 8,
  waiting: 200,
  connectMs: 2_000,
  statementMs: 3_000,
  queryMs: 4_000,
  lockMs: 2_000,
  callMs: CALL_DEADLINE_MS,
};

/** For migrations, which wait for each other and may rewrite tables. */
export const MIGRATION_LIMITS: PoolLimits = {
  connections: 2,
  waiting: 10,
  connectMs: 5_000,
  statementMs: 600_000,
  queryMs: 610_000,
  lockMs: 600_000,
  callMs: Number.POSITIVE_INFINITY,
};

/**
 * Connections to a PostgreSQL server: bounded in number, in waiting callers and in time. A
 * connection that failed to answer is closed, never used again. Does nothing before the first use.
 */
export class BoundedPool implements PostgresPool {
  readonly #pool: pg.Pool;
  readonly #waitingLimit: number;
  readonly #callMs: number;
  #ended: Promise<void> | undefined;

  constructor(url: string, limits: PoolLimits, logger: Logger) {
    this.#waitingLimit = limits.waiting;
    this.#callMs = limits.callMs;
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'pinroom',
      max: limits.connections,
      connectionTimeoutMillis: limits.connectMs,
      statement_timeout: limits.statementMs,
      query_timeout: limits.queryMs,
      lock_timeout: limits.lockMs,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      types: {
        // Every bigint of the schema is a safe integer: times, sequence numbers, counts.
        getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
          oid === INT8
            ? Number
            : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
      },
    });
    this.#pool.on('error', (err) => logger.debug({ err }, 'idle PostgreSQL connection lost'));
    // While a connection is in use the pool does not listen, and an unheard error ends the process.
    this.#pool.on('connect', (client) => {
      client.on('error', (err) => logger.debug({ err }, 'PostgreSQL connection lost'));
    });
  }

  async connect(): Promise<PostgresPoolClient> {
    if (this.#pool.waitingCount >= this.#waitingLimit) throw new DatabaseBusy();
    const deadline = new CallDeadline(this.#callMs);
    try {
      return new LentClient(await this.#pool.connect(), deadline);
    } catch (fault) {
      throw toFault(fault);
    }
  }

  /** May be called twice. */
  end(): Promise<void> {
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }
}

/** A connection while it is lent to one caller. */
class LentClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #deadline: CallDeadline;
  #used = false;
  #broken = false;

  constructor(client: pg.PoolClient, deadline: CallDeadline) {
    this.#client = client;
    this.#deadline = deadline;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query(sql: unknown): never;
  query<R>(sql: unknown, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not used here');
    return this.#send(sql, [...parameters]);
  }

  async #send<R>(sql: string, parameters: unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      this.#deadline.check();
    } catch (fault) {
      // Half of a transaction may stand open.
      this.#broken ||= this.#used;
      throw fault;
    }
    this.#used = true;
    try {
      const { command, rowCount, rows } = await this.#client.query(sql, parameters);
      return {
        command: command as PostgresQueryResult<R>['command'],
        rowCount: rowCount ?? 0,
        rows: rows as R[],
      };
    } catch (fault) {
      if (sqlState(fault) === null) this.#broken = true;
      throw toFault(fault);
    }
  }

  release(): void {
    this.#client.release(this.#broken);
  }
}

/** What is none of the server's answers came from the connection. */
function toFault(fault: unknown): unknown {
  if (sqlState(fault) !== null) return fault;
  const reason = fault instanceof Error ? fault.message : String(fault);
  return new ConnectionFault(`PostgreSQL: ${reason}`, fault);
}
