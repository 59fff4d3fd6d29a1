import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../infra/service-process.mjs';
import { afterFile } from '../support/after-file.js';
import { startBackends } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { failedStart } from '../support/opening-failure.js';
import {
  createDatabase,
  type RunningService,
  startOneRedis,
  startRedis,
} from '../support/services.js';
import { SHARED_SECRETS, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** What is wrong with the configuration. */
const CONFIGURATION = 2;
/** Everything else that keeps a node from starting. */
const FAILURE = 1;
const PASSWORD = 'the-very-secret-word';

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterFile(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

describe.each(['uws', 'ws'] as const)('a start on a port in use, transport %s', (transport) => {
  it('fails, and says which address', async () => {
    const { env } = await startBackends();
    const port = await takenPort();
    const { code, output } = await failedStart({ port, transport, env });
    expect(output).not.toContain('schema migrated');
    expect(code).toBe(FAILURE);
    expect(output).toMatch(
      new RegExp(`cannot start: .*127\\.0\\.0\\.1:${port}: the port is in use. Set PORT`),
    );
  });

  it('fails beside another node too, which goes on serving', async () => {
    const { env } = await startBackends();
    const first = await spawnNode({ transport, env });
    const { code, output } = await failedStart({ port: first.port, transport, env });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(new RegExp(`cannot start: .*127\\.0\\.0\\.1:${first.port}`));
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });
});

// Together, because each of them tries for some seconds before it gives up.
describe.concurrent('a start without its backends', { timeout: 60_000 }, () => {
  it('fails where no Redis answers, and names address and variable, not the password', async () => {
    const { url } = await createDatabase();
    const port = await freePort();
    const { code, output } = await failedStart({
      env: { REDIS_URL: `redis://ada:${PASSWORD}@127.0.0.1:${port}`, DATABASE_URL: url },
    });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(new RegExp(`cannot start: REDIS_URL: .*127\\.0\\.0\\.1:${port}`));
    expect(output).not.toContain(PASSWORD);
  });

  it('fails where no PostgreSQL answers, and names address and variable, not the password', async () => {
    const { url } = await startRedis();
    const port = await freePort();
    const { code, output } = await failedStart({
      env: {
        REDIS_URL: url,
        DATABASE_URL: `postgres://ada:${PASSWORD}@127.0.0.1:${port}/pinroom`,
      },
    });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(new RegExp(`cannot start: DATABASE_URL: .*127\\.0\\.0\\.1:${port}`));
    expect(output).not.toContain(PASSWORD);
  });

  it('fails on a wrong password for PostgreSQL, and says so without the password', async () => {
    const { env } = await startBackends();
    const url = new URL(env.DATABASE_URL);
    url.password = PASSWORD;
    const { code, output } = await failedStart({
      env: { ...env, DATABASE_URL: url.href },
    });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(
      /DATABASE_URL: PostgreSQL at .* refuses: .*password authentication failed/,
    );
    expect(output).not.toContain(PASSWORD);
  });

  it('fails on a database that does not exist, and names it', async () => {
    const { env } = await startBackends();
    const url = new URL(env.DATABASE_URL);
    url.pathname = '/no_such_database';
    const { code, output } = await failedStart({ env: { ...env, DATABASE_URL: url.href } });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(
      /DATABASE_URL: .* refuses: .*3D000: create it with createdb no_such_database/,
    );
    expect(output).not.toContain(url.password);
  });

  it('fails on a wrong or missing password for Redis, and says so without the password', async () => {
    const redis = await startRedis();
    const admin = connectToRedis(redis.url);
    await admin.config('SET', 'requirepass', 'another-secret-word');
    admin.disconnect();
    const { url } = await createDatabase();
    const attempt = async (credentials: string) => {
      const address = redis.url.replace('redis://', `redis://${credentials}`);
      const { code, output } = await failedStart({
        env: { REDIS_URL: address, DATABASE_URL: url },
      });
      expect(code).toBe(FAILURE);
      expect(output).toMatch(/cannot start: REDIS_URL: .*(WRONGPASS|NOAUTH|password)/);
      expect(output).toContain(`127.0.0.1:${redis.port}`);
      expect(output).not.toMatch(/the-very-secret-word|another-secret-word/);
    };
    await Promise.all([attempt(`:${PASSWORD}@`), attempt('')]);
  });

  it('fails on a Redis that would throw rooms away, and says what to set', async () => {
    const redis = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
    const { url } = await createDatabase();
    const { code, output } = await failedStart({
      env: { REDIS_URL: redis.url, DATABASE_URL: url },
    });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(/cannot start: REDIS_URL: .*allkeys-lru.*noeviction/);
  });

  it('fails on a Redis that is a replica, or one of a Cluster, and says what to name instead', async () => {
    const { url } = await createDatabase();
    const attempt = async (redis: RunningService, message: RegExp) => {
      const env = { REDIS_URL: redis.url, DATABASE_URL: url };
      const { code, output } = await failedStart({ env });
      expect(code).toBe(FAILURE);
      expect(output).toMatch(message);
    };
    const replica = await startOneRedis();
    const admin = connectToRedis(replica.url);
    await admin.replicaof('127.0.0.1', await freePort());
    admin.disconnect();
    const member = await startOneRedis({ settings: { 'cluster-enabled': 'yes' } });
    await Promise.all([
      attempt(replica, /cannot start: REDIS_URL: .*replica.*Name its master/),
      attempt(member, /cannot start: REDIS_URL: .*Cluster.*Name several/),
    ]);
  });

  it('fails on a clock that is far from that of Redis, and warns of one that is near', async () => {
    const { env } = await startBackends();
    const wrongBy = (ms: number) => ({
      NODE_OPTIONS: `--import=data:text/javascript,const/**/now=Date.now;Date.now=()=>now()+${ms}`,
    });
    const { code, output } = await failedStart({ env: { ...env, ...wrongBy(40_000) } });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(/cannot start: REDIS_URL: the clock .* is (39|40)\.\d s ahead of .*NTP/);
    const node = await spawnNode({ env: { ...env, ...wrongBy(-10_000) } });
    for (const backend of ['Redis', 'PostgreSQL']) {
      expect(node.output()).toMatch(new RegExp(`\\d s behind that of ${backend}: let NTP`));
    }
    // As the Redis and PostgreSQL of these tests are.
    expect(node.output()).toMatch(/Redis keeps no append-only file/);
    expect(node.output()).toMatch(/Redis has no maxmemory/);
    expect(node.output()).toMatch(/PostgreSQL commits before it has written/);
  });
});

describe('a configuration', () => {
  it('with Redis and without PostgreSQL is refused: it is half a one', async () => {
    const { code, output } = await failedStart({ env: { REDIS_URL: 'redis://127.0.0.1:6379' } });
    expect(code).toBe(CONFIGURATION);
    expect(output).toMatch(/DATABASE_URL is required with REDIS_URL/);
  });

  it('with Redis and without keys is refused, and both keys are named', async () => {
    const { code, output } = await failedStart({
      env: {
        REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:6379`,
        DATABASE_URL: 'postgres://127.0.0.1/pinroom',
        PINROOM_JWT_PRIVATE_KEY: undefined,
        PINROOM_TOKEN_SECRET: undefined,
      },
    });
    expect(code).toBe(CONFIGURATION);
    expect(output).toMatch(/PINROOM_JWT_PRIVATE_KEY is required with REDIS_URL/);
    expect(output).toMatch(/PINROOM_TOKEN_SECRET is required with REDIS_URL/);
    expect(output).not.toContain(PASSWORD);
  });

  it('with several faults is told all of them at once, and no value', async () => {
    const { code, output } = await failedStart({
      env: {
        PORT: 'eighty',
        REDIS_URL: `http://:${PASSWORD}@127.0.0.1`,
        PINROOM_PIN_LENGTH: '3',
        PINROOM_PIN_DENSITY: '0',
        PINROOM_TRANSPORT: 'pigeon',
        PINROOM_TOKEN_SECRET: PASSWORD,
        PINROOM_JWT_PRIVATE_KEY: `{"d": "${PASSWORD}"}`,
      },
    });
    expect(code).toBe(CONFIGURATION);
    for (const name of [
      'PORT',
      'REDIS_URL',
      'DATABASE_URL',
      'PINROOM_PIN_LENGTH',
      'PINROOM_PIN_DENSITY',
      'PINROOM_TRANSPORT',
      'PINROOM_TOKEN_SECRET',
      'PINROOM_JWT_PRIVATE_KEY',
    ]) {
      expect(output).toContain(`- ${name} `);
    }
    expect(output).not.toContain(PASSWORD);
  });

  it('whose signing key is no key is refused, not a stack trace', async () => {
    const jwk = JSON.parse(SHARED_SECRETS.PINROOM_JWT_PRIVATE_KEY) as { x: string; d: string };
    const { code, output } = await failedStart({
      env: { PINROOM_JWT_PRIVATE_KEY: JSON.stringify({ ...jwk, d: 'AAAA' }) },
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/PINROOM_JWT_PRIVATE_KEY/);
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe('the native transport where it does not load', () => {
  // Node refuses every native module: what a machine with another libc or processor does.
  const NO_NATIVE = { NODE_OPTIONS: '--no-addons' };

  it('keeps a node from starting that asks for it, with the reason and what to set', async () => {
    const { env } = await startBackends();
    const { code, output } = await failedStart({
      transport: 'uws',
      env: { ...env, ...NO_NATIVE },
    });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(/cannot start: .*uWebSockets\.js does not load here: .*/);
    expect(output).toMatch(/Set PINROOM_TRANSPORT to auto or ws/);
  });

  it('is replaced by ws in a node that leaves the choice, and the start says so', async () => {
    const { env } = await startBackends();
    const node = await spawnNode({ transport: 'auto', env: { ...env, ...NO_NATIVE } });
    await until(() => node.output().includes('transport ws'));
  });
});

describe('a data folder', () => {
  it('that another process uses is refused, with the variable and the process', async () => {
    const first = await spawnNode();
    const { code, output } = await failedStart({ dataDir: first.dataDir });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(/cannot start: PINROOM_DATA_DIR: .*in use by process/);
    expect(output).toContain(`${first.pid}`);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  // A folder below a file cannot be made by anybody, root included.
  it.each([
    ['the archive', SHARED_SECRETS],
    ['its keys', { PINROOM_JWT_PRIVATE_KEY: undefined, PINROOM_TOKEN_SECRET: undefined }],
  ])('that cannot be written is refused by name, be it for %s', async (_, env) => {
    const { dataDir } = await spawnNode({ waitUntilReady: false, env: { PORT: 'none' } });
    const file = path.join(dataDir, 'file');
    writeFileSync(file, '');
    const inFile = path.join(file, 'data');
    const { code, output } = await failedStart({ env: { ...env, PINROOM_DATA_DIR: inFile } });
    expect(code).toBe(FAILURE);
    expect(output).toMatch(/cannot start: PINROOM_DATA_DIR: /);
    expect(output).toContain(inFile);
    expect(output).not.toMatch(/^\s+at /m);
  });
});
