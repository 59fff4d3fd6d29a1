import type { RedisOptions } from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { ResourceStack } from '../../engine/runtime/resource-stack.js';
import type { RedisAccess } from './redis-access.js';
import { RedisCalls } from './redis-calls.js';
import { RedisMemoryWatch } from './redis-memory-watch.js';
import { checkServers, type RedisServer } from './redis-requirements.js';
import { RedisScripts, readScripts } from './scripts.js';

export interface RedisConnectOptions {
  /** One URL, or several of one Cluster. */
  readonly urls: readonly string[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How long the first contact may take, ms. */
  readonly firstContactMs?: number;
}

/** The connections of a node to Redis; whoever opens them closes them. */
export interface RedisClients extends RedisAccess, AsyncDisposable {
  /** For commands: fails at once while Redis is away, and never sends a command twice. */
  readonly command: Redis | Cluster;
  /** For publishing by the Socket.IO adapter. */
  readonly publish: Redis | Cluster;
  /** For subscriptions: waits for Redis and subscribes again by itself. */
  readonly subscribe: Redis | Cluster;
  readonly memory: RedisMemoryWatch;
  /** The masters, as they were when the connections were opened. */
  readonly servers: readonly RedisServer[];
  /** Rejects with `unavailable`. */
  ping(): Promise<void>;
  /** The time of every master in milliseconds since 1970. */
  times(): Promise<readonly number[]>;
  /** Repeatable. */
  close(): Promise<void>;
}

type Purpose = 'command' | 'publish' | 'subscribe';

const FIRST_CONTACT_MS = 10_000;
/** A goodbye that is not answered by then is cut off. */
const QUIT_MS = 500;

/** At most a second, so that an outage ends soon after it ended; spread, so that nodes do not come at once. */
function retryDelayMs(times: number): number {
  const step = Math.min(1_000, 50 * 2 ** Math.min(times, 5));
  return step / 2 + Math.random() * (step / 2);
}

/**
 * A command that is not answered within a second has failed with an unknown outcome; ioredis would
 * send it again after a reconnect, and one append would become two.
 */
const COMMAND_OPTIONS = {
  maxRetriesPerRequest: 0,
  commandTimeout: 1_000,
  connectTimeout: 2_000,
  socketTimeout: 3_000,
  keepAlive: 5_000,
} as const satisfies RedisOptions;

const SUBSCRIBE_OPTIONS = {
  maxRetriesPerRequest: null,
  autoResubscribe: true,
  connectTimeout: 2_000,
  keepAlive: 5_000,
} as const satisfies RedisOptions;

/**
 * Opens the connections, checks what Redis must be like and loads the scripts. Rejects with a
 * message for the operator (it names host and port, never the password).
 */
export async function openRedis(options: RedisConnectOptions): Promise<RedisClients> {
  const { urls, logger, metrics } = options;
  const scriptSources = await readScripts();
  const command = createClient(urls, 'command');
  const publish = createClient(urls, 'publish');
  const subscribe = createClient(urls, 'subscribe');
  const all = [command, publish, subscribe];
  const calls = new RedisCalls(command);
  await using opening = new ResourceStack((err) => logger.debug({ err }, 'Redis: unclean end'));
  opening.defer(() => Promise.all(all.map(closeClient)));
  const memory = opening.use(new RedisMemoryWatch(calls, { clock: systemClock, logger, metrics }));
  watch({ command, publish, subscribe }, logger);
  command.on('ready', () => metrics.set('pinroom_backend_up', 1, { backend: 'redis' }));
  command.on('close', () => metrics.set('pinroom_backend_up', 0, { backend: 'redis' }));
  const scripts = new RedisScripts(calls, scriptSources);
  const deadlineMs = options.firstContactMs ?? FIRST_CONTACT_MS;
  await Promise.all(all.map((client) => firstContact(client, urls, deadlineMs)));
  const servers = await checkServers(calls, logger);
  await scripts.load();
  await memory.look();
  memory.start();
  const ping = async () => {
    await calls.onMasters('PING');
  };
  const times = async () => (await calls.onMasters('TIME')).map(toMilliseconds);
  const opened = opening.move();
  const close = () => opened[Symbol.asyncDispose]();
  return {
    command,
    publish,
    subscribe,
    calls,
    scripts,
    memory,
    servers,
    ping,
    times,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Of the answer to TIME: seconds and microseconds. */
function toMilliseconds(answer: unknown): number {
  const [seconds, micros] = answer as readonly [string, string];
  return Number(seconds) * 1_000 + Number(micros) / 1_000;
}

function createClient(urls: readonly string[], purpose: Purpose): Redis | Cluster {
  const [first] = urls;
  if (first === undefined) throw new Error('no URL of a Redis was given');
  const base = purpose === 'subscribe' ? SUBSCRIBE_OPTIONS : COMMAND_OPTIONS;
  const enableOfflineQueue = purpose === 'subscribe';
  if (urls.length === 1) {
    return new Redis(first, {
      ...base,
      enableOfflineQueue,
      lazyConnect: true,
      connectionName: `pinroom-${purpose}`,
      retryStrategy: retryDelayMs,
    });
  }
  const { username, password, protocol } = new URL(first);
  const redisOptions = {
    ...base,
    connectionName: `pinroom-${purpose}`,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
  return new Cluster(urls.map(toAddress), {
    redisOptions,
    enableOfflineQueue,
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
    clusterNodeRetryStrategy: retryDelayMs,
    // What was sent to a node that went away may have run: never sent again by itself.
    retryDelayOnFailover: 0,
    maxRedirections: 5,
    slotsRefreshTimeout: 1_500,
    shardedSubscribers: purpose === 'subscribe',
  });
}

function toAddress(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.+)\]$/, '$1'), port: Number(port || 6379) };
}

/** Resolves when the client is ready for commands. */
function firstContact(
  client: Redis | Cluster,
  urls: readonly string[],
  deadlineMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastFault = 'no answer';
    const onError = (fault: Error) => {
      lastFault = describe(fault);
    };
    const timer = setTimeout(() => {
      done();
      const where = urls.map(toAddress).map(({ host, port }) => `${host}:${port}`);
      reject(new Error(`Redis at ${where.join(', ')} cannot be reached: ${lastFault}`));
    }, deadlineMs);
    const onReady = () => {
      done();
      resolve();
    };
    const done = () => {
      clearTimeout(timer);
      client.off('ready', onReady);
      client.off('error', onError);
    };
    client.on('ready', onReady);
    client.on('error', onError);
    // It keeps trying by itself after a first failure; the deadline decides.
    client.connect().catch(onError);
  });
}

/** Every client has a listener for errors: one without would end the process. */
function watch(clients: { readonly [P in Purpose]: Redis | Cluster }, logger: Logger): void {
  for (const [purpose, client] of Object.entries(clients)) {
    let isDown = false;
    const goDown = (fault: string) => {
      if (isDown || client.status === 'end') return;
      isDown = true;
      logger.warn({ client: purpose, fault }, 'Redis connection failed');
    };
    client.on('error', (fault: Error) => goDown(describe(fault)));
    client.on('reconnecting', () => goDown('the connection was lost'));
    client.on('ready', () => {
      if (isDown) logger.info({ client: purpose }, 'Redis connection works again');
      isDown = false;
    });
  }
}

async function closeClient(client: Redis | Cluster): Promise<void> {
  if (client.status === 'ready') {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, QUIT_MS);
    });
    await Promise.race([client.quit().catch(() => undefined), late]);
    clearTimeout(timer);
  }
  client.disconnect();
}

/** A connection fault often has no message, only a code. */
function describe(fault: Error & { code?: string }): string {
  const nested = 'lastNodeError' in fault ? fault.lastNodeError : undefined;
  const cause = nested instanceof Error ? nested : fault;
  return cause.message || fault.code || cause.name;
}
