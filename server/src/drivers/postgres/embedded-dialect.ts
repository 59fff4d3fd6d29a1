import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { CALL_DEADLINE_MS, CallDeadline } from './call-deadline.js';
import type { EmbeddedServer, Turn } from './embedded-server.js';

export interface EmbeddedLimits {
  readonly statementMs: number;
  /** From asking for a turn on: later nobody waits for what is still to be sent. */
  readonly callMs: number;
}

/** For what commands wait for. */
export const EMBEDDED_LIMITS: EmbeddedLimits = { statementMs: 4_000, callMs: CALL_DEADLINE_MS };

/** For migrations, which may rewrite tables. */
export const EMBEDDED_MIGRATION_LIMITS: EmbeddedLimits = {
  statementMs: 600_000,
  callMs: Number.POSITIVE_INFINITY,
};

const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Kysely on the embedded server. Several instances may share a server; none of them closes it. */
export class EmbeddedDialect implements Dialect {
  readonly #server: EmbeddedServer;
  readonly #limits: EmbeddedLimits;

  constructor(server: EmbeddedServer, limits: EmbeddedLimits) {
    this.#server = server;
    this.#limits = limits;
  }

  createDriver(): Driver {
    return new EmbeddedDriver(this.#server, this.#limits);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

class EmbeddedDriver implements Driver {
  readonly #server: EmbeddedServer;
  readonly #limits: EmbeddedLimits;

  constructor(server: EmbeddedServer, limits: EmbeddedLimits) {
    this.#server = server;
    this.#limits = limits;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<EmbeddedConnection> {
    const { callMs, statementMs } = this.#limits;
    const deadline = new CallDeadline(callMs);
    return new EmbeddedConnection(await this.#server.takeTurn(), statementMs, deadline);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: EmbeddedConnection): Promise<void> {
    await connection.rollBack();
  }

  async releaseConnection(connection: EmbeddedConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {}
}

class EmbeddedConnection implements DatabaseConnection {
  readonly #turn: Turn;
  readonly #statementMs: number;
  readonly #deadline: CallDeadline;

  constructor(turn: Turn, statementMs: number, deadline: CallDeadline) {
    this.#turn = turn;
    this.#statementMs = statementMs;
    this.#deadline = deadline;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#deadline.check();
    const { session } = this.#turn;
    const result = await session.query(query.sql, query.parameters, this.#statementMs);
    const rows = result.rows as R[];
    return result.command !== null && WRITES.has(result.command)
      ? { rows, numAffectedRows: BigInt(result.affectedRows) }
      : { rows };
  }

  /** Also past the deadline: the connection serves the next caller. */
  async rollBack(): Promise<void> {
    const { session } = this.#turn;
    // With the session its transaction has ended too.
    if (!session.ended) await session.query('rollback', [], this.#statementMs);
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded archive has no cursors');
  }

  release(): void {
    this.#turn.end();
  }
}
