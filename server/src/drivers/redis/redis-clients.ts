import type { RedisOptions } from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { ResourceStack } from '../../engine/runtime/resource-stack.js';
import { ClusterSubscriber } from './cluster-subscriber.js';
import type { RedisAccess } from './redis-access.js';
import { RedisCalls } from './redis-calls.js';
import { checkServers, type RedisServer } from './redis-requirements.js';
import { type RedisSubscriber, SingleSubscriber } from './redis-subscriber.js';
import { RedisWatch } from './redis-watch.js';
import { RedisScripts, readScripts } from './scripts.js';
import { mastersOf, sharedOptions, tendCluster, toAddress } from './tend-cluster.js';

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
  /** For subscriptions to shard channels: waits for Redis and subscribes again by itself. */
  readonly subscribe: RedisSubscriber;
  readonly watch: RedisWatch;
  /** The masters, as they were when the connections were opened. */
  readonly servers: readonly RedisServer[];
  /** Rejects with `unavailable`. */
  ping(): Promise<void>;
  /** The time of every master in milliseconds since 1970. */
  times(): Promise<readonly number[]>;
  /** Repeatable. */
  close(): Promise<void>;
}

type Purpose = 'command' | 'subscribe';

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

/** A Cluster whose topology has changed is noticed by commands, by lost connections, and after this time. */
const TOPOLOGY_MS = 15_000;

/**
 * Opens the connections, checks what Redis must be like and loads the scripts. Rejects with a
 * message for the operator (it names host and port, never the password).
 */
export async function openRedis(options: RedisConnectOptions): Promise<RedisClients> {
  const { urls, logger, metrics } = options;
  const scriptSources = await readScripts();
  const command = createClient(urls, logger);
  const line = command.isCluster ? null : createSingle(urls, 'subscribe', logger);
  const subscribe = line
    ? new SingleSubscriber(line, () => closeClient(line))
    : new ClusterSubscriber(command as Cluster, (place) => createLine(urls, place, logger));
  const all = [command, ...(line ? [line] : [])];
  const calls = new RedisCalls(command);
  await using opening = new ResourceStack((err) => logger.debug({ err }, 'Redis: unclean end'));
  opening.defer(() => Promise.all([closeClient(command), subscribe.close()]));
  const redisWatch = opening.use(new RedisWatch(calls, { clock: systemClock, logger, metrics }));
  command.on('ready', () => metrics.set('pinroom_backend_up', 1, { backend: 'redis' }));
  command.on('close', () => metrics.set('pinroom_backend_up', 0, { backend: 'redis' }));
  const scripts = new RedisScripts(calls, scriptSources);
  const deadlineMs = options.firstContactMs ?? FIRST_CONTACT_MS;
  await Promise.all(all.map((client) => firstContact(client, urls, deadlineMs)));
  const servers = await checkServers(calls, logger);
  await scripts.load();
  await redisWatch.look();
  redisWatch.start();
  const ping = async () => {
    await calls.onMasters('PING');
  };
  const times = async () => (await calls.fromMasters('TIME')).map(toMilliseconds);
  const opened = opening.move();
  const close = () => opened[Symbol.asyncDispose]();
  return {
    command,
    subscribe,
    calls,
    scripts,
    watch: redisWatch,
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

function createClient(urls: readonly string[], logger: Logger): Redis | Cluster {
  if (urls.length === 1) return createSingle(urls, 'command', logger);
  const cluster = new Cluster(urls.map(toAddress), {
    redisOptions: {
      ...COMMAND_OPTIONS,
      ...sharedOptions(urls),
      connectionName: 'pinroom-command',
    },
    enableOfflineQueue: false,
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
    // What was sent to a node that went away may have run: never sent again by itself.
    retryDelayOnFailover: 0,
    maxRedirections: 5,
    slotsRefreshTimeout: 1_500,
    slotsRefreshInterval: TOPOLOGY_MS,
  });
  tendCluster(cluster, (client, server) => watch(client, { client: 'command', server }, logger));
  watch(cluster, { client: 'command' }, logger);
  tellMasters(cluster, logger);
  return cluster;
}

function createSingle(urls: readonly string[], purpose: Purpose, logger: Logger): Redis {
  const [first] = urls;
  if (first === undefined) throw new Error('no URL of a Redis was given');
  const client = new Redis(first, {
    ...(purpose === 'subscribe' ? SUBSCRIBE_OPTIONS : COMMAND_OPTIONS),
    enableOfflineQueue: purpose === 'subscribe',
    lazyConnect: true,
    connectionName: `pinroom-${purpose}`,
    retryStrategy: retryDelayMs,
  });
  watch(client, { client: purpose }, logger);
  return client;
}

/** A connection to a master of a Cluster, for subscriptions; it connects by itself. */
function createLine(urls: readonly string[], place: string, logger: Logger): Redis {
  const end = place.lastIndexOf(':');
  const client = new Redis({
    ...SUBSCRIBE_OPTIONS,
    ...sharedOptions(urls),
    host: place.slice(0, end),
    port: Number(place.slice(end + 1)),
    // One subscription that has moved would fail, and nobody would see to it.
    autoResubscribe: false,
    connectionName: 'pinroom-subscribe',
    retryStrategy: retryDelayMs,
  });
  watch(client, { client: 'subscribe', server: place }, logger);
  return client;
}

/** Says in the log when others have become masters. */
function tellMasters(cluster: Cluster, logger: Logger): void {
  let before = '';
  cluster.on('refresh', () => {
    const masters = mastersOf(cluster);
    const now = masters.join(' ');
    if (before !== '' && now !== before) {
      logger.info({ masters }, 'the masters of the Redis Cluster have changed');
    }
    before = now;
  });
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
function watch(
  client: Redis | Cluster,
  which: { readonly client: Purpose; readonly server?: string },
  logger: Logger,
): void {
  let isDown = false;
  const goDown = (fault: string) => {
    if (isDown || client.status === 'end') return;
    isDown = true;
    logger.warn({ ...which, fault }, 'Redis connection failed');
  };
  client.on('error', (fault: Error) => goDown(describe(fault)));
  client.on('reconnecting', () => goDown('the connection was lost'));
  client.on('ready', () => {
    if (isDown) logger.info(which, 'Redis connection works again');
    isDown = false;
  });
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
