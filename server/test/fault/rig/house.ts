import type { Redis } from 'ioredis';
import pg from 'pg';
import { afterFile } from '../../support/after-file.js';
import { UNLIMITED } from '../../support/backends.js';
import { connectToRedis } from '../../support/connect-to-redis.js';
import {
  ON_CLUSTER,
  type RunningCluster,
  type RunningService,
  startOneRedis,
  startPostgres,
  startRedisCluster,
} from '../../support/services.js';
import { type SpawnedNode, spawnNode } from '../../support/spawn-node.js';
import { openProxy, type ProxyTarget, type TcpProxy, together } from '../../support/tcp-proxy.js';

export interface HouseOptions {
  readonly nodes?: number;
  /** Variables of every node. */
  readonly env?: Readonly<Record<string, string>>;
  readonly transport?: 'auto' | 'uws' | 'ws';
  /** Mechanisms that every node goes without. */
  readonly without?: readonly string[];
  /** Lines of redis.conf. */
  readonly redis?: Readonly<Record<string, string>>;
  /** Whether Redis is a Cluster, of three masters with a replica each; default: `ON_CLUSTER`. */
  readonly onCluster?: boolean;
  /** Lines of postgresql.conf. */
  readonly postgres?: Readonly<Record<string, string>>;
}

/** A node behind a balancer, and its own lines to Redis and PostgreSQL. */
export interface HouseNode {
  readonly name: string;
  process: SpawnedNode;
  readonly toRedis: TcpProxy;
  readonly redirect: ReadonlyMap<number, number>;
  readonly toPostgres: TcpProxy;
  /** As the balancer sees it. */
  isReady: boolean;
  /** Whether it runs as far as the test knows. */
  isUp: boolean;
}

const HEALTH_EVERY_MS = 500;
const HEALTH_WAIT_MS = 1_000;
/** What a Redis of Pinroom is to have. */
export const DURABLE = { appendonly: 'yes', appendfsync: 'everysec' } as const;

/** An installation: several nodes, one Redis (or a Cluster), one PostgreSQL, a balancer before the nodes. */
export class House {
  readonly nodes: HouseNode[] = [];
  readonly postgres: RunningService;
  /** What Redis is, where it is a Cluster. */
  readonly cluster: RunningCluster | null;
  /** Nodes that ended without being told to. */
  readonly crashes: string[] = [];
  readonly #options: HouseOptions;
  readonly #redisUrl: string;
  /** Where Redis is at the moment: a replica may have taken over. */
  redis: RunningService;
  #balancer: TcpProxy | null = null;
  #weakLine: TcpProxy | null = null;
  #turn = 0;
  #isOver = false;

  private constructor(
    options: HouseOptions,
    redis: RunningService | RunningCluster,
    postgres: RunningService,
  ) {
    this.#options = options;
    this.redis = redis;
    this.#redisUrl = redis.url;
    this.cluster = 'members' in redis ? redis : null;
    this.postgres = postgres;
  }

  static async open(options: HouseOptions): Promise<House> {
    const { onCluster = ON_CLUSTER, redis: settings = DURABLE } = options;
    const [redis, postgres] = await Promise.all([
      onCluster ? startRedisCluster({ replicas: 1, settings }) : startOneRedis({ settings }),
      // What it has confirmed survives its death: for that no disk is needed.
      startPostgres({ settings: { synchronous_commit: 'on', ...options.postgres } }),
    ]);
    const house = new House(options, redis, postgres);
    await house.#begin();
    return house;
  }

  /** Where clients go: the ready nodes in turn. */
  get url(): string {
    return `http://127.0.0.1:${this.#balancer?.port}`;
  }

  /** Stands before the balancer, for clients whose network fails. */
  get weakLine(): TcpProxy {
    if (!this.#weakLine) throw new Error('The house is not open.');
    return this.#weakLine;
  }

  node(index: number): HouseNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`There is no node ${index}.`);
    return node;
  }

  /** Ends a node as a crash does. */
  async kill(node: HouseNode): Promise<void> {
    node.isUp = false;
    await node.process.kill();
  }

  /** Ends a node as a rolling restart does; answers its exit status. */
  async stop(node: HouseNode): Promise<number | null> {
    node.isUp = false;
    return node.process.stop();
  }

  /** Starts the process of a node that has ended. */
  async restart(node: HouseNode): Promise<void> {
    node.process = await this.#spawn(node);
    this.#watch(node);
  }

  /** Ends nodes and services, before the test file does. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.nodes.map(({ process }) => process.kill()));
    await Promise.all([this.redis.stop(), this.postgres.stop()]);
  }

  /** From now on this Redis is the one; connections to the one before break. */
  moveRedis(redis: RunningService): void {
    this.redis = redis;
    for (const { toRedis } of this.nodes) toRedis.cutOpen();
  }

  /** Asks PostgreSQL itself, past every node. Bigints come as numbers. */
  async query<R>(statement: string, values: readonly unknown[] = []): Promise<R[]> {
    const client = new pg.Client({
      connectionString: this.postgres.url,
      connectionTimeoutMillis: 10_000,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
      },
    });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query(statement, [...values]);
      return rows as R[];
    } finally {
      await client.end();
    }
  }

  /** Asks Redis itself, past every node. */
  async withRedis<T>(use: (redis: Redis) => Promise<T>, url = this.redis.url): Promise<T> {
    const redis = connectToRedis(url);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  async #begin(): Promise<void> {
    const { nodes = 3 } = this.#options;
    const postgresTarget = { host: '127.0.0.1', port: this.postgres.port };
    for (let n = 0; n < nodes; n++) {
      const toPostgres = await openProxy(postgresTarget);
      const lines = { ...(await this.#linesToRedis()), toPostgres };
      const process = await this.#spawn(lines);
      const node = { name: `node ${n}`, ...lines, process, isReady: true, isUp: true };
      this.nodes.push(node);
      this.#watch(node);
    }
    const balancer = await openProxy(() => this.#next());
    this.#balancer = balancer;
    this.#weakLine = await openProxy({ host: '127.0.0.1', port: balancer.port });
    const timer = setInterval(() => void this.#look(), HEALTH_EVERY_MS);
    afterFile(() => {
      this.#isOver = true;
      clearInterval(timer);
    });
  }

  /** A node's own proxies before each server of Redis. */
  async #linesToRedis(): Promise<Pick<HouseNode, 'toRedis' | 'redirect'>> {
    const redirect = new Map<number, number>();
    const proxies: TcpProxy[] = [];
    for (const { port } of this.cluster?.members ?? [this.redis]) {
      // Without a Cluster another Redis may take over.
      const target = () => ({ host: '127.0.0.1', port: this.cluster ? port : this.redis.port });
      const proxy = await openProxy(target);
      proxies.push(proxy);
      redirect.set(port, proxy.port);
    }
    return { toRedis: together(proxies), redirect };
  }

  #spawn({
    redirect,
    toPostgres,
  }: Pick<HouseNode, 'redirect' | 'toPostgres'>): Promise<SpawnedNode> {
    const database = new URL(this.postgres.url);
    database.port = `${toPostgres.port}`;
    const { env = {}, transport = 'auto', without = [] } = this.#options;
    return spawnNode({
      transport,
      without,
      redirect,
      env: {
        ...UNLIMITED,
        REDIS_URL: this.#redisUrl,
        DATABASE_URL: database.href,
        PINROOM_LOG_LEVEL: 'info',
        ...env,
      },
    });
  }

  #watch(node: HouseNode): void {
    node.isUp = true;
    const { process } = node;
    void process.exited.then((code) => {
      const isExpected = !node.isUp || node.process !== process || this.#isOver;
      if (!isExpected) this.crashes.push(`${node.name} (${code}): ${process.output().slice(-500)}`);
    });
  }

  #next(): ProxyTarget | null {
    const ready = this.nodes.filter(({ isReady }) => isReady);
    const node = ready[this.#turn++ % Math.max(1, ready.length)];
    return node ? { host: '127.0.0.1', port: node.process.port } : null;
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.nodes.map(async (node) => {
        node.isReady = await isReady(node.process.url);
      }),
    );
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HEALTH_WAIT_MS);
    const response = await fetch(`${url}/readyz`, { signal });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
