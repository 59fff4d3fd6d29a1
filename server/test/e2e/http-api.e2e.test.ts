import type { EntryPage, Room, RoomList } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call, type HttpCall, newSession } from '../support/http-calls.js';
import { openSocket } from '../support/raw-socket.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const API_KEY = 'an application’s key'.replace(/[^a-z]/g, '-').repeat(2);
const FRIEND = 'https://friend.example';

describe('the HTTP API', () => {
  let backends: Backends;
  let node: SpawnedNode;

  beforeAll(async () => {
    backends = await startBackends();
    const settings = { PINROOM_API_KEY: API_KEY, PINROOM_ALLOWED_ORIGINS: FRIEND };
    node = await spawnNode({ env: { ...UNLIMITED, ...backends.env, ...settings } });
  });

  function ask<T = unknown>(method: string, path: string, request: HttpCall = {}) {
    return call<T>(`${node.url}${path}`, { ...request, method });
  }

  async function user(nickname: string) {
    const { user: who, accessToken: token, refreshToken } = await newSession(node.url, nickname);
    return { id: who.id, token, refreshToken };
  }

  async function roomOf(token: string, options: object = {}): Promise<Room> {
    const answer = await ask<{ room: Room }>('POST', '/api/rooms', { token, body: options });
    expect(answer.status).toBe(201);
    return answer.body.room;
  }

  async function count(table: string, where: string, value: string): Promise<number> {
    const statement = `select count(*)::int as rows from ${table} where ${where}`;
    const [row] = await backends.query<{ rows: number }>(statement, [value]);
    return row?.rows ?? -1;
  }

  describe('sessions', () => {
    it('begin, are refreshed and end', async () => {
      const begun = await ask<Record<string, unknown>>('POST', '/api/sessions', {
        body: { nickname: ' Zoë ' },
      });
      expect(begun).toMatchObject({ status: 201, body: { user: { nickname: 'Zoë' } } });
      const { refreshToken, accessToken, accessTokenExpiresAt } = begun.body;
      expect(accessTokenExpiresAt).toBeGreaterThan(Date.now());
      const refreshed = await ask<Record<string, string>>('POST', '/api/sessions/refresh', {
        body: { refreshToken },
      });
      expect(refreshed).toMatchObject({ status: 200, body: { user: begun.body['user'] } });
      expect(refreshed.body['refreshToken']).not.toBe(refreshToken);
      const token = refreshed.body['accessToken'] ?? '';
      expect((await ask('DELETE', '/api/sessions/current', { token })).status).toBe(204);
      expect((await ask('GET', '/api/rooms', { token })).code).toBe('session_ended');
      expect((await ask('GET', '/api/rooms', { token: String(accessToken) })).status).toBe(401);
      const again = { body: { refreshToken: refreshed.body['refreshToken'] } };
      expect((await ask('POST', '/api/sessions/refresh', again)).code).toBe('session_ended');
    });

    it('can live in a cookie that no script sees', async () => {
      const begun = await ask<Record<string, unknown>>('POST', '/api/sessions', {
        body: { cookie: true },
      });
      expect(begun.body['refreshToken']).toBeUndefined();
      const set = begun.headers.get('set-cookie') ?? '';
      expect(set).toMatch(/^pinroom_refresh=[^;]+;/);
      expect(set).toMatch(/HttpOnly/i);
      expect(set).toMatch(/SameSite=Strict/i);
      const cookie = set.split(';')[0] ?? '';
      const own = { cookie, origin: node.url };
      const refreshed = await ask('POST', '/api/sessions/refresh', { headers: own });
      expect(refreshed).toMatchObject({ status: 200, body: { user: begun.body['user'] } });
      expect(refreshed.headers.get('set-cookie')).toMatch(/^pinroom_refresh=/);
      const foreign = { cookie, origin: 'https://evil.example' };
      const denied = await ask('POST', '/api/sessions/refresh', { headers: foreign });
      expect(denied).toMatchObject({ status: 403, code: 'origin_denied' });
    });

    it('end all at once for one user', async () => {
      const { token, refreshToken } = await user('Max');
      expect((await ask('DELETE', '/api/sessions', { token })).status).toBe(204);
      const refreshed = await ask('POST', '/api/sessions/refresh', { body: { refreshToken } });
      expect(refreshed).toMatchObject({ status: 401, code: 'session_ended' });
    });
  });

  describe('rooms', () => {
    it('are opened, listed in pages, found by PIN and read by their members only', async () => {
      const [host, stranger] = [await user('Host'), await user('Stranger')];
      const rooms = [];
      for (const title of ['one', 'two', 'three']) rooms.push(await roomOf(host.token, { title }));
      const first = await ask<RoomList>('GET', '/api/rooms?limit=2', host);
      expect(first.body.rooms.map(({ title }) => title)).toEqual(['three', 'two']);
      const cursor = encodeURIComponent(first.body.nextCursor ?? '');
      const rest = await ask<RoomList>('GET', `/api/rooms?limit=2&cursor=${cursor}`, host);
      expect(rest.body).toMatchObject({ rooms: [{ title: 'one' }], nextCursor: null });
      const [room] = rooms;
      const found = await ask('GET', `/api/rooms/by-pin/${room?.pin}`, stranger);
      const { id, pin, title, locked } = room ?? {};
      expect(found.body).toEqual({ room: { id, pin, title, locked, full: false } });
      const unknown = await ask('GET', '/api/rooms/by-pin/100000000', stranger);
      expect(unknown).toMatchObject({ status: 404, code: 'room_not_found' });
      const none = await ask('GET', '/api/rooms/by-pin/none', stranger);
      expect(none).toMatchObject({ status: 404, code: 'room_not_found' });
      expect((await ask('GET', `/api/rooms/${id}`, host)).body).toMatchObject({
        room: { id, pin },
      });
      const refused = await ask('GET', `/api/rooms/${id}`, stranger);
      expect(refused).toMatchObject({ status: 403, code: 'not_in_room' });
      expect((await ask('GET', `/api/rooms/${id}`)).status).toBe(401);
      const same = { token: host.token, body: { key: 'k' } };
      const [a, b] = [await ask('POST', '/api/rooms', same), await ask('POST', '/api/rooms', same)];
      expect(b.body).toEqual(a.body);
    });

    it('are written to, changed and closed by their host, and read after that', async () => {
      const host = await user('Host');
      const { socket, token: guest } = await openSocket(node.url, 'Guest');
      const { id } = await roomOf(host.token);
      await socket.must('room:join', { roomId: id });
      const entry = { type: 'news', payload: { text: 'by HTTP' }, key: 'k' };
      const entries = `/api/rooms/${id}/entries`;
      const { token } = host;
      const { token: stranger } = await user('Stranger');
      const outside = await ask('POST', entries, { token: stranger, body: entry });
      expect(outside).toMatchObject({ status: 403, code: 'not_in_room' });
      // A host need not sit in the room.
      const note = { type: 'note', payload: 1, channel: 'host' };
      expect((await ask('POST', entries, { token, body: note })).status).toBe(201);
      const own = await ask<{ id: string }>('POST', entries, { token: guest, body: entry });
      expect(own.status).toBe(201);
      const repeated = await ask('POST', entries, { token: guest, body: entry });
      expect(repeated).toMatchObject({ status: 200, body: { id: own.body.id, duplicate: true } });
      await until(() => socket.seen('room:entry').length === 1);
      const changed = await ask('PATCH', `/api/rooms/${id}`, { token, body: { title: 'New' } });
      expect(changed).toMatchObject({ status: 200, body: { room: { id, title: 'New' } } });
      await until(() => socket.seen<{ room: Room }>('room:updated').at(-1)?.room.title === 'New');
      const notHost = await ask('PATCH', `/api/rooms/${id}`, { token: guest, body: {} });
      expect(notHost).toMatchObject({ status: 403, code: 'forbidden' });
      const early = await ask('DELETE', `/api/rooms/${id}`, { token });
      expect(early).toMatchObject({ status: 409, code: 'conflict' });
      expect((await ask('POST', `/api/rooms/${id}/close`, { token: guest })).code).toBe(
        'forbidden',
      );
      expect((await ask('POST', `/api/rooms/${id}/close`, { token })).status).toBe(200);
      await until(() => socket.seen('room:left').length === 1);
      const late = await ask('POST', entries, { token: guest, body: { ...entry, key: 'l' } });
      expect(late).toMatchObject({ status: 410, code: 'room_closed' });
      const page = await ask<EntryPage>('GET', `${entries}?limit=10`, { token: guest });
      expect(page.body.entries).toMatchObject([{ id: own.body.id, payload: entry.payload }]);
      const log = await ask<EntryPage>('GET', `${entries}?channel=log`, { token });
      expect(log.body.entries.at(-1)).toMatchObject({ type: 'closed' });
      expect((await ask('GET', `${entries}?channel=log`, { token: guest })).code).toBe('forbidden');
    });

    it('obey an application with the API key as they obey a host', async () => {
      const { socket, userId } = await openSocket(node.url, 'Ada');
      const { room } = await socket.must('room:create', {});
      await socket.must('room:join', { roomId: room.id });
      const path = `/api/rooms/${room.id}`;
      const token = API_KEY;
      const sent = await ask<{ id: string }>('POST', `${path}/entries`, {
        token,
        body: { type: 'score', payload: [1, 2], channel: `user:${userId}` },
      });
      expect(sent.status).toBe(201);
      await until(() => socket.seen('room:entry').some((e) => (e as Room).id === sent.body.id));
      expect(socket.seen('room:entry').at(-1)).toMatchObject({ from: null, payload: [1, 2] });
      const read = await ask<EntryPage>('GET', `${path}/entries?channel=user:${userId}`, { token });
      expect(read.body.entries.map(({ id }) => id)).toEqual([sent.body.id]);
      expect((await ask('GET', path, { token })).body).toMatchObject({ room: { id: room.id } });
      const locked = await ask('PATCH', path, { token, body: { locked: true } });
      expect(locked.body).toMatchObject({ room: { locked: true } });
      expect((await ask('POST', `${path}/close`, { token })).status).toBe(200);
      // Right behind the closing: what was said last is archived first.
      expect((await ask('DELETE', path, { token })).status).toBe(204);
      const opened = await ask('POST', '/api/rooms', { token, body: {} });
      expect(opened).toMatchObject({ status: 403, code: 'forbidden' });
      expect((await ask('GET', '/api/rooms', { token })).code).toBe('forbidden');
      const wrong = await ask('GET', path, { token: `${API_KEY}x` });
      expect(wrong.status).toBe(401);
    });

    it('vanish from Redis and PostgreSQL when they are deleted', async () => {
      const host = await openSocket(node.url, 'Host');
      const { room } = await host.socket.must('room:create', {});
      await host.socket.must('room:join', { roomId: room.id });
      await host.socket.must('room:send', { roomId: room.id, type: 'x', payload: 'secret' });
      await host.socket.must('room:close', { roomId: room.id });
      await until(async () => (await count('entries', 'room_id = $1', room.id)) >= 4);
      const { token } = host;
      await until(async () => {
        const { status } = await ask('DELETE', `/api/rooms/${room.id}`, { token });
        return status === 204;
      });
      for (const table of ['entries', 'room_members', 'room_hosts']) {
        expect(await count(table, 'room_id = $1', room.id)).toBe(0);
      }
      expect(await count('rooms', 'id = $1', room.id)).toBe(0);
      const gone = await ask('GET', `/api/rooms/${room.id}/entries`, { token });
      expect(gone).toMatchObject({ status: 404, code: 'room_not_found' });
      expect((await ask<RoomList>('GET', '/api/rooms', { token })).body.rooms).toEqual([]);
    });
  });

  it('erases a person from what stays', async () => {
    const host = await openSocket(node.url, 'Host');
    const ada = await openSocket(node.url, 'Ada Lovelace');
    const { room } = await host.socket.must('room:create', {});
    const roomId = room.id;
    await host.socket.must('room:join', { roomId });
    await ada.socket.must('room:join', { roomId });
    const sent = await ada.socket.must('room:send', { roomId, type: 'x', payload: 'stays' });
    await host.socket.must('room:close', { roomId });
    await until(async () => (await count('entries', 'user_id = $1', ada.userId)) === 1);
    await until(async () => (await count('room_members', 'user_id = $1', ada.userId)) === 1);
    const { token } = ada;
    const erased = await ask('DELETE', '/api/users/me', { token });
    expect(erased.status).toBe(204);
    expect(erased.headers.get('set-cookie')).toMatch(/^pinroom_refresh=;/);
    expect((await ask('GET', '/api/rooms', { token })).code).toBe('session_ended');
    expect(await count('entries', 'user_id = $1', ada.userId)).toBe(0);
    expect(await count('room_members', 'user_id = $1', ada.userId)).toBe(0);
    expect(await count('sessions', 'user_id = $1', ada.userId)).toBe(0);
    const traces = `nickname = $1 or payload like '%' || $1 || '%'`;
    expect(await count('entries', traces, 'Ada Lovelace')).toBe(0);
    expect(await count('entries', `payload like '%' || $1 || '%'`, ada.userId)).toBe(0);
    const [row] = await backends.query<{ payload: string; seq: number }>(
      `select payload from entries where room_id = $1 and channel = 'room'
       and epoch || '-' || seq = $2`,
      [roomId, sent.id],
    );
    expect(row?.payload).toBe('"stays"');
    for (const channel of ['room', 'log']) {
      const entries = `/api/rooms/${roomId}/entries?channel=${channel}`;
      const page = await ask<EntryPage>('GET', entries, { token: host.token });
      expect(page.body.entries.length).toBeGreaterThan(0);
      expect(page.text).not.toContain('Ada Lovelace');
      expect(page.text).not.toContain(ada.userId);
    }
  });

  it('erases a person who sits in an open room, with what was said a moment ago', async () => {
    const host = await openSocket(node.url, 'Host');
    const grace = await openSocket(node.url, 'Grace Hopper');
    const { room } = await host.socket.must('room:create', {});
    const roomId = room.id;
    await host.socket.must('room:join', { roomId });
    await grace.socket.must('room:join', { roomId });
    await until(async () => (await count('room_members', 'user_id = $1', grace.userId)) === 1);
    for (let n = 0; n < 20; n++) {
      await grace.socket.must('room:send', { roomId, type: 'x', payload: n });
    }
    const erased = await ask('DELETE', '/api/users/me', { token: grace.token });
    expect(erased.status).toBe(204);
    const { members } = await host.socket.must('room:members', { roomId });
    expect(members.map(({ userId }) => userId)).toEqual([host.userId]);
    await host.socket.must('room:close', { roomId });
    await until(async () => (await count('rooms', 'id = $1 and closed_at > 0', roomId)) === 1);
    expect(await count('entries', `room_id = $1 and channel = 'room'`, roomId)).toBe(20);
    expect(await count('entries', 'user_id = $1', grace.userId)).toBe(0);
    expect(await count('room_members', 'user_id = $1', grace.userId)).toBe(0);
    expect(await count('entries', `payload like '%' || $1 || '%'`, grace.userId)).toBe(0);
    const traces = `nickname = $1 or payload like '%' || $1 || '%'`;
    expect(await count('entries', traces, 'Grace Hopper')).toBe(0);
  });

  it('is open to its own pages and to listed origins, and to no other page', async () => {
    const preflight = { headers: { origin: FRIEND, 'access-control-request-method': 'POST' } };
    const allowed = await ask('OPTIONS', '/api/rooms', preflight);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    const evil = { headers: { origin: 'https://evil.example' } };
    const refused = await ask('OPTIONS', '/api/rooms', evil);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const read = await ask('GET', '/healthz', evil);
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
    const friendly = await ask('POST', '/api/sessions', { body: {}, headers: { origin: FRIEND } });
    expect(friendly.status).toBe(201);
    expect(friendly.headers.get('access-control-allow-origin')).toBe(FRIEND);
  });

  it('tells balancers and operators how it is', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const answer = await ask('GET', path);
      expect(answer).toMatchObject({ status: 200, body: { ready: true, status: 'ok' } });
    }
    expect((await ask('GET', '/metrics')).status).toBe(401);
    expect((await ask('GET', '/metrics', { token: 'guessed' })).status).toBe(401);
    const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;
    const metrics = await ask('GET', '/metrics', { token });
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(metrics.text).toMatch(/^pinroom_sockets \d+$/m);
    expect(metrics.text).toMatch(/^pinroom_backend_up\{backend="[^"]+"\} 1$/m);
  });

  it('describes itself: keys, specifications and a page about it', async () => {
    const keys = await ask<{ keys: object[] }>('GET', '/.well-known/jwks.json');
    expect(keys.body.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
    expect(keys.text).not.toContain('"d"');
    const openApi = await ask<{ paths: object; openapi: string }>('GET', '/openapi.json');
    expect(openApi.body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(openApi.body.paths)).toEqual(
      expect.arrayContaining(['/api/sessions', '/api/rooms/{id}/entries', '/healthz']),
    );
    const asyncApi = await ask<{ asyncapi: string }>('GET', '/asyncapi.json');
    expect(asyncApi.body.asyncapi).toMatch(/^3\.0/);
    expect(asyncApi.text).toContain('room:join');
    const page = await ask('GET', '/about');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toBeTruthy();
    expect(page.text).toContain('Pinroom');
    expect((await ask('HEAD', '/about')).status).toBe(200);
  });
});

it('metrics are closed where no operator token is set', async () => {
  const { env } = await startBackends();
  const settings = { ...UNLIMITED, ...env, PINROOM_OPERATOR_TOKEN: undefined };
  const node = await spawnNode({ env: settings });
  const answer = await call(`${node.url}/metrics`, { token: 'anything' });
  expect(answer).toMatchObject({ status: 404, code: 'not_found' });
});
