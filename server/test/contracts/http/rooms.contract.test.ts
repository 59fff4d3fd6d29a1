import { describe, expect, it } from 'vitest';
import { AppError, unavailable } from '../../../src/engine/runtime/app-error.js';
import { codeOf, HttpFixture, ROOM_ID } from './http-fixture.js';

const room = `/api/rooms/${ROOM_ID}`;

async function signedIn(options: ConstructorParameters<typeof HttpFixture>[0] = {}) {
  const http = new HttpFixture(options);
  return { http, token: await http.signIn() };
}

describe('rooms over HTTP', () => {
  it('each call becomes its command, with the room of the path', async () => {
    const { http, token } = await signedIn();
    const calls: [string, unknown, number, string, unknown][] = [
      ['POST /api/rooms', { title: 'Quiz' }, 201, 'room:create', { title: 'Quiz' }],
      [`PATCH ${room}`, { locked: true }, 200, 'room:update', { locked: true, roomId: ROOM_ID }],
      [
        `PATCH ${room}/state`,
        { patch: { a: null }, ifVersion: 3 },
        200,
        'room:state',
        { patch: { a: null }, ifVersion: 3, roomId: ROOM_ID },
      ],
      [`POST ${room}/close`, undefined, 200, 'room:close', { roomId: ROOM_ID }],
      [
        `POST ${room}/entries`,
        { type: 'chat', payload: { a: 1 } },
        201,
        'room:send',
        { type: 'chat', payload: { a: 1 }, roomId: ROOM_ID },
      ],
      [
        `GET ${room}/entries?channel=host&after=1-7&limit=20&other=1`,
        undefined,
        200,
        'room:history',
        { channel: 'host', after: '1-7', limit: 20, roomId: ROOM_ID },
      ],
    ];
    for (const [what, body, status, name, payload] of calls) {
      const response = await http.call(what, { token, ...(body === undefined ? {} : { body }) });
      expect([what, response.status]).toEqual([what, status]);
      expect(http.rooms.asked.at(-1)).toEqual({ who: 'user-1', what: name, payload });
    }
  });

  it('the other calls reach their methods', async () => {
    const { http, token } = await signedIn();
    const calls: [string, number, string, unknown][] = [
      ['GET /api/rooms', 200, 'listRooms', { cursor: null, limit: 50 }],
      ['GET /api/rooms?cursor=abc&limit=7', 200, 'listRooms', { cursor: 'abc', limit: 7 }],
      ['GET /api/rooms/by-pin/482913', 200, 'findByPin', '482913'],
      [`GET ${room}`, 200, 'getRoom', ROOM_ID],
      [`GET ${room}/state`, 200, 'getState', ROOM_ID],
      [`GET ${room}/export.ndjson`, 200, 'exportRoom', ROOM_ID],
      [`DELETE ${room}`, 204, 'deleteRoom', ROOM_ID],
      ['DELETE /api/users/me', 204, 'deleteUser', null],
    ];
    for (const [what, status, name, payload] of calls) {
      expect((await http.call(what, { token })).status).toBe(status);
      expect(http.rooms.asked.at(-1)).toEqual({ who: 'user-1', what: name, payload });
    }
  });

  it('answers have the shape of the protocol', async () => {
    const { http, token } = await signedIn();
    const bodyOf = async (what: string, body?: unknown) =>
      (await http.call(what, { token, ...(body === undefined ? {} : { body }) })).json();
    expect(await bodyOf('POST /api/rooms', {})).toEqual({
      room: http.rooms.room,
      hostKey: 'host-key',
    });
    expect(await bodyOf(`GET ${room}`)).toEqual({ room: http.rooms.room });
    expect(await bodyOf('GET /api/rooms')).toEqual({ rooms: [http.rooms.room], nextCursor: null });
    expect(await bodyOf(`GET ${room}/state`)).toEqual({ version: 3, value: { a: 1 } });
    expect(await bodyOf(`PATCH ${room}/state`, { patch: 1 })).toEqual({ version: 4 });
    expect(await bodyOf(`POST ${room}/close`)).toEqual({});
    expect(await bodyOf('GET /api/rooms/by-pin/482913')).toEqual({
      room: { id: ROOM_ID, pin: '482913', title: 'Quiz', locked: false, full: false },
    });
  });

  it('a whole room comes as a file with an entry a line', async () => {
    const { http, token } = await signedIn();
    const response = await http.call(`GET ${room}/export.ndjson`, { token });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="pinroom-${ROOM_ID}.ndjson"`,
      'cache-control': 'no-store',
    });
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { id: '1-0' },
      { id: '1-1' },
      { id: '1-2' },
    ]);
  });

  it('an entry sent again under its key is 200 and a duplicate', async () => {
    const { http, token } = await signedIn();
    const body = { type: 'chat', payload: 1, key: 'k1' };
    const first = await http.call(`POST ${room}/entries`, { token, body });
    const second = await http.call(`POST ${room}/entries`, { token, body });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toMatchObject({ duplicate: true });
  });

  it('everything needs a token, and says so', async () => {
    const { http } = await signedIn();
    for (const { method, path } of http.app.routes) {
      if (!/^\/api\/(rooms|users)/.test(path)) continue;
      const what = `${method} ${path.replace(':id', ROOM_ID).replace(':pin', '482913')}`;
      for (const authorization of [undefined, 'Basic x', 'Bearer wrong', 'Bearer', 'access-1']) {
        const headers = authorization === undefined ? {} : { authorization };
        const response = await http.call(what, { headers: headers as { authorization: string } });
        expect([what, response.status]).toEqual([what, 401]);
        expect(await codeOf(response)).toBe('unauthenticated');
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
    expect(http.rooms.asked).toEqual([]);
  });

  it('the API key acts as an application where it may, and nowhere else', async () => {
    const { http } = await signedIn({ apiKey: 'the-key' });
    const body = { type: 'chat', payload: 1 };
    const allowed = [
      http.call(`POST ${room}/entries`, { token: 'the-key', body }),
      http.call(`PATCH ${room}`, { token: 'the-key', body: {} }),
      http.call(`PATCH ${room}/state`, { token: 'the-key', body: { patch: {} } }),
      http.call(`GET ${room}/state`, { token: 'the-key' }),
      http.call(`POST ${room}/close`, { token: 'the-key' }),
      http.call(`GET ${room}`, { token: 'the-key' }),
      http.call(`GET ${room}/entries`, { token: 'the-key' }),
      http.call(`GET ${room}/export.ndjson`, { token: 'the-key' }),
      http.call(`DELETE ${room}`, { token: 'the-key' }),
    ];
    for (const response of await Promise.all(allowed)) expect(response.status).toBeLessThan(300);
    expect(new Set(http.rooms.asked.map(({ who }) => who))).toEqual(new Set(['application']));
    for (const what of ['POST /api/rooms', 'GET /api/rooms', 'DELETE /api/users/me']) {
      const refused = await http.call(what, { token: 'the-key' });
      expect([refused.status, await codeOf(refused)]).toEqual([403, 'forbidden']);
    }
    for (const token of ['the-kez', 'the-key2', 'the-ke']) {
      expect((await http.call(`GET ${room}`, { token })).status).toBe(401);
    }
    expect((await new HttpFixture().call(`GET ${room}`, { token: 'the-key' })).status).toBe(401);
  });

  it('an id that cannot exist is a room that does not', async () => {
    const { http, token } = await signedIn();
    for (const id of ['x', '482913', ROOM_ID.toUpperCase(), '%00', '%E0%A4%A', '%zz', 'a%2Fb']) {
      for (const what of [`GET /api/rooms/${id}`, `DELETE /api/rooms/${id}`]) {
        const response = await http.call(what, { token });
        expect([what, response.status]).toEqual([what, 404]);
        expect(await codeOf(response)).toBe('room_not_found');
      }
    }
    expect(http.rooms.asked).toEqual([]);
  });

  it('a PIN that leads nowhere is no room, whatever it looks like', async () => {
    const { http, token } = await signedIn();
    for (const pin of ['abc', '1234567890123', '48%202913', '%zz']) {
      const response = await http.call(`GET /api/rooms/by-pin/${pin}`, { token });
      expect([pin, response.status]).toEqual([pin, 404]);
      expect(await codeOf(response)).toBe('room_not_found');
    }
    expect(http.rooms.asked).toEqual([]);
    const unknown = await http.call('GET /api/rooms/by-pin/999999', { token });
    expect(await codeOf(unknown)).toBe('room_not_found');
  });

  it.each([
    ['GET /api/rooms?limit=0', '`limit` must be at least 1.'],
    ['GET /api/rooms?limit=201', '`limit` must be at most 200.'],
    ['GET /api/rooms?limit=ten', '`limit` must be a whole number.'],
    ['GET /api/rooms?limit=', '`limit` must be a whole number.'],
    ['GET /api/rooms?cursor=', '`cursor` must have at least 1 character.'],
    [`GET ${room}/entries?before=7`, '`before` must be an entry id like 1700000000000-0.'],
    [
      `GET ${room}/entries?channel=lobby`,
      '`channel` must be `room`, `host`, `log` or `user:<userId>`.',
    ],
  ])('%s is refused with words', async (what, message) => {
    const { http, token } = await signedIn();
    const response = await http.call(what, { token });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { code: 'bad_request', message } });
  });

  it('a body names the fault, and cannot name another room', async () => {
    const { http, token } = await signedIn();
    const other = await http.call(`PATCH ${room}`, { token, body: { roomId: 'x' } });
    expect(other.status).toBe(400);
    const proto = await http.call(`PATCH ${room}`, {
      token,
      body: '{"__proto__": {"title": "x"}}',
    });
    expect(await codeOf(proto)).toBe('bad_request');
    expect(http.rooms.asked).toEqual([]);
  });

  it('faults keep their code, their status and the time to come back', async () => {
    const { http, token } = await signedIn();
    const cases: [unknown, number, string, string | null][] = [
      [new AppError('room_full'), 409, 'room_full', null],
      [new AppError('rate_limited', 'Slowly.', { retryAfterMs: 1_200 }), 429, 'rate_limited', '2'],
      [unavailable('Redis'), 503, 'unavailable', '1'],
      [new AppError('room_closed'), 410, 'room_closed', null],
    ];
    for (const [fault, status, code, retryAfter] of cases) {
      http.rooms.fault = fault;
      const response = await http.call(`GET ${room}`, { token });
      expect([response.status, await codeOf(response)]).toEqual([status, code]);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
    }
    expect(http.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('an unknown fault is `internal`, logged and not told', async () => {
    const { http, token } = await signedIn();
    for (const fault of [new TypeError('secret detail'), 'secret detail', undefined]) {
      http.rooms.fault = fault;
      const response = await http.call(`GET ${room}`, { token });
      expect(response.status).toBe(500);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      const text = await response.text();
      expect(text).toContain('"internal"');
      expect(text).not.toContain('secret');
    }
    expect(http.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });
});
