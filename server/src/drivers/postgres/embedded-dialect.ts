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
import { isPastDeadline, pastDeadline } from './call-deadline.js';
import type { EmbeddedServer, Turn } from './embedded-server.js';

const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Kysely on the embedded server. Several instances may share a server; none of them closes it. */
export class EmbeddedDialect implements Dialect {
  readonly #server: EmbeddedServer;
  readonly #statementMs: number;

  constructor(server: EmbeddedServer, statementMs: number) {
    this.#server = server;
    this.#statementMs = statementMs;
  }

  createDriver(): Driver {
    return new EmbeddedDriver(this.#server, this.#statementMs);
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
  readonly #statementMs: number;

  constructor(server: EmbeddedServer, statementMs: number) {
    this.#server = server;
    this.#statementMs = statementMs;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<EmbeddedConnection> {
    return new EmbeddedConnection(await this.#server.takeTurn(), this.#statementMs);
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

  constructor(turn: Turn, statementMs: number) {
    this.#turn = turn;
    this.#statementMs = statementMs;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (isPastDeadline()) throw pastDeadline();
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
