import { randomBytes } from 'node:crypto';
import pg from 'pg';
import {
  type ClusterOptions,
  type RunningCluster,
  startRedisCluster as startRedisClusterServers,
} from '../../../infra/redis-cluster.mjs';
import {
  type RunningService,
  type ServiceOptions,
  startPostgres as startPostgresServer,
  startRedis as startRedisServer,
} from '../../../infra/services.mjs';
import { afterFile } from './after-file.js';

export type { RunningCluster, RunningService, ServiceOptions };

/** Whether `startRedis` gives a Cluster of three masters: `npm run test:long` runs that way too. */
export const ON_CLUSTER = process.env.PINROOM_TEST_REDIS === 'cluster';

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection to it and removes it. Can be repeated. */
  drop(): Promise<void>;
}

function given(variable: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(
    `${variable} is not set: run the tests with npm test, which starts the services.`,
  );
}

/**
 * The Redis that all test files of a run share. Only for tests that neither look at all keys nor
 * listen to channels: names are fixed, so isolation takes a Redis of one's own (`startRedis`).
 */
export function sharedRedisUrl(): string {
  return given('TEST_REDIS_URL');
}

/** A new, empty database on the shared PostgreSQL; dropped when the test file is over. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = given('TEST_DATABASE_URL');
  const name = `pinroom_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  afterFile(drop);
  return { url: url.href, drop };
}

/**
 * A Redis of one's own, empty, 30 ms to start; stopped when the test file is over. Its URL may be the
 * three of a Cluster (`ON_CLUSTER`), separated by commas: `lookInto` and nodes take it as it is.
 */
export async function startRedis(options?: ServiceOptions): Promise<RunningService> {
  return ON_CLUSTER && options?.port === undefined
    ? startRedisCluster(options)
    : startOneRedis(options);
}

/** The same, and never a Cluster. */
export async function startOneRedis(options?: ServiceOptions): Promise<RunningService> {
  return stopAfterFile(await startRedisServer(options));
}

/** A Cluster of one's own, of three masters by default, 2.4 s to start; stopped when the test file is over. */
export async function startRedisCluster(options?: ClusterOptions): Promise<RunningCluster> {
  const cluster = await startRedisClusterServers(options);
  afterFile(() => cluster.stop());
  return cluster;
}

/**
 * A PostgreSQL server of one's own, for tests that kill or pause it; stopped when the test file is
 * over. It takes half a second to start: `createDatabase` is for everything else.
 */
export async function startPostgres(options?: ServiceOptions): Promise<RunningService> {
  return stopAfterFile(await startPostgresServer(options));
}

function stopAfterFile(service: RunningService): RunningService {
  afterFile(() => service.stop());
  return service;
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
