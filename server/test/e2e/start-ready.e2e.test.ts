import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { descendantsOf, running } from '../support/opening-descendants.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** The line with which a node says that it serves. */
function startLine(node: SpawnedNode): string {
  const lines = node.output().split('\n');
  return lines.find((line) => line.includes('is ready at')) ?? '';
}

describe('a node that needs nothing', () => {
  /** Nothing but an address. */
  const bare = {
    PINROOM_JWT_PRIVATE_KEY: undefined,
    PINROOM_TOKEN_SECRET: undefined,
    PINROOM_OPERATOR_TOKEN: undefined,
  };
  let first: SpawnedNode;
  let session: Awaited<ReturnType<typeof newSession>>;
  beforeAll(async () => {
    first = await spawnNode({ env: bare, transport: 'uws', firstStart: true });
    session = await newSession(first.url, 'Ada');
  });

  it('says where it serves, with which drivers and over which transport', () => {
    expect(startLine(first)).toContain(first.url);
    expect(startLine(first)).toMatch(/memory \+ embedded archive, transport uws\b/);
  });

  it('makes an operator token and says it once', async () => {
    const token = /operator token ([\w-]{20,})/.exec(first.output())?.[1] ?? '';
    expect((await call(`${first.url}/metrics`, { token })).status).toBe(200);
    expect((await call(`${first.url}/metrics`)).code).toBe('unauthenticated');
    expect(first.output().split(token)).toHaveLength(2);
  });

  it('ends on SIGTERM, and is back with the keys and sessions that it had', async () => {
    const family = [first.pid, ...descendantsOf(first.pid)];
    expect(await first.stop()).toBe(0);
    await until(() => running(family).length === 0);
    const begin = performance.now();
    const second = await spawnNode({ env: bare, dataDir: first.dataDir, transport: 'ws' });
    console.log(`second start: ready after ${Math.round(performance.now() - begin)} ms`);
    expect(startLine(second)).toMatch(/memory \+ embedded archive, transport ws\b/);
    const again = await call<{ user: { id: string } }>(`${second.url}/api/sessions/refresh`, {
      method: 'POST',
      body: { refreshToken: session.refreshToken },
    });
    expect(again.body.user.id).toBe(session.user.id);
    await second.kill();
  });

  it('is back on its data after a crash', async () => {
    const node = await spawnNode({ env: bare, dataDir: first.dataDir });
    const { code } = await call(`${node.url}/api/rooms`, { token: session.accessToken });
    expect(code).toBeNull();
    await node.stop();
  });

  it('says loudly when nothing is limited', async () => {
    const warning = 'PINROOM_RATE_LIMITS is off';
    expect(first.output()).not.toContain(warning);
    const node = await spawnNode({ env: { ...bare, ...UNLIMITED }, dataDir: first.dataDir });
    expect(node.output()).toContain(warning);
    await node.stop();
  });

  it('ends on SIGTERM as soon as it has begun', async () => {
    const node = await spawnNode({ env: bare, dataDir: first.dataDir, waitUntilReady: false });
    await node.stop();
    expect(startLine(node)).toBe('');
  });
});

describe('a node with Redis and PostgreSQL', () => {
  it('says so, and no password', async () => {
    const { env } = await startBackends();
    const node = await spawnNode({ env });
    expect(startLine(node)).toContain(node.url);
    expect(startLine(node)).toMatch(/Redis \+ PostgreSQL, transport (uws|ws)\b/);
    expect(node.output()).not.toContain(new URL(env.DATABASE_URL).password);
    expect(await node.stop()).toBe(0);
  });

  it('ends on SIGTERM while it waits for a Redis that is silent', async () => {
    const { env, redis } = await startBackends();
    redis.pause();
    const node = await spawnNode({ env, waitUntilReady: false });
    // Its first words: the archive's schema is made before Redis is asked.
    await until(() => node.output().includes('schema migrated'), 10_000);
    await node.stop();
    redis.resume();
  });
});

describe('the first start of the embedded archive', () => {
  it('cut short by SIGTERM or a crash leaves no process, and the next start works', async () => {
    let dataDir: string | undefined;
    for (const end of ['stop', 'kill'] as const) {
      const node: SpawnedNode = await spawnNode({
        waitUntilReady: false,
        ...(dataDir === undefined ? {} : { dataDir }),
      });
      dataDir = node.dataDir;
      const children = await until(() => {
        const found = descendantsOf(node.pid);
        return found.length > 0 ? found : null;
      }, 10_000);
      await node[end]();
      await until(() => running(children).length === 0, 2_000);
      expect(startLine(node)).toBe('');
    }
    const next = await spawnNode({ dataDir: dataDir ?? '' });
    expect((await call(`${next.url}/readyz`)).status).toBe(200);
  });
});
