import { Redis } from 'ioredis';
import pg from 'pg';
import { afterFile } from '../../support/after-file.js';
import { UNLIMITED } from '../../support/backends.js';
import { type RunningService, startPostgres, startRedis } from '../../support/services.js';
import { type SpawnedNode, spawnNode } from '../../support/spawn-node.js';
import { openProxy, type ProxyTarget, type TcpProxy } from '../../support/tcp-proxy.js';

export interface HouseOptions {
  readonly nodes?: number;
  /** Variables of every node. */
  readonly env?: Readonly<Record<string, string>>;
  readonly transport?: 'auto' | 'uws' | 'ws';
  /** Lines of redis.conf. */
  readonly redis?: Readonly<Record<string, string>>;
}

/** A node behind a balancer, and its own lines to Redis and PostgreSQL. */
export interface HouseNode {
  readonly name: string;
  process: SpawnedNode;
  readonly toRedis: TcpProxy;
  readonly toPostgres: TcpProxy;
  /** As the balancer sees it. */
  isReady: boolean;
}

const HEALTH_EVERY_MS = 500;
const HEALTH_WAIT_MS = 1_000;
/** Written at once, as `appendfsync everysec` does it for all but the last second. */
const DURABLE = { appendonly: 'yes', appendfsync: 'everysec' };

/** An installation: several nodes, one Redis, one PostgreSQL, a balancer before the nodes. */
export class House {
  readonly nodes: HouseNode[] = [];
  readonly postgres: RunningService;
  readonly #options: HouseOptions;
  /** Where Redis is at the moment: a replica may have taken over. */
  redis: RunningService;
  #balancer: TcpProxy | null = null;
  #turn = 0;

  private constructor(options: HouseOptions, redis: RunningService, postgres: RunningService) {
    this.#options = options;
    this.redis = redis;
    this.postgres = postgres;
  }

  static async open(options: HouseOptions): Promise<House> {
    const [redis, postgres] = await Promise.all([
      startRedis({ settings: options.redis ?? DURABLE }),
      startPostgres(),
    ]);
    const house = new House(options, redis, postgres);
    await house.#begin();
    return house;
  }

  /** Where clients go: the ready nodes in turn. */
  get url(): string {
    return `http://127.0.0.1:${this.#balancer?.port}`;
  }

  node(index: number): HouseNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`There is no node ${index}.`);
    return node;
  }

  /** Starts the process of a node that has ended. */
  async restart(node: HouseNode): Promise<void> {
    node.process = await this.#spawn(node);
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
  async withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.redis.url, { maxRetriesPerRequest: 2 });
    redis.on('error', () => {});
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  async #begin(): Promise<void> {
    const { nodes = 3 } = this.#options;
    const redisTarget = (): ProxyTarget => ({ host: '127.0.0.1', port: this.redis.port });
    const postgresTarget = { host: '127.0.0.1', port: this.postgres.port };
    for (let n = 0; n < nodes; n++) {
      const lines = await Promise.all([openProxy(redisTarget), openProxy(postgresTarget)]);
      const node = { name: `node ${n}`, toRedis: lines[0], toPostgres: lines[1], isReady: true };
      this.nodes.push({ ...node, process: await this.#spawn(node) });
    }
    this.#balancer = await openProxy(() => this.#next());
    const timer = setInterval(() => void this.#look(), HEALTH_EVERY_MS);
    afterFile(() => clearInterval(timer));
  }

  #spawn({ toRedis, toPostgres }: Pick<HouseNode, 'toRedis' | 'toPostgres'>): Promise<SpawnedNode> {
    const database = new URL(this.postgres.url);
    database.port = `${toPostgres.port}`;
    const { env = {}, transport = 'auto' } = this.#options;
    return spawnNode({
      transport,
      env: {
        ...UNLIMITED,
        REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
        DATABASE_URL: database.href,
        PINROOM_LOG_LEVEL: 'info',
        ...env,
      },
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
