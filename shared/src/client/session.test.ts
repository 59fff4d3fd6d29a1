import { describe, expect, it } from 'vitest';
import { systemClock } from './client-clock.js';
import { HttpApi } from './http-api.js';
import { Session } from './session.js';
import { TokenKeeper, type TokenStorage } from './token-keeper.js';

function memoryStorage(token: string | null): TokenStorage {
  let kept = token;
  return {
    getItem: () => kept,
    setItem: (_key, value) => {
      kept = value;
    },
    removeItem: () => {
      kept = null;
    },
  };
}

type Answer = (body: { refreshToken?: string }) => number | 'unreachable';

function setUp(answer: Answer, options: { storage?: TokenStorage; cookie?: boolean } = {}) {
  const calls: string[] = [];
  let tokens = 0;
  const fetch: typeof globalThis.fetch = async (address, init) => {
    const path = new URL(String(address)).pathname;
    calls.push(path);
    const status = path === '/api/sessions' ? 201 : answer(JSON.parse(String(init?.body)));
    if (status === 'unreachable') throw new TypeError('fetch failed');
    if (status >= 400) {
      return Response.json({ error: { code: 'session_ended', message: '' } }, { status });
    }
    const accessToken = `t${++tokens}`;
    const user = { id: path === '/api/sessions' ? 'new' : 'old', nickname: '' };
    const body = { user, accessToken, accessTokenExpiresAt: Date.now() + 600_000 };
    return Response.json({ ...body, refreshToken: `r${tokens}` }, { status });
  };
  const { cookie = false, storage = null } = options;
  const session = new Session({
    http: new HttpApi({ url: 'http://server.test', fetch, cookie, timeoutMs: 1_000 }),
    keeper: new TokenKeeper(storage),
    clock: systemClock,
    nickname: undefined,
    cookie,
    refreshMarginMs: 30_000,
    onUser: () => {},
  });
  return { session, calls };
}

describe('the session', () => {
  it('[CLIENT-15] is not ended by a network that answers everything itself', async () => {
    const answers: unknown[] = [null, {}, { user: {} }, { accessToken: 't', user: { id: 7 } }];
    const fetch = async () => Response.json(answers.shift());
    const users: string[] = [];
    const session = new Session({
      http: new HttpApi({ url: 'http://server.test', fetch, cookie: true, timeoutMs: 1_000 }),
      keeper: new TokenKeeper(null),
      clock: systemClock,
      nickname: undefined,
      cookie: true,
      refreshMarginMs: 30_000,
      onUser: ({ id }) => users.push(id),
    });
    while (answers.length > 0) {
      await expect(session.accessToken()).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect([session.user, ...users]).toEqual([null]);
  });

  it('[CLIENT-15] goes on with the token that an earlier page has left', async () => {
    const storage = memoryStorage('r0');
    const { session } = setUp(() => 200, { storage });
    await session.accessToken();
    expect(session.user?.id).toBe('old');
    expect(storage.getItem('')).toBe('r1');
  });

  it('[CLIENT-15] starts anew when what was left is no longer good', async () => {
    const { session, calls } = setUp(() => 401, { storage: memoryStorage('stale') });
    await session.accessToken();
    expect(session.user?.id).toBe('new');
    expect(calls).toEqual(['/api/sessions/refresh', '/api/sessions']);
  });

  it('[CLIENT-15] never starts anew because the server cannot be reached', async () => {
    const storage = memoryStorage('r0');
    const { session, calls } = setUp(() => 'unreachable', { storage });
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'offline' });
    expect(calls).toEqual(['/api/sessions/refresh']);
    expect(storage.getItem('')).toBe('r0');
  });

  it('[CLIENT-15] takes the token of another tab that was faster', async () => {
    const storage = memoryStorage('r0');
    const { session } = setUp(
      ({ refreshToken }) => {
        if (refreshToken !== 'r0') return 200;
        storage.setItem('', 'of the other tab');
        return 401;
      },
      { storage },
    );
    await session.accessToken();
    expect(session.user?.id).toBe('old');
  });

  it('[CLIENT-15] a session that was used ends with an error, not with another user', async () => {
    const { session } = setUp(() => 401);
    await session.accessToken();
    await expect(session.accessToken({ fresh: true })).rejects.toMatchObject({
      code: 'session_ended',
    });
  });

  it('[CLIENT-15] asks once for all who wait', async () => {
    const { session, calls } = setUp(() => 200);
    const tokens = await Promise.all([session.accessToken(), session.accessToken()]);
    expect(tokens).toEqual(['t1', 't1']);
    expect(calls).toHaveLength(1);
  });

  it('[CLIENT-15] with a cookie tries the cookie first', async () => {
    const { session, calls } = setUp(() => 401, { cookie: true });
    await session.accessToken();
    expect(calls).toEqual(['/api/sessions/refresh', '/api/sessions']);
  });
});
