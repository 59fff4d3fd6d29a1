import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardFolder, guardProcess } from '../../../infra/left-behind.mjs';
import { freePort } from '../../../infra/service-process.mjs';
import { afterFile } from './after-file.js';
import { putArchive } from './prepared-archive.js';
import { until } from './until.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../bin/pinroom.js', import.meta.url));
const CRIPPLED = new URL('./crippled.mjs', import.meta.url).href;
const REDIRECT = new URL('./redirect.mjs', import.meta.url).href;
/** The first start with the embedded archive takes 2 s alone, and many times that beside other work. */
const READY_MS = 45_000;
/** Beyond the drain time that the nodes of tests are given. */
const STOP_MS = 15_000;
/** The embedded archive's WebAssembly runs too short for an optimising compiler, see `vitest.config.ts`. */
const LIFTOFF = '--liftoff-only';
const KEPT_OUTPUT = 1024 * 1024;

/** What the nodes of one test file share, as the nodes of one installation do. */
export const SHARED_SECRETS = {
  PINROOM_JWT_PRIVATE_KEY: JSON.stringify(
    generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  ),
  PINROOM_TOKEN_SECRET: randomBytes(32).toString('base64url'),
  PINROOM_OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
} as const;

export interface SpawnOptions {
  /** Variables of the node, over the defaults here; undefined takes a default away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly transport?: 'auto' | 'uws' | 'ws';
  /** Where its embedded data is; default: a temporary folder of its own. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Mechanisms that it goes without, see `crippled.mjs`: for tests that show that each is needed. */
  readonly without?: readonly string[];
  /** Ports to which its connections to Redis go instead of others: for proxies before a Cluster. */
  readonly redirect?: ReadonlyMap<number, number>;
  /** Whether it is started by `pinroom start`, or by which `pinroom`; default: as `npm start` does. */
  readonly byCommand?: boolean | string;
  /** Whether to wait until /readyz answers 200; default true. */
  readonly waitUntilReady?: boolean;
  /** Whether it creates its embedded archive itself, which takes seconds; default: it finds an empty one. */
  readonly firstStart?: boolean;
}

/** A server process. */
export interface SpawnedNode {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** All that it printed, to stdout and stderr. */
  output(): string;
  /** SIGTERM, as a rolling restart does. Answers its exit status; rejects if it does not end in time. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: alive, but silent. */
  pause(): void;
  resume(): void;
  /** When it has ended, for whatever reason: its exit status, null after a signal. */
  readonly exited: Promise<number | null>;
}

/** Starts `node server/dist/main.js` with an environment of its own; ended with the test file. */
export async function spawnNode(options: SpawnOptions = {}): Promise<SpawnedNode> {
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? temporaryFolder();
  if (findsArchive(options)) await putArchive(dataDir);
  const imports = [
    ...(options.without?.length ? ['--import', CRIPPLED] : []),
    ...(options.redirect ? ['--import', REDIRECT] : []),
  ];
  const program = options.byCommand ? [commandOf(options), 'start'] : [MAIN];
  const child = spawn(process.execPath, [LIFTOFF, ...imports, ...program], {
    cwd: dataDir,
    env: environment(options, port, dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const node = watch(child, port, dataDir);
  afterFile(() => node.kill());
  if (options.waitUntilReady !== false) await becomeReady(node);
  return node;
}

/** A node that nobody waits for may be about that very first start, or not come so far. */
function findsArchive({ dataDir, env, firstStart, waitUntilReady }: SpawnOptions): boolean {
  if (firstStart === true || waitUntilReady === false || dataDir !== undefined) return false;
  return !env?.DATABASE_URL;
}

function commandOf({ byCommand }: SpawnOptions): string {
  return typeof byCommand === 'string' ? byCommand : COMMAND;
}

function environment(options: SpawnOptions, port: number, dataDir: string): NodeJS.ProcessEnv {
  const variables: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: dataDir,
    HOST: '127.0.0.1',
    PORT: `${port}`,
    PINROOM_DATA_DIR: dataDir,
    PINROOM_DRAIN_SECONDS: '5',
    PINROOM_TRANSPORT: options.transport ?? 'auto',
    PINROOM_TEST_WITHOUT: options.without?.join(',') || undefined,
    TEST_REDIRECT:
      options.redirect && [...options.redirect].map((pair) => pair.join('=')).join(','),
    ...SHARED_SECRETS,
    ...options.env,
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-node-'));
  const forget = guardFolder(folder);
  afterFile(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    forget();
  });
  return folder;
}

function watch(child: ChildProcess, port: number, dataDir: string): SpawnedNode {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} could not be started.`);
  const forget = guardProcess(pid);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      forget();
      resolve(code);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    dataDir,
    exited,
    output: () => output,
    stop: () => stop(child, exited, () => output),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

async function stop(
  child: ChildProcess,
  exited: Promise<number | null>,
  output: () => string,
): Promise<number | null> {
  child.kill('SIGTERM');
  let late = false;
  const force = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, STOP_MS);
  const code = await exited;
  clearTimeout(force);
  if (late) throw new Error(`The node did not end within ${STOP_MS} ms:\n${output()}`);
  return code;
}

/** Its own line about the address counts too: the port might have become another process's. */
async function becomeReady(node: SpawnedNode): Promise<void> {
  let ended = false;
  void node.exited.then(() => {
    ended = true;
  });
  const isReady = async () => {
    if (ended) return true;
    if (!node.output().includes(`:${node.port}`)) return false;
    const response = await fetch(`${node.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  };
  try {
    await until(isReady, READY_MS);
  } catch (error) {
    throw new Error(`The node did not become ready:\n${node.output()}`, { cause: error });
  }
  if (ended) throw new Error(`The node ended while it started:\n${node.output()}`);
}
