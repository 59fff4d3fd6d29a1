import type { SessionAnswer, SessionList } from '@pinroom/client/contract';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, newSession } from '../support/http-calls.js';
import { shakeHands } from '../support/opening-handshake.js';
import { createRoom } from '../support/opening-room.js';
import { spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

type Granted = SessionAnswer & { refreshToken: string };

let backends: Backends;
let redis: Redis;
/** Two nodes of one installation; the access tokens of the second live for a second or two. */
let a: string;
let b: string;

beforeAll(async () => {
  backends = await startBackends();
  redis = connectToRedis(backends.redis.url);
  afterFile(() => redis.disconnect());
  const env = { ...UNLIMITED, ...backends.env };
  const [first, second] = await Promise.all([
    spawnNode({ env }),
    spawnNode({ env: { ...env, PINROOM_ACCESS_TTL_SECONDS: '2' } }),
  ]);
  a = first.url;
  b = second.url;
});

function refresh(url: string, refreshToken: string) {
  return call<Granted>(`${url}/api/sessions/refresh`, { method: 'POST', body: { refreshToken } });
}

/** What a caller with this access token is told over HTTP; null: welcome. */
async function httpCode(url: string, token: string): Promise<string | null> {
  return (await call(`${url}/api/rooms`, { token })).code;
}

async function socketCode(url: string, auth: object): Promise<string | undefined> {
  const { ready, refused } = await shakeHands(url, { auth });
  return ready ? 'welcome' : refused?.code;
}

const sessionIdOf = ({ refreshToken }: Granted) => refreshToken.split('.')[0] ?? '';
const generationOf = ({ refreshToken }: Granted) => Number(refreshToken.split('.')[1]);

async function archived(session: Granted) {
  const rows = await backends.query<{ generation: number; ended_at: number | null }>(
    'SELECT generation, ended_at FROM sessions WHERE id = $1',
    [sessionIdOf(session)],
  );
  return rows[0];
}

describe('a session', () => {
  it('of one node is known on the other, over HTTP and at the handshake', async () => {
    const session = await newSession(a, 'Ada');
    expect(await httpCode(b, session.accessToken)).toBeNull();
    const { ready } = await shakeHands(b, { auth: { token: session.accessToken } });
    expect(ready).toMatchObject({
      userId: session.user.id,
      nickname: 'Ada',
      protocol: 1,
      nodeId: expect.any(String),
      serverTime: expect.any(Number),
    });
    const keys = await Promise.all([a, b].map((url) => call(`${url}/.well-known/jwks.json`)));
    expect(keys[0]?.body).toEqual(keys[1]?.body);
  });

  it('is rotated by a refresh, on whichever node', async () => {
    const first = await newSession(a, 'Ada');
    const second = (await refresh(b, first.refreshToken)).body;
    const third = (await refresh(a, second.refreshToken)).body;
    expect([first, second, third].map(generationOf)).toEqual([1, 2, 3]);
    expect(new Set([first, second, third].map(sessionIdOf)).size).toBe(1);
    expect(third.user).toEqual(first.user);
    expect(await httpCode(b, third.accessToken)).toBeNull();
  });

  it('gives the same successor again to a client that did not get it', async () => {
    const first = await newSession(a, 'Ada');
    const once = (await refresh(a, first.refreshToken)).body;
    const again = await Promise.all([a, b, a, b].map((url) => refresh(url, first.refreshToken)));
    for (const { body } of again) expect(body.refreshToken).toBe(once.refreshToken);
    expect(await httpCode(a, once.accessToken)).toBeNull();
  });

  it('is ended everywhere by a token from before the last one', async () => {
    const first = await newSession(a, 'Ada');
    const second = (await refresh(a, first.refreshToken)).body;
    const third = (await refresh(b, second.refreshToken)).body;
    expect((await refresh(b, first.refreshToken)).code).toBe('session_ended');
    expect((await refresh(a, third.refreshToken)).code).toBe('session_ended');
    for (const url of [a, b]) {
      expect(await httpCode(url, third.accessToken)).toBe('session_ended');
      expect(await socketCode(url, { token: third.accessToken })).toBe('session_ended');
    }
    expect((await archived(third))?.ended_at).toEqual(expect.any(Number));
  });

  it('that was logged out is refused everywhere, the others of nobody are', async () => {
    const session = await newSession(a, 'Ada');
    const other = await newSession(b, 'Bob');
    const { status } = await call(`${a}/api/sessions/current`, {
      method: 'DELETE',
      token: session.accessToken,
    });
    expect(status).toBe(204);
    for (const url of [a, b]) {
      expect(await httpCode(url, session.accessToken)).toBe('session_ended');
      expect((await refresh(url, session.refreshToken)).code).toBe('session_ended');
      for (const auth of [{ token: session.accessToken }, { refreshToken: session.refreshToken }]) {
        expect(await socketCode(url, auth)).toBe('session_ended');
      }
      expect(await httpCode(url, other.accessToken)).toBe(null);
    }
  });

  it('is ended by logging out of all, and stays so when Redis loses everything', async () => {
    const session = await newSession(a, 'Ada');
    const { status } = await call(`${b}/api/sessions`, {
      method: 'DELETE',
      token: session.accessToken,
    });
    expect(status).toBe(204);
    expect(await httpCode(a, session.accessToken)).toBe('session_ended');
    await redis.flushall();
    expect(await httpCode(a, session.accessToken)).toBe('session_ended');
    expect((await refresh(b, session.refreshToken)).code).toBe('session_ended');
    expect(await socketCode(b, { token: session.accessToken })).toBe('session_ended');
  });
});

describe('the list of sessions', () => {
  const list = async (url: string, token: string) =>
    (await call<SessionList>(`${url}/api/sessions`, { token })).body.sessions;

  it('says from where the session is used, on every node and after Redis has lost it', async () => {
    const begun = Date.now();
    const { body: session } = await call<Granted>(`${a}/api/sessions`, {
      method: 'POST',
      headers: { 'user-agent': `Phone ${'7'.repeat(300)}` },
      body: { nickname: 'Ada' },
    });
    const first = await list(b, session.accessToken);
    const userAgent = `Phone ${'7'.repeat(194)}`;
    const id = sessionIdOf(session);
    expect(first).toEqual([
      {
        id,
        createdAt: expect.any(Number),
        lastUsedAt: expect.any(Number),
        address: '127.0.0.1',
        userAgent,
        current: true,
      },
    ]);
    expect(first[0]?.lastUsedAt).toBeGreaterThanOrEqual(begun - 1_000);
    await until(async () => await archived(session), 2_000);
    await redis.flushall();
    expect(await list(a, session.accessToken)).toEqual(first);

    const { body: next } = await call<Granted>(`${b}/api/sessions/refresh`, {
      method: 'POST',
      headers: { 'user-agent': 'Phone 8' },
      body: { refreshToken: session.refreshToken },
    });
    const [refreshed] = await list(a, next.accessToken);
    expect(refreshed).toMatchObject({ id, userAgent: 'Phone 8', current: true });
    expect(refreshed?.lastUsedAt).toBeGreaterThan(first[0]?.lastUsedAt ?? 0);
    await until(async () => (await archived(next))?.generation === 2, 2_000);
    await redis.flushall();
    expect(await list(b, next.accessToken)).toEqual([refreshed]);
  });

  it('ends a session of the user by its id, and none of somebody else', async () => {
    const [ada, bob] = [await newSession(a, 'Ada'), await newSession(b, 'Bob')];
    const end = (id: string) =>
      call(`${b}/api/sessions/${id}`, { method: 'DELETE', token: ada.accessToken });
    expect(await end(sessionIdOf(bob))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await httpCode(a, bob.accessToken)).toBeNull();
    const ended = await end(sessionIdOf(ada));
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0;/);
    expect(await httpCode(a, ada.accessToken)).toBe('session_ended');
  });
});

describe('a session that Redis has lost', () => {
  it('comes back from PostgreSQL: over HTTP, at the handshake, and for a refresh', async () => {
    for (const use of [
      (session: Granted) => httpCode(b, session.accessToken),
      async (session: Granted) => {
        const { ready } = await shakeHands(b, { auth: { token: session.accessToken } });
        return ready?.userId === session.user.id ? null : 'refused';
      },
      async (session: Granted) => (await refresh(b, session.refreshToken)).code,
    ]) {
      const session = await newSession(a, 'Ada');
      await until(async () => await archived(session), 2_000);
      await redis.flushall();
      expect(await use(session)).toBeNull();
      expect(await redis.exists(sessionKey(sessionIdOf(session)))).toBe(1);
    }
  });

  it('goes on with its newest token even if PostgreSQL knows an older one', async () => {
    const first = await newSession(a, 'Ada');
    await until(async () => await archived(first), 2_000);
    const second = (await refresh(a, first.refreshToken)).body;
    await until(async () => (await archived(second))?.generation === 2, 2_000);
    // What a Redis and a PostgreSQL that both lost their newest second would have.
    await backends.query('UPDATE sessions SET generation = 1 WHERE id = $1', [sessionIdOf(first)]);
    await redis.flushall();
    const third = (await refresh(b, second.refreshToken)).body;
    expect(generationOf(third)).toBe(3);
    expect(await httpCode(a, third.accessToken)).toBeNull();
  });

  it('is refused when PostgreSQL does not have it either, however well its tokens are signed', async () => {
    const session = await newSession(a, 'Ada');
    await until(async () => await archived(session), 2_000);
    expect(await httpCode(a, session.accessToken)).toBeNull();
    await backends.query('DELETE FROM sessions WHERE id = $1', [sessionIdOf(session)]);
    await redis.del(sessionKey(sessionIdOf(session)));
    for (const url of [a, b]) {
      expect(await httpCode(url, session.accessToken)).toBe('session_ended');
      expect((await refresh(url, session.refreshToken)).code).toBe('session_ended');
      expect(await socketCode(url, { token: session.accessToken })).toBe('session_ended');
      expect(await socketCode(url, { refreshToken: session.refreshToken })).toBe('session_ended');
    }
  });
});

describe('a token', () => {
  it('for access is refused on every node once it has run out; a refresh gives another', async () => {
    const session = await newSession(b, 'Ada');
    expect(session.accessTokenExpiresAt - Date.now()).toBeLessThanOrEqual(2_000);
    await until(async () => (await httpCode(a, session.accessToken)) === 'unauthenticated', 10_000);
    for (const url of [a, b]) {
      expect(await httpCode(url, session.accessToken)).toBe('unauthenticated');
      expect(await socketCode(url, { token: session.accessToken })).toBe('unauthenticated');
    }
    const next = (await refresh(a, session.refreshToken)).body;
    expect(await httpCode(b, next.accessToken)).toBeNull();
  });

  it('that is forged or mended is refused', async () => {
    const session = await newSession(a, 'Ada');
    const other = await newSession(a, 'Bob');
    const [head = '', body = '', signature = ''] = session.accessToken.split('.');
    const theirs = other.accessToken.split('.')[1] ?? '';
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      `${head}.${theirs}.${signature}`,
      `${none}.${body}.`,
      `${head}.${body}`,
      'nonsense',
    ]) {
      expect(await httpCode(a, token)).toBe('unauthenticated');
      expect(await socketCode(a, { token })).toBe('unauthenticated');
    }
    const [id = '', , mac = ''] = session.refreshToken.split('.');
    for (const token of [`${id}.2.${mac}`, `${sessionIdOf(other)}.1.${mac}`, 'nonsense']) {
      expect((await refresh(b, token)).code).toBe('unauthenticated');
      expect(await socketCode(b, { refreshToken: token })).toBe('unauthenticated');
    }
    // None of it has harmed the sessions.
    expect((await refresh(b, session.refreshToken)).status).toBe(200);
    expect((await refresh(b, other.refreshToken)).status).toBe(200);
  });

  it('is nowhere in Redis or PostgreSQL, nor is a part of one that would do', async () => {
    const first = await newSession(a, 'Ada');
    const second = (await refresh(b, first.refreshToken)).body;
    await shakeHands(a, { auth: { refreshToken: second.refreshToken } });
    const { hostKey } = await createRoom(a, second.accessToken, { key: 'k', title: 'Quiz' });
    await until(async () => (await archived(second))?.generation === 2, 2_000);
    const secrets = [
      ...[first, second].map(({ accessToken }) => accessToken.split('.')[2] ?? ''),
      ...[first, second].map(({ refreshToken }) => refreshToken.split('.')[2] ?? ''),
      hostKey,
    ];
    const kept = [...(await everythingInRedis()), ...(await everythingInPostgres())].join('\n');
    // The search would find what is there.
    expect(kept).toContain(sessionIdOf(first));
    expect(kept).toContain('Quiz');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(kept).not.toContain(secret);
    }
  });
});

/** Names and contents of all keys. */
async function everythingInRedis(): Promise<string[]> {
  const found: string[] = [];
  for (const key of await redis.keys('*')) {
    found.push(key);
    switch (await redis.type(key)) {
      case 'string':
        found.push((await redis.get(key)) ?? '');
        break;
      case 'hash':
        found.push(JSON.stringify(await redis.hgetall(key)));
        break;
      case 'zset':
        found.push(...(await redis.zrange(key, '0', '-1')));
        break;
      case 'set':
        found.push(...(await redis.smembers(key)));
        break;
      case 'list':
        found.push(...(await redis.lrange(key, 0, -1)));
        break;
      case 'stream':
        found.push(JSON.stringify(await redis.xrange(key, '-', '+')));
        break;
      default:
        throw new Error(`A kind of key that this test does not read: ${key}`);
    }
  }
  return found;
}

/** Every row of every table. */
async function everythingInPostgres(): Promise<string[]> {
  const tables = await backends.query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      backends.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`),
    ),
  );
  return rows.flat().map(({ row }) => row);
}
