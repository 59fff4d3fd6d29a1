import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRaw, type RawClient } from '../contracts/transport/raw-client.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
/** What would be another key, a pattern, a script's argument or a command, if it ever got there. */
const TEXTS = [
  ...NAMES,
  '{ff}',
  'pr:{pin}:123456',
  '*',
  '[a-z]?\\*',
  ':',
  'a b',
  '../..',
  '%00%0d%0a',
  "'; DROP TABLE rooms; --",
  '\u{1f3b2}{00}',
];

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}';
const CHANNEL = `(room|host|log|user:${ID})`;
/** Every name of a key: ids, numbers, words of ours, and of a client's text only what was escaped. */
const KEYS = [
  `\\{[0-9a-f]{2}\\}:(room|members|roster|nicks|online|archived|once|pace|bans|pages):${ID}`,
  `\\{[0-9a-f]{2}\\}:(networks|waiting|admitted|state):${ID}`,
  `\\{[0-9a-f]{2}\\}:ch:${ID}:${CHANNEL}`,
  `\\{[0-9a-f]{2}\\}:page:${ID}:${CHANNEL}:\\d+:\\d+:\\d+`,
  `\\{[0-9a-f]{2}\\}:dedupe:${ID}:${CHANNEL}:(${ID})?:[A-Za-z0-9%!'()*~._#-]{1,130}`,
  '\\{[0-9a-f]{2}\\}:(unarchived|expiry|away|lives|hosts-away|unsaved-states)',
  `\\{[0-9a-f]{2}\\}:(life|session|sessions):${ID}`,
  '\\{pin\\}:(\\d{6}|live:\\d|ready|rebuild)',
  '\\{tags\\}:(lives|owners|ended)',
  `\\{tags\\}:node:${ID}`,
  '\\{system\\}:(log|said|archived)',
  '\\{ended\\}:sessions',
].map((shape) => new RegExp(`^pr:${shape}$`));

let backends: Backends;
let redis: Redis;

beforeAll(async () => {
  backends = await startBackends();
  redis = connectToRedis(backends.redis.url);
  afterFile(() => redis.disconnect());
});

describe.each(['uws', 'ws'] as const)(
  'names that mean something elsewhere, over %s',
  (transport) => {
    let node: SpawnedNode;
    let socket: RawSocket;
    let raw: RawClient;
    let token: string;
    let userId: string;
    let roomId: string;
    let asked = 0;

    beforeAll(async () => {
      node = await spawnNode({ transport, env: { ...UNLIMITED, ...backends.env } });
      ({ socket, token, userId } = await openSocket(node.url, 'Mallory'));
      ({ id: roomId } = (await socket.must('room:create', {})).room);
      await socket.must('room:join', { roomId });
      raw = await openRaw(`127.0.0.1:${node.port}`);
      raw.send(`40${JSON.stringify({ token })}`);
      await raw.frame('42["session:ready"');
    });

    /** The code of the answer to a command whose payload is written as it goes over the line. */
    async function ask(name: string, payload: string): Promise<string> {
      asked += 1;
      const answer = await raw.ask(asked, `[${JSON.stringify(name)},${payload}]`);
      return codeOf(answer as Parameters<typeof codeOf>[0]);
    }

    it.each(NAMES)('%s is no command', async (name) => {
      expect(await ask(name, '{}')).toBe('bad_request');
      expect(await ask(name, `{"${name}":1}`)).toBe('bad_request');
    });

    it.each(NAMES)('%s is a field of nothing', async (name) => {
      const evil = `"${name}":{"locked":true,"title":"evil","playersMaySend":false}`;
      for (const [command, payload] of [
        ['room:create', `{${evil}}`],
        ['room:create', `{"settings":{${evil}}}`],
        ['room:create', `{"settings":{"typesByRole":{"${name}":[]}}}`],
        ['room:join', `{"roomId":"${roomId}",${evil}}`],
        ['room:join', `{"roomId":"${roomId}","since":{"${name}":"1-0"}}`],
        ['room:send', `{"roomId":"${roomId}","type":"a","payload":1,${evil}}`],
        ['room:update', `{"roomId":"${roomId}",${evil}}`],
        ['room:update', `{"roomId":"${roomId}","settings":{${evil}}}`],
        ['room:kick', `{"roomId":"${roomId}","userId":"${userId}",${evil}}`],
      ] as const) {
        expect([command, payload, await ask(command, payload)]).toEqual([
          command,
          payload,
          'bad_request',
        ]);
      }
      const bodies = [
        ['POST', '/api/sessions', `{${evil}}`],
        ['POST', '/api/rooms', `{"settings":{${evil}}}`],
        ['PATCH', `/api/rooms/${roomId}`, `{${evil}}`],
        ['POST', `/api/rooms/${roomId}/entries`, `{"type":"a","payload":1,${evil}}`],
      ] as const;
      for (const [method, path, body] of bodies) {
        const answer = await call(`${node.url}${path}`, { method, token, raw: body });
        expect([method, path, answer.code]).toEqual([method, path, 'bad_request']);
      }
      const { room } = await socket.must('room:create', {});
      expect(room).toMatchObject({ locked: false, title: '', settings: { playersMaySend: true } });
    });

    it.each(NAMES)('%s is no room, channel, user, PIN or place in a history', async (name) => {
      const text = JSON.stringify(name);
      const inRoom = `"roomId":"${roomId}"`;
      const entry = '"type":"a","payload":1';
      for (const [command, payload] of [
        ['room:join', `{"roomId":${text}}`],
        ['room:join', `{"pin":${text}}`],
        ['room:leave', `{"roomId":${text}}`],
        ['room:send', `{"roomId":${text},${entry}}`],
        ['room:send', `{${inRoom},"channel":${text},${entry}}`],
        ['room:send', `{${inRoom},"channel":"user:${name}",${entry}}`],
        ['room:signal', `{${inRoom},"to":${text},${entry}}`],
        ['room:history', `{${inRoom},"channel":${text}}`],
        ['room:history', `{${inRoom},"before":${text}}`],
        ['room:history', `{${inRoom},"after":"${name}-0"}`],
        ['room:members', `{${inRoom},"cursor":${text}}`],
        ['room:kick', `{${inRoom},"userId":${text}}`],
        ['room:close', `{"roomId":${text}}`],
      ] as const) {
        expect([command, payload, await ask(command, payload)]).toEqual([
          command,
          payload,
          'bad_request',
        ]);
      }
      for (const [path, code] of [
        [`/api/rooms/${name}`, 'room_not_found'],
        [`/api/rooms/by-pin/${name}`, 'room_not_found'],
        [`/api/rooms/${name}/entries`, 'room_not_found'],
        [`/api/${name}`, 'not_found'],
        [`/${name}`, 'not_found'],
        [`/api/rooms?cursor=${name}`, 'bad_request'],
        [`/api/rooms/${roomId}/entries?channel=${name}`, 'bad_request'],
        [`/api/rooms/${roomId}/entries?before=${name}`, 'bad_request'],
      ] as const) {
        expect([path, (await call(`${node.url}${path}`, { token })).code]).toEqual([path, code]);
      }
      // A parameter that no route knows is passed over, whatever it is called.
      const query = `${name}=x&${name}[limit]=0&limit=1`;
      expect((await call(`${node.url}/api/rooms?${query}`, { token })).status).toBe(200);
    });

    it('whatever a payload holds, it comes as it was sent, live and read back', async () => {
      const payload =
        '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"prototype":null}';
      const seen = raw.frames.length;
      await socket.must('room:join', { roomId });
      const other = await openRaw(`127.0.0.1:${node.port}`);
      other.send(`40${JSON.stringify({ token })}`);
      await other.frame('42["session:ready"');
      await other.ask(1, `["room:join",{"roomId":"${roomId}"}]`);
      expect(
        await ask('room:send', `{"roomId":"${roomId}","type":"odd","payload":${payload}}`),
      ).toBe('ok');
      expect(
        await ask('room:signal', `{"roomId":"${roomId}","type":"odd","payload":${payload}}`),
      ).toBe('ok');
      for (const event of ['room:entry', 'room:signal']) {
        expect(await other.frame(`42["${event}"`)).toContain(`"payload":${payload}`);
      }
      expect(raw.frames.length).toBeGreaterThan(seen);
      const { text } = await call(`${node.url}/api/rooms/${roomId}/entries?limit=1`, { token });
      expect(JSON.parse(text).entries[0].payload).not.toHaveProperty('admin');
      expect(text).toContain(payload);
      other.socket.terminate();
    });

    it('a text never becomes a key of Redis, nor a part of one that is not escaped', async () => {
      for (const [n, text] of TEXTS.entries()) {
        const { room } = await socket.must('room:create', {
          title: text,
          key: `${transport} ${text}`,
        });
        await socket.must('room:join', { roomId: room.id, nickname: `${n} ${text}`.slice(0, 40) });
        const entry = { roomId: room.id, type: 'a', payload: text, key: text };
        await socket.must('room:send', { ...entry, once: text });
        await socket.must('room:send', {
          ...entry,
          channel: 'host',
          key: text.repeat(20).slice(0, 128),
        });
        await socket.must('room:leave', { roomId: room.id, everywhere: true });
        const unknown = [
          ['GET', `/api/rooms/by-pin/${encodeURIComponent(text)}`],
          ['GET', `/api/rooms/${encodeURIComponent(text)}`],
          ['GET', `/api/rooms?cursor=${encodeURIComponent(text)}`],
        ] as const;
        for (const [method, path] of unknown) {
          expect([400, 404]).toContain(
            (await call(`${node.url}${path}`, { method, token })).status,
          );
        }
        for (const refreshToken of [text, `${text}.1.${'a'.repeat(43)}`, `${roomId}.${text}.x`]) {
          const body = { refreshToken };
          const answer = await call(`${node.url}/api/sessions/refresh`, { method: 'POST', body });
          expect(answer.status).toBe(401);
        }
        await socket.must('room:close', { roomId: room.id });
      }
      const strange = async () =>
        (await redis.keys('*')).filter((key) => !KEYS.some((shape) => shape.test(key)));
      expect((await redis.keys('pr:*:dedupe:*')).length).toBeGreaterThan(TEXTS.length);
      expect(await strange()).toEqual([]);
      // After the closed rooms were archived, too.
      await until(async () => (await redis.keys('pr:*:unarchived')).length === 0, 10_000);
      expect(await strange()).toEqual([]);
      expect(node.output()).not.toMatch(/"level":"(error|fatal)"/);
    });
  },
);
