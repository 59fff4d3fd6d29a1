import { mkdir, mkdtemp, rm, rmdir, stat, symlink, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SOCKET = 'archive.sock';
const TAKEOVER = 'archive.takeover';
/** The longest path of a unix domain socket on every system is above this. */
const SOCKET_PATH_LIMIT = 100;
const ATTEMPTS = 40;
const PAUSE_MS = 50;
/** A takeover lasts milliseconds; one this old was left behind by a process that died in it. */
const STALE_TAKEOVER_MS = 10_000;
const HOLDER_ANSWER_MS = 1_000;

/**
 * Makes this process the only one that uses a folder: a socket listened on inside it. The system
 * ends a dead process' socket, so a lock that answers nobody is stale and is taken over; works
 * between containers that share the folder on one machine.
 */
export class DataFolderLock {
  readonly #folder: string;
  readonly #server: Server;
  #released: Promise<void> | undefined;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
  }

  /** Rejects, naming the process, when another one holds the folder. */
  static async acquire(dataDir: string): Promise<DataFolderLock> {
    const folder = resolve(dataDir);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const server = (await listenIn(folder)) ?? (await takeOver(folder));
      if (server !== null) return new DataFolderLock(folder, server);
      await pause(PAUSE_MS);
    }
    throw new Error(`The lock of the data folder ${folder} cannot be taken.`);
  }

  /** Rejects as `acquire` does when somebody holds the folder, and takes nothing. */
  static refuseIfHeld(dataDir: string): Promise<void> {
    return refuseIfHeld(resolve(dataDir));
  }

  /** May be called twice. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    // Closing removes the name that was listened on; the link of a detour is gone by now.
    if (needsDetour(this.#folder)) await rm(join(this.#folder, SOCKET), { force: true });
    await new Promise<void>((done) => {
      this.#server.close(() => done());
    });
  }
}

/** Null: the name is taken. */
async function listenIn(folder: string): Promise<Server | null> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(String(process.pid));
  });
  server.unref();
  return withSocketPath(folder, async (path) => {
    try {
      await new Promise<void>((listening, failed) => {
        server.once('error', failed);
        server.listen(path, listening);
      });
      return server;
    } catch (fault) {
      if (codeOf(fault) === 'EADDRINUSE') return null;
      throw fault;
    }
  });
}

/** Only one process at a time may remove a stale lock, or it might remove its successor. */
async function takeOver(folder: string): Promise<Server | null> {
  await refuseIfHeld(folder);
  const guard = join(folder, TAKEOVER);
  try {
    await mkdir(guard);
  } catch (fault) {
    if (codeOf(fault) !== 'EEXIST') throw fault;
    await removeIfStale(guard);
    return null;
  }
  try {
    await refuseIfHeld(folder);
    await unlink(join(folder, SOCKET)).catch(ignoreMissing);
    return await listenIn(folder);
  } finally {
    await rmdir(guard).catch(ignoreMissing);
  }
}

async function refuseIfHeld(folder: string): Promise<void> {
  const holder = await askHolder(folder);
  if (holder === null) return;
  throw new Error(
    `The data folder ${folder} is in use by process ${holder}. Stop it, or choose another folder.`,
  );
}

/** The process id that the holder tells; null: nobody listens. */
function askHolder(folder: string): Promise<string | null> {
  return withSocketPath(
    folder,
    (path) =>
      new Promise((answer, failed) => {
        let told = '';
        const socket = connect(path);
        socket.setEncoding('utf8');
        socket.setTimeout(HOLDER_ANSWER_MS, () => {
          socket.destroy();
          answer('(unknown, it does not answer)');
        });
        socket.on('data', (text: string) => {
          told += text;
        });
        socket.on('end', () => answer(told || '(unknown)'));
        socket.on('error', (fault) => {
          const code = codeOf(fault);
          if (code === 'ECONNREFUSED' || code === 'ENOENT') answer(null);
          else if (code === 'ECONNRESET' || code === 'EPIPE') answer('(unknown)');
          else failed(fault);
        });
      }),
  );
}

/** Socket paths have a limit; a folder that is too deep is reached through a short link. */
async function withSocketPath<T>(folder: string, use: (path: string) => Promise<T>): Promise<T> {
  if (!needsDetour(folder)) return use(join(folder, SOCKET));
  const base = Buffer.byteLength(tmpdir()) <= SOCKET_PATH_LIMIT / 2 ? tmpdir() : '/tmp';
  const detour = await mkdtemp(join(base, 'pinroom-'));
  try {
    await symlink(folder, join(detour, 'd'));
    return await use(join(detour, 'd', SOCKET));
  } finally {
    await rm(detour, { recursive: true, force: true });
  }
}

function needsDetour(folder: string): boolean {
  return Buffer.byteLength(join(folder, SOCKET)) > SOCKET_PATH_LIMIT;
}

async function removeIfStale(guard: string): Promise<void> {
  const found = await stat(guard).catch(ignoreMissing);
  if (found !== undefined && Date.now() - found.mtimeMs > STALE_TAKEOVER_MS) {
    await rmdir(guard).catch(ignoreMissing);
  }
}

function ignoreMissing(fault: unknown): undefined {
  if (codeOf(fault) !== 'ENOENT') throw fault;
}

function codeOf(fault: unknown): unknown {
  return typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;
}
