import pg from 'pg';
import {
  createDatabase,
  type RunningService,
  type ServiceOptions,
  startRedis,
  type TestDatabase,
} from './services.js';
import type { SpawnOptions } from './spawn-node.js';

/** A Redis and a database that the nodes of one installation share. */
export interface Backends {
  readonly redis: RunningService;
  readonly database: TestDatabase;
  /** What a node needs to find them. */
  readonly env: { readonly REDIS_URL: string; readonly DATABASE_URL: string };
  /** Asks the database itself, past every node. Bigints come as numbers. */
  query<R>(statement: string, values?: readonly unknown[]): Promise<R[]>;
}

/** What every node of these tests gets: what is tested is not how much a client may ask. */
export const UNLIMITED = { PINROOM_RATE_LIMITS: 'off' } as const;

/** The drivers and transports that a node can have; each must behave the same. */
export const NODE_KINDS = (['embedded', 'redis'] as const).flatMap((drivers) =>
  (['uws', 'ws'] as const).map((transport) => ({ drivers, transport })),
);

const BIGINT = 20;

/**
 * An empty Redis of its own (`startOneRedis` for one that is never a Cluster) and an empty database; gone
 * when the test file is over.
 */
export async function startBackends(
  redisOptions?: ServiceOptions,
  start = startRedis,
): Promise<Backends> {
  const [redis, database] = await Promise.all([start(redisOptions), createDatabase()]);
  return {
    redis,
    database,
    env: { REDIS_URL: redis.url, DATABASE_URL: database.url },
    query: (statement, values) => queryDatabase(database.url, statement, values),
  };
}

/** The options of a node of this kind. */
export async function optionsOf(kind: (typeof NODE_KINDS)[number]): Promise<SpawnOptions> {
  const backends = kind.drivers === 'redis' ? (await startBackends()).env : {};
  return { transport: kind.transport, env: { ...UNLIMITED, ...backends } };
}

async function queryDatabase<R>(
  url: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  await client.connect();
  try {
    const { rows } = await client.query(statement, [...values]);
    return rows as R[];
  } finally {
    await client.end();
  }
}
