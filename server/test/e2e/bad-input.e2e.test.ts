import type { CommandName } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRaw, type RawClient } from '../contracts/transport/raw-client.js';
import { UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const POLLUTED: unknown = JSON.parse('{"__proto__":{"admin":true}}');

/** A payload that is good but for the room, and what may not stand in its place. */
const COMMANDS: Record<CommandName, { good: object; bad: readonly unknown[] }> = {
  'room:create': {
    good: {},
    bad: [
      { title: 7 },
      { title: 'x'.repeat(121) },
      { title: 'a\nb' },
      { title: 'txt.\u202eexe' },
      { settings: { passcode: 'a\u0000b' } },
      { capacity: 0 },
      { capacity: '5' },
      { capacity: 1.5 },
      { ttlSeconds: -1 },
      { settings: { unknown: 1 } },
      { settings: [] },
      { settings: { slowModeSeconds: 4_000 } },
      { key: '' },
    ],
  },
  'room:join': {
    good: {},
    bad: [
      {},
      { pin: '123456', roomId: ID },
      { pin: 123_456 },
      { pin: '12 34 56' },
      { pin: '1234567890123' },
      { pin: '１２３４５６' },
      { roomId: ID.toUpperCase() },
      { roomId: ID, nickname: '' },
      { roomId: ID, nickname: '\u0000' },
      { roomId: ID, nickname: '\u009b31mred' },
      { roomId: ID, nickname: 'a\u2066b' },
      { roomId: ID, hostKey: 'a\r\nb' },
      { roomId: ID, passcode: '\u2028' },
      { roomId: ID, nickname: 'x'.repeat(41) },
      { roomId: ID, role: 'host' },
      { roomId: ID, since: { room: 'x' } },
      { roomId: ID, since: { nowhere: '1-0' } },
      { roomId: ID, since: ['1-0'] },
    ],
  },
  'room:leave': { good: {}, bad: [{ everywhere: 1 }] },
  'room:kick': {
    good: { userId: ID },
    bad: [{ userId: 'me' }, { userId: ID, ban: 1 }, { banAddress: 1 }, { banAddress: true }],
  },
  'room:rename': { good: { nickname: 'x' }, bad: [{ nickname: '' }, { nickname: '\u2066' }] },
  'room:mute': { good: { userId: ID, muted: true }, bad: [{ muted: 1 }, { userId: 'me' }] },
  'room:host': { good: { userId: ID, action: 'grant' }, bad: [{ action: 'take' }, { userId: 1 }] },
  'room:state': {
    good: { patch: { a: 1 } },
    bad: [{ ifVersion: -1 }, { ifVersion: 1.5 }, { ifVersion: '1' }, { value: {} }],
  },
  'room:send': {
    good: { type: 'chat', payload: 1 },
    bad: [
      { type: '' },
      { type: 'with space' },
      { type: 'x'.repeat(65) },
      { type: ['chat'] },
      { channel: 'log' },
      { channel: 'user:me' },
      { channel: '' },
      { key: '' },
      { key: 5 },
      { key: 'a\u0007' },
      { once: '\u202e' },
      { once: 'x'.repeat(129) },
    ],
  },
  'room:signal': {
    good: { type: 'x', payload: 1 },
    bad: [{ to: 'log' }, { to: 1 }, { type: null }],
  },
  'room:history': {
    good: {},
    bad: [
      { limit: 0 },
      { limit: 201 },
      { limit: '5' },
      { before: 'x' },
      { after: '-1-0' },
      { before: '9'.repeat(17) },
      { before: '1-0', after: '1-0' },
      { channel: 'secret' },
    ],
  },
  'room:members': { good: {}, bad: [{ cursor: 1 }, { cursor: '' }, { limit: 1e9 }] },
  'room:update': {
    good: {},
    bad: [
      { locked: 'yes' },
      { capacity: 1e9 },
      { title: null },
      { settings: { approval: 1 } },
      { settings: { typesByRole: { admin: [] } } },
    ],
  },
  'room:close': { good: {}, bad: [{ reason: 'because' }] },
};

const NAMES = Object.keys(COMMANDS) as CommandName[];
const NEEDS_ROOM = NAMES.filter((name) => name !== 'room:create' && name !== 'room:join');

describe.each(['uws', 'ws'] as const)('wrong input over %s', (transport) => {
  let node: SpawnedNode;
  let socket: RawSocket;
  let token: string;
  let roomId: string;

  beforeAll(async () => {
    node = await spawnNode({ transport, env: { ...UNLIMITED } });
    ({ socket, token } = await openSocket(node.url, 'Mallory'));
    ({ id: roomId } = (await socket.must('room:create', {})).room);
    await socket.must('room:join', { roomId });
  });

  /** The server lives and serves, the same socket and new ones. */
  async function serves(): Promise<void> {
    expect(codeOf(await socket.ask('room:send', { roomId, type: 'ok', payload: null }))).toBe('ok');
    expect((await call(`${node.url}/healthz`)).status).toBe(200);
    expect(node.output()).not.toMatch(/"level":"(error|fatal)"/);
  }

  /** A client that speaks frames and is in. */
  async function greetedRaw(): Promise<RawClient> {
    const client = await openRaw(`127.0.0.1:${node.port}`);
    client.send(`40${JSON.stringify({ token })}`);
    await client.frame('42["session:ready"');
    return client;
  }

  describe('commands', () => {
    it.each(NAMES)('%s refuses whatever does not fit, and says so', async (name) => {
      const { good, bad } = COMMANDS[name];
      const place = name === 'room:create' || name === 'room:join' ? {} : { roomId };
      const whole = [null, 'text', 7, true, [], [{}], { ...place, ...good, extra: 1 }];
      const parts = bad.map((part) => ({ ...place, ...good, ...(part as object) }));
      const polluted = { ...place, ...good, payload: 1, ...JSON.parse('{"constructor":1}') };
      const tries = [...whole, ...parts, polluted, POLLUTED];
      const codes = [];
      for (const payload of tries) codes.push(codeOf(await socket.emit(name, payload)));
      // No payload at all is an empty one, which opening a room is content with.
      const fits = tries.map((payload) => (name === 'room:create' && payload === null ? 'ok' : ''));
      expect(codes.map((code, n) => [tries[n], code])).toEqual(
        tries.map((payload, n) => [payload, fits[n] || 'bad_request']),
      );
      await serves();
    });

    it.each(NEEDS_ROOM)('%s knows no room that is not one’s own', async (name) => {
      const { good } = COMMANDS[name];
      const stranger = await openSocket(node.url, 'Stranger');
      expect(codeOf(await stranger.socket.emit(name, good))).toBe('bad_request');
      const bad = await stranger.socket.emit(name, { ...good, roomId: 'not-an-id' });
      expect(codeOf(bad)).toBe('bad_request');
      const unknown = await stranger.socket.emit(name, { ...good, roomId: ID });
      expect(codeOf(unknown)).toBe(name === 'room:leave' ? 'not_in_room' : 'room_not_found');
      expect(codeOf(await stranger.socket.emit(name, { ...good, roomId }))).toBe('not_in_room');
      stranger.socket.close();
      await serves();
    });

    it('joining what does not exist is answered', async () => {
      expect(codeOf(await socket.ask('room:join', { roomId: ID }))).toBe('room_not_found');
      for (const pin of ['999999999', '12', '012345']) {
        expect(codeOf(await socket.ask('room:join', { pin }))).toBe('room_not_found');
      }
    });

    it('an unknown event is refused, with and without a payload', async () => {
      for (const name of ['room:explode', '__proto__', 'toString', 'constructor', '']) {
        expect(codeOf(await socket.emit(name, {}))).toBe('bad_request');
        expect(codeOf(await socket.emit(name))).toBe('bad_request');
      }
      await serves();
    });

    it('a missing ack, one that is no function and arguments too many harm nobody', async () => {
      const entry = { roomId, type: 'quiet', payload: 'no ack' };
      const before = socket.seen('room:entry').length;
      socket.tell('room:send', entry);
      socket.tell('room:send', { ...entry, payload: 'text for an ack' }, 'ack');
      socket.tell('room:send');
      socket.tell('room:explode');
      socket.tell('room:send', null, null, null);
      const more = await socket.emit('room:send', { ...entry, payload: 'more' }, 'extra', {}, 7);
      expect(codeOf(more)).toBe('ok');
      await until(() => socket.seen('room:entry').length >= before + 3);
      await serves();
    });

    it('a payload comes back as it was sent, however odd it is', async () => {
      const odd = [
        null,
        0,
        '',
        [],
        {},
        '\u0000',
        '\ud800',
        'a\u2028b',
        { ['__proto__ ']: 1 },
        1e21,
      ];
      for (const payload of odd) {
        const { id } = await socket.must('room:send', { roomId, type: 'odd', payload });
        const seen = () => socket.seen<{ id: string; payload: unknown }>('room:entry').at(-1);
        await until(() => seen()?.id === id);
        expect(seen()?.payload).toEqual(JSON.parse(JSON.stringify(payload)));
      }
      const polluted = { roomId, type: 'odd', payload: POLLUTED };
      expect(['ok', 'bad_request']).toContain(codeOf(await socket.emit('room:send', polluted)));
      await serves();
    });

    it('deep nesting, binary data and too much of it are refused', async () => {
      const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
      const entry = { roomId, type: 'chat' };
      const send = async (payload: unknown) =>
        codeOf(await socket.emit('room:send', { ...entry, payload }));
      expect(await send(nested(32))).toBe('ok');
      expect(await send(nested(33))).toBe('bad_request');
      expect(await send(Buffer.from('binary'))).toBe('bad_request');
      expect(await send({ deep: [new Uint8Array(3)] })).toBe('bad_request');
      expect(await send('x'.repeat(1_000_000))).toBe('payload_too_large');
      expect(await send('x'.repeat(16_384))).toBe('payload_too_large');
      expect(await send('x'.repeat(16_000))).toBe('ok');
      const client = await greetedRaw();
      const abyss = '['.repeat(8_000) + ']'.repeat(8_000);
      const wish = `["room:send",{"roomId":"${roomId}","type":"chat","payload":${abyss}}]`;
      expect(await client.ask(1, wish)).toMatchObject({ error: { code: 'bad_request' } });
      client.socket.close();
      await serves();
    });

    it.each([
      ...['42{}', '42[7', '42[]', '9', '4', 'x', '450-["a"]'],
      ...['4399["x"]', '43["x"]', Buffer.alloc(100_000)],
    ])('a frame that no client sends closes its connection and nothing else: %s', async (frame) => {
      const client = await greetedRaw();
      client.send(frame);
      await client.closed();
      await serves();
    });

    it('a namespace that there is not is refused, and the connection goes on', async () => {
      const client = await greetedRaw();
      client.send('40/admin,');
      await client.frame('44/admin');
      expect(await client.ask(1, '["room:members",{}]')).toMatchObject({ ok: false });
      client.socket.close();
      await serves();
    });
  });

  describe('handshakes', () => {
    it.each([
      ['nothing', {}],
      ['an empty token', { token: '' }],
      ['a number', { token: 7 }],
      ['a list', { token: ['x'] }],
      ['no JWT', { token: 'x.y.z' }],
      ['a refresh token that is none', { refreshToken: 'x' }],
      ['a refresh token of nobody', { refreshToken: `${ID}.1.${'a'.repeat(43)}` }],
      ['a token without a signature', { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }],
    ])('with %s are refused with a code', async (_what, auth) => {
      const client = new RawSocket(node.url, auth);
      await until(() => client.refused);
      const { code } = client.refused as { code: string };
      expect(['unauthenticated', 'session_ended']).toContain(code);
      expect(client.events).toEqual([]);
      await serves();
    });

    it('with a token that was changed are refused', async () => {
      const [head, claims, signature] = token.split('.');
      const turned = [...(signature ?? '')].reverse().join('');
      for (const forged of [`${head}.${claims}.${turned}`, `${head}.${claims}`, `${token}x`]) {
        const client = new RawSocket(node.url, { token: forged });
        await until(() => client.refused);
        expect(client.refused).toMatchObject({ code: 'unauthenticated' });
      }
      await serves();
    });

    it('from a foreign page, or for an unknown namespace, are refused', async () => {
      const headers = { origin: 'https://evil.example' };
      const foreign = new RawSocket(node.url, { token }, { headers });
      await until(() => foreign.refused);
      expect(foreign.events).toEqual([]);
      const elsewhere = new RawSocket(node.url, { token }, { namespace: '/admin' });
      await until(() => elsewhere.refused);
      expect(elsewhere.events).toEqual([]);
      await serves();
    });

    it('that never come do not keep others out', async () => {
      const host = `127.0.0.1:${node.port}`;
      const silent = await openRaw(host);
      const early = await openRaw(host);
      early.send(`421["room:send",{"roomId":"${roomId}"}]`);
      await early.closed();
      await serves();
      silent.socket.terminate();
    });
  });

  describe('HTTP', () => {
    it.each([
      ['no JSON', '{', {}, 400, 'bad_request'],
      ['a list', '[]', {}, 400, 'bad_request'],
      ['null', 'null', {}, 400, 'bad_request'],
      ['text', '"x"', {}, 400, 'bad_request'],
      ['an unknown field', '{"admin":true}', {}, 400, 'bad_request'],
      ['__proto__', '{"__proto__":{"nickname":"x"}}', {}, 400, 'bad_request'],
      ['another type', 'nickname=x', { 'content-type': 'text/plain' }, 400, 'bad_request'],
      ['deep nesting', '['.repeat(9_000), {}, 400, 'bad_request'],
      ['too much', `{"nickname":"${'x'.repeat(100_000)}"}`, {}, 413, 'payload_too_large'],
      ['a name of control characters', '{"nickname":"\\u0007"}', {}, 400, 'bad_request'],
      ['an invisible name', '{"nickname":"\u200b"}', {}, 400, 'bad_request'],
    ])('a body that is %s is refused', async (_what, raw, headers, status, code) => {
      const answer = await call(`${node.url}/api/sessions`, { method: 'POST', raw, headers });
      expect(answer).toMatchObject({ status, code });
      await serves();
    });

    it('broken UTF-8 is refused', async () => {
      const raw = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
      const answer = await call(`${node.url}/api/sessions`, { method: 'POST', raw });
      expect(answer).toMatchObject({ status: 400, code: 'bad_request' });
    });

    it.each([
      ['GET', '/api/rooms/by-pin/12', 404, 'room_not_found'],
      ['GET', '/api/rooms/by-pin/abcdef', 404, 'room_not_found'],
      ['GET', '/api/rooms/by-pin/999999999', 404, 'room_not_found'],
      ['GET', '/api/rooms/nonsense', 404, 'room_not_found'],
      ['GET', `/api/rooms/${ID}`, 404, 'room_not_found'],
      ['GET', '/api/rooms/%00', 404, 'room_not_found'],
      ['GET', '/api/rooms?limit=0', 400, 'bad_request'],
      ['GET', '/api/rooms?limit=x', 400, 'bad_request'],
      ['GET', '/api/rooms?cursor=nonsense', 400, 'bad_request'],
      ['GET', `/api/rooms/${ID}/entries?before=x`, 400, 'bad_request'],
      ['DELETE', `/api/rooms/${ID}`, 404, 'room_not_found'],
      ['GET', '/api/nothing', 404, 'not_found'],
      ['GET', '/../../etc/passwd', 404, 'not_found'],
      ['GET', '/%2e%2e/%2e%2e/etc/passwd', 404, 'not_found'],
      ['PUT', '/api/rooms', 405, 'not_found'],
    ])('%s %s is answered', async (method, path, status, code) => {
      const answer = await call(`${node.url}${path}`, { method, token });
      expect(answer).toMatchObject({ status, code });
      await serves();
    });

    it.each([
      ['no token', undefined],
      ['nonsense', 'nonsense'],
      ['a refresh token', 'refresh'],
      ['an endless one', 'x'.repeat(5_000)],
    ])('%s in place of an access token is refused', async (_what, shown) => {
      const { refreshToken } = await newSession(node.url, 'Eve');
      const bearer = shown === 'refresh' ? refreshToken : shown;
      const request = bearer === undefined ? {} : { token: bearer };
      const answer = await call(`${node.url}/api/rooms`, request);
      expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
      await serves();
    });
  });

  it('a client that says the wrong thing a thousand times is still answered', async () => {
    const client = await greetedRaw();
    for (let n = 0; n < 1_000; n++) client.send(`42["room:nonsense",${n}]`);
    expect(await client.ask(1, '["room:members",{}]')).toMatchObject({ ok: false });
    client.socket.close();
    await serves();
  });
});
