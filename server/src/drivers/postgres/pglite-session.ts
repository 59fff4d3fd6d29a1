import { Worker } from 'node:worker_threads';
import { builtModule } from './built-module.js';
import type { FaultFields, PgliteResult, WorkerReply } from './pglite-protocol.js';
import { ConnectionFault, DatabaseBusy } from './sql-faults.js';

const OPEN_DEADLINE_MS = 60_000;
const CLOSE_DEADLINE_MS = 4_000;
/** Statements come one after the other; more than a few at once are a fault of the caller. */
const WAITING_LIMIT = 200;
const READY = 0;

interface Waiting {
  readonly resolve: (result: PgliteResult) => void;
  readonly reject: (fault: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** An error of the embedded server, with what PostgreSQL says about it. */
class EmbeddedServerError extends Error {
  constructor({ message, ...fields }: FaultFields) {
    super(message);
    this.name = 'EmbeddedServerError';
    Object.assign(this, fields);
  }
}

/**
 * One life of the embedded PostgreSQL in its worker thread. It ends when it is closed, when the
 * worker dies, or when a statement misses its deadline: the worker cannot be interrupted, so it is
 * ended (what was committed is safe), and all who wait are told. An ended session never lives again.
 */
export class PgliteSession {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #lastId = READY;
  #ended: ConnectionFault | null = null;

  private constructor(folder: string) {
    this.#worker = new Worker(builtModule('pglite-worker'), { workerData: { folder } });
    this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    this.#worker.on('error', (fault) => this.#end('its worker failed', fault));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end('its worker has ended');
        resolve();
      });
    });
  }

  /** Opens the database in an existing folder. */
  static async open(folder: string): Promise<PgliteSession> {
    const session = new PgliteSession(folder);
    await session.#reply(READY, OPEN_DEADLINE_MS);
    return session;
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  /** Runs one statement after those sent before it. */
  query(sql: string, parameters: readonly unknown[], deadlineMs: number): Promise<PgliteResult> {
    return this.#send(sql, parameters, deadlineMs);
  }

  /** Lets what was sent before finish. May be called twice. */
  async close(): Promise<void> {
    if (this.#ended === null) {
      try {
        await this.#send(null, [], CLOSE_DEADLINE_MS);
      } catch (fault) {
        if (!(fault instanceof ConnectionFault)) throw fault;
      }
    }
    await this.#worker.terminate();
    await this.#exited;
  }

  #send(
    sql: string | null,
    parameters: readonly unknown[],
    deadlineMs: number,
  ): Promise<PgliteResult> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#waiting.size >= WAITING_LIMIT) return Promise.reject(new DatabaseBusy());
    this.#lastId += 1;
    const id = this.#lastId;
    const reply = this.#reply(id, deadlineMs);
    this.#worker.postMessage({ id, sql, parameters });
    return reply;
  }

  #reply(id: number, deadlineMs: number): Promise<PgliteResult> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(`no answer within ${deadlineMs} ms`);
        void this.#worker.terminate();
      }, deadlineMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #settle(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if ('fault' in reply) waiting.reject(new EmbeddedServerError(reply.fault));
    else waiting.resolve(reply);
  }

  #end(reason: string, cause?: unknown): void {
    this.#ended ??= new ConnectionFault(`embedded PostgreSQL: ${reason}`, cause);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#ended);
    }
    this.#waiting.clear();
  }
}
