import type { SessionAnswer, SessionList } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { codeOf, HttpFixture } from './http-fixture.js';

const OWN = { origin: 'http://pin.test' };
const EVIL = { origin: 'https://evil.test' };
const COOKIE = { cookie: 'a=b; pinroom_refresh=refresh-1; c=d' };

async function answerOf(response: Response): Promise<SessionAnswer> {
  return (await response.json()) as SessionAnswer;
}

describe('sessions over HTTP', () => {
  it('a session starts with a body, an empty one and none', async () => {
    const http = new HttpFixture();
    const response = await http.call('POST /api/sessions', { body: { nickname: 'Ada' } });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      user: { id: 'user-1', nickname: 'Ada' },
      accessToken: 'access-1',
      accessTokenExpiresAt: expect.any(Number),
      refreshToken: 'refresh-1',
    });
    expect(response.headers.get('set-cookie')).toBeNull();
    expect((await http.call('POST /api/sessions', { body: {} })).status).toBe(201);
    expect((await http.call('POST /api/sessions')).status).toBe(201);
  });

  it('with `cookie` the refresh token comes only as cookie', async () => {
    const http = new HttpFixture();
    const response = await http.call('POST /api/sessions', { body: { cookie: true } });
    expect(await answerOf(response)).not.toHaveProperty('refreshToken');
    expect(response.headers.get('set-cookie')).toBe(
      'pinroom_refresh=refresh-1; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict',
    );
  });

  it('the cookie is Secure on TLS: by public address, or by a proxy that is believed', async () => {
    const cookieOf = async (http: HttpFixture, proto?: string) => {
      const headers: { [name: string]: string } = proto ? { 'x-forwarded-proto': proto } : {};
      const response = await http.call('POST /api/sessions', { body: { cookie: true }, headers });
      return response.headers.get('set-cookie') ?? '';
    };
    expect(await cookieOf(new HttpFixture({ publicUrl: 'https://pin.test' }))).toMatch(/; Secure$/);
    expect(await cookieOf(new HttpFixture({ trustProxy: 1 }), 'https')).toMatch(/; Secure$/);
    expect(await cookieOf(new HttpFixture({ trustProxy: 1 }), 'http')).not.toMatch(/Secure/);
    expect(await cookieOf(new HttpFixture(), 'https')).not.toMatch(/Secure/);
  });

  it('a refresh by body answers by body', async () => {
    const http = new HttpFixture();
    await http.signIn();
    const response = await http.call('POST /api/sessions/refresh', {
      body: { refreshToken: 'refresh-1' },
      headers: EVIL,
    });
    expect(response.status).toBe(200);
    expect(await answerOf(response)).toMatchObject({ refreshToken: 'refresh-2' });
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('a refresh by cookie answers by cookie', async () => {
    const http = new HttpFixture();
    await http.signIn();
    const response = await http.call('POST /api/sessions/refresh', {
      headers: { ...COOKIE, ...OWN },
    });
    expect(response.status).toBe(200);
    const answer = await answerOf(response);
    expect(answer).toMatchObject({ accessToken: 'access-2' });
    expect(answer).not.toHaveProperty('refreshToken');
    expect(response.headers.get('set-cookie')).toMatch(/^pinroom_refresh=refresh-2; Max-Age=/);
  });

  it.each([
    ['another page', EVIL],
    ['a sandboxed page', { origin: 'null' }],
    ['nobody', {}],
  ])('a refresh by cookie from %s is denied and rotates nothing', async (_, headers) => {
    const http = new HttpFixture();
    const token = await http.signIn();
    const denied = await http.call('POST /api/sessions/refresh', {
      headers: { ...COOKIE, ...headers },
    });
    expect(denied.status).toBe(403);
    expect(await codeOf(denied)).toBe('origin_denied');
    expect(await http.sessions.authenticateToken(token)).toMatchObject({ userId: 'user-1' });
  });

  it('a listed page may refresh by cookie, `*` is not enough', async () => {
    const listed = new HttpFixture({ allowedOrigins: ['https://evil.test'] });
    await listed.signIn();
    const headers = { ...COOKIE, ...EVIL };
    expect((await listed.call('POST /api/sessions/refresh', { headers })).status).toBe(200);
    const any = new HttpFixture({ allowedOrigins: ['*'] });
    await any.signIn();
    expect((await any.call('POST /api/sessions/refresh', { headers })).status).toBe(403);
  });

  it('another page may not put a cookie into a browser', async () => {
    const response = await new HttpFixture().call('POST /api/sessions', {
      body: { cookie: true },
      headers: EVIL,
    });
    expect(await codeOf(response)).toBe('origin_denied');
  });

  it('a session that is over is said, and its cookie cleared', async () => {
    const response = await new HttpFixture().call('POST /api/sessions/refresh', {
      headers: { ...COOKIE, ...OWN },
    });
    expect(response.status).toBe(401);
    expect(await codeOf(response)).toBe('session_ended');
    expect(response.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0; /);
  });

  it('a refresh without a token is unauthenticated', async () => {
    const response = await new HttpFixture().call('POST /api/sessions/refresh', { headers: OWN });
    expect(response.status).toBe(401);
    expect(await codeOf(response)).toBe('unauthenticated');
  });

  it('ending one session leaves the others, ending all leaves none', async () => {
    const http = new HttpFixture();
    const [one, two] = [await http.signIn(), await http.signIn()];
    const ended = await http.call('DELETE /api/sessions/current', { token: one });
    expect(ended.status).toBe(204);
    expect(await ended.text()).toBe('');
    expect(ended.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0; /);
    const again = await http.call('DELETE /api/sessions/current', { token: one });
    expect(await codeOf(again)).toBe('unauthenticated');
    expect((await http.call('DELETE /api/sessions', { token: two })).status).toBe(204);
    expect((await http.call('DELETE /api/sessions', { token: two })).status).toBe(401);
  });

  it('users see their sessions, and end one of them', async () => {
    const http = new HttpFixture();
    const [one, two] = [await http.signIn(), await http.signIn()];
    const list = async (token: string) => {
      const response = await http.call('GET /api/sessions', { token });
      return ((await response.json()) as SessionList).sessions;
    };
    const seen = await list(one);
    expect(seen.map(({ current }) => current)).toEqual([true, false]);
    const [mine = { id: '' }, other = { id: '' }] = seen;
    const ended = await http.call(`DELETE /api/sessions/${other.id}`, { token: one });
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toBeNull();
    expect((await http.call('GET /api/sessions', { token: two })).status).toBe(401);
    for (const id of [other.id, 'nonsense']) {
      const again = await http.call(`DELETE /api/sessions/${id}`, { token: one });
      expect(again.status).toBe(404);
      expect(await codeOf(again)).toBe('not_found');
    }
    const last = await http.call(`DELETE /api/sessions/${mine.id}`, { token: one });
    expect(last.status).toBe(204);
    expect(last.headers.get('set-cookie')).toMatch(/^pinroom_refresh=; Max-Age=0; /);
  });
});
