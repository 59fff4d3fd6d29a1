import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, type HttpAnswer, newSession } from '../support/http-calls.js';
import { shakeHands } from '../support/opening-handshake.js';
import { spawnNode } from '../support/spawn-node.js';

interface CookieSession {
  readonly user: { readonly id: string };
  readonly accessToken: string;
  readonly refreshToken?: string;
}

const PUBLIC_URL = 'https://rooms.example.com';

let backends: Backends;
let redis: Redis;
/** On uWebSockets.js, on ws, and one that browsers reach over TLS. */
let uws: string;
let ws: string;
let tls: string;

beforeAll(async () => {
  backends = await startBackends();
  redis = connectToRedis(backends.redis.url);
  afterFile(() => redis.disconnect());
  const env = { ...UNLIMITED, ...backends.env };
  const nodes = await Promise.all([
    spawnNode({ env, transport: 'uws' }),
    spawnNode({ env, transport: 'ws' }),
    spawnNode({ env: { ...env, PINROOM_PUBLIC_URL: PUBLIC_URL } }),
  ]);
  [uws = '', ws = '', tls = ''] = nodes.map(({ url }) => url);
});

const places = () => [uws, ws];

async function cookieSession(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ answer: HttpAnswer<CookieSession>; cookie: string; flags: string[] }> {
  const answer = await call<CookieSession>(`${url}/api/sessions`, {
    method: 'POST',
    headers,
    body: { nickname: 'Ada', cookie: true },
  });
  const [cookie = '', ...flags] = (answer.headers.get('set-cookie') ?? '').split('; ');
  return { answer, cookie, flags };
}

/** What Redis holds of a session. */
function stored(refreshToken: string): Promise<Record<string, string>> {
  return redis.hgetall(sessionKey(refreshToken.split('.')[0] ?? ''));
}

describe('a handshake', () => {
  it('by refresh token lets in on every node, and never rotates', async () => {
    const { refreshToken, user } = await newSession(uws, 'Ada');
    const before = await stored(refreshToken);
    for (const url of [...places(), ...places()]) {
      const { ready } = await shakeHands(url, { auth: { refreshToken } });
      expect(ready?.userId).toBe(user.id);
    }
    const after = await stored(refreshToken);
    expect({ ...after, seenAt: '' }).toEqual({ ...before, seenAt: '' });
    const next = await call(`${ws}/api/sessions/refresh`, {
      method: 'POST',
      body: { refreshToken },
    });
    expect(next.status).toBe(200);
  });

  it('by an old refresh token is refused without ending the session', async () => {
    const first = await newSession(uws, 'Ada');
    let newest = first.refreshToken;
    for (let times = 0; times < 2; times++) {
      const { body } = await call<{ refreshToken: string }>(`${uws}/api/sessions/refresh`, {
        method: 'POST',
        body: { refreshToken: newest },
      });
      newest = body.refreshToken;
    }
    const { refused } = await shakeHands(ws, { auth: { refreshToken: first.refreshToken } });
    expect(refused?.code).toBe('unauthenticated');
    const { ready } = await shakeHands(ws, { auth: { refreshToken: newest } });
    expect(ready?.userId).toBe(first.user.id);
  });

  it('by the cookie lets in, and never rotates', async () => {
    const { answer, cookie } = await cookieSession(uws);
    const refreshToken = cookie.split('=')[1] ?? '';
    const before = await stored(refreshToken);
    for (const url of [...places(), ...places()]) {
      const headers = { cookie: `x=1; ${cookie}; y=2`, origin: url };
      const { ready } = await shakeHands(url, { headers });
      expect(ready?.userId).toBe(answer.body.user.id);
    }
    expect({ ...(await stored(refreshToken)), seenAt: '' }).toEqual({ ...before, seenAt: '' });
  });

  it('by the cookie is refused to a page of another origin, and without one', async () => {
    const { cookie } = await cookieSession(uws);
    for (const url of places()) {
      for (const headers of [{ cookie, origin: 'https://evil.example' }, { cookie }]) {
        const { ready, refused } = await shakeHands(url, { headers });
        expect(ready).toBeNull();
        expect(refused).not.toBeNull();
      }
      const own = await shakeHands(url, { headers: { cookie, origin: url } });
      expect(own.ready).not.toBeNull();
    }
  });

  it('that shows nothing, or nonsense, is refused with code and message', async () => {
    for (const url of places()) {
      for (const auth of [{}, { token: 'x.y.z' }, { token: 7 }, { refreshToken: ['a'] }]) {
        const { ready, refused } = await shakeHands(url, { auth });
        expect(ready).toBeNull();
        expect(refused).toEqual({ code: 'unauthenticated', message: expect.any(String) });
      }
    }
  });

  it('of an ended session is refused with code and message', async () => {
    const { accessToken, refreshToken } = await newSession(ws, 'Ada');
    await call(`${uws}/api/sessions/current`, { method: 'DELETE', token: accessToken });
    for (const url of places()) {
      for (const auth of [{ token: accessToken }, { refreshToken }]) {
        const { refused } = await shakeHands(url, { auth });
        expect(refused).toEqual({ code: 'session_ended', message: expect.any(String) });
      }
    }
  });
});

describe('the cookie of a session', () => {
  it('is out of reach of scripts and other sites, and the answer holds no refresh token', async () => {
    for (const url of places()) {
      const { answer, cookie, flags } = await cookieSession(url);
      expect(answer.status).toBe(201);
      expect(answer.body.refreshToken).toBeUndefined();
      expect(cookie).toMatch(/^pinroom_refresh=[0-9a-f-]{36}\.1\.[\w-]{43}$/);
      expect(flags).toEqual(
        expect.arrayContaining([
          'HttpOnly',
          'SameSite=Strict',
          'Path=/',
          expect.stringMatching(/^Max-Age=25\d{5}$/),
        ]),
      );
      expect(flags).not.toContain('Secure');
    }
  });

  it('is for TLS alone where browsers come over TLS', async () => {
    const { flags } = await cookieSession(tls, { origin: PUBLIC_URL });
    expect(flags).toContain('Secure');
    expect(flags).toContain('HttpOnly');
  });

  it('is neither given to nor taken from a page of another origin', async () => {
    const headers = { origin: 'https://evil.example' };
    const { answer } = await cookieSession(tls, headers);
    expect(answer).toMatchObject({ status: 403, code: 'origin_denied' });
    const { cookie } = await cookieSession(tls, { origin: PUBLIC_URL });
    const refreshed = await call(`${tls}/api/sessions/refresh`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: {},
    });
    expect(refreshed).toMatchObject({ status: 403, code: 'origin_denied' });
  });

  it('is rotated by a refresh, and cleared when the session ends', async () => {
    const { answer, cookie } = await cookieSession(uws);
    const refreshed = await call<CookieSession>(`${ws}/api/sessions/refresh`, {
      method: 'POST',
      headers: { cookie, origin: ws },
      body: {},
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.user.id).toBe(answer.body.user.id);
    expect(refreshed.body.refreshToken).toBeUndefined();
    const next = (refreshed.headers.get('set-cookie') ?? '').split('; ')[0] ?? '';
    expect(next).toMatch(/^pinroom_refresh=[0-9a-f-]{36}\.2\./);
    const ended = await call(`${uws}/api/sessions/current`, {
      method: 'DELETE',
      token: refreshed.body.accessToken,
    });
    expect(ended.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0;/);
    const late = await call(`${ws}/api/sessions/refresh`, {
      method: 'POST',
      headers: { cookie: next, origin: ws },
      body: {},
    });
    expect(late.code).toBe('session_ended');
    expect(late.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0;/);
  });
});
