import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../engine/runtime/logger.js';
import { builtModule } from './built-module.js';
import { DataFolderLock } from './data-folder-lock.js';
import { PgliteSession } from './pglite-session.js';
import { ConnectionFault, DatabaseBusy } from './sql-faults.js';

/** Calls that may wait for their turn; more are refused. */
const WAITING_LIMIT = 200;
const FIRST_START_DEADLINE_MS = 120_000;

/** The right to be the only one who sends statements, until it is given back. */
export interface Turn {
  readonly session: PgliteSession;
  end(): void;
}

/**
 * The embedded PostgreSQL of one data folder: created on the first start, for this process alone,
 * started again when its worker has died. One connection, so one caller at a time.
 */
export class EmbeddedServer {
  readonly #folder: string;
  readonly #lock: DataFolderLock;
  readonly #logger: Logger;
  #session: Promise<PgliteSession>;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed: Promise<void> | undefined;

  private constructor(parts: {
    folder: string;
    lock: DataFolderLock;
    session: PgliteSession;
    logger: Logger;
  }) {
    this.#folder = parts.folder;
    this.#lock = parts.lock;
    this.#session = Promise.resolve(parts.session);
    this.#logger = parts.logger;
  }

  /** Rejects when another process uses the folder. */
  static async open(dataDir: string, logger: Logger): Promise<EmbeddedServer> {
    await mkdir(dataDir, { recursive: true });
    const lock = await DataFolderLock.acquire(dataDir);
    try {
      const folder = await createOnce(dataDir, logger);
      const session = await PgliteSession.open(folder);
      return new EmbeddedServer({ folder, lock, session, logger });
    } catch (fault) {
      await lock.release();
      throw fault;
    }
  }

  /** Waits until everyone who asked before has ended. */
  async takeTurn(): Promise<Turn> {
    if (this.#closed !== undefined) throw new ConnectionFault('embedded PostgreSQL: closed');
    if (this.#waiting >= WAITING_LIMIT) throw new DatabaseBusy();
    const before = this.#tail;
    let end = () => {};
    this.#tail = new Promise((resolve) => {
      end = resolve;
    });
    this.#waiting += 1;
    await before;
    this.#waiting -= 1;
    try {
      return { session: await this.#livingSession(), end };
    } catch (fault) {
      end();
      throw fault;
    }
  }

  /** Lets those who wait already finish. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #livingSession(): Promise<PgliteSession> {
    const session = await this.#session.catch(() => null);
    if (session !== null && !session.ended) return session;
    this.#logger.warn({}, 'the embedded PostgreSQL has ended; starting it again');
    // The old worker must be gone before another one opens its files.
    await session?.close();
    this.#session = PgliteSession.open(this.#folder);
    return this.#session;
  }

  async #close(): Promise<void> {
    try {
      await this.#tail;
      const session = await this.#session.catch(() => null);
      await session?.close();
    } finally {
      await this.#lock.release();
    }
  }
}

/** The folder of the database, complete or absent: a creation that was cut short starts anew. */
async function createOnce(dataDir: string, logger: Logger): Promise<string> {
  const folder = join(dataDir, 'archive');
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  if (exists) return folder;
  logger.info({ folder }, 'creating the embedded archive, once; this takes some seconds');
  // A name of its own each time: a creation that was cut short may not have ended yet.
  const unfinished = `${folder}.new-`;
  const left = (await readdir(dataDir)).map((name) => join(dataDir, name));
  for (const old of left.filter((name) => name.startsWith(unfinished))) {
    await rm(old, { recursive: true, force: true, maxRetries: 3 });
  }
  const created = unfinished + randomUUID();
  await runFirstStart(created);
  await rename(created, folder);
  return folder;
}

function runFirstStart(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(builtModule('pglite-first-start-process')), [folder], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: FIRST_START_DEADLINE_MS,
    });
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else {
        const how = signal === null ? `code ${code}` : `signal ${signal}`;
        reject(new Error(`The embedded archive cannot be created (${how}): ${complaint.trim()}`));
      }
    });
  });
}
