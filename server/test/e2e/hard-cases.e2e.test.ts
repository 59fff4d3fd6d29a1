import { type Entry, type Room, userChannel } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket, type RawSocket } from '../support/raw-socket.js';
import { createDatabase, startRedis } from '../support/services.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const HALF_AN_EMOJI = '😀'.slice(0, 1);
const RECOVERY_MS = 20_000;

async function openRoom(
  host: RawSocket,
): Promise<{ roomId: string; pin: string; hostKey: string }> {
  const { room, hostKey } = await host.must('room:create', {});
  await host.must('room:join', { roomId: room.id });
  return { roomId: room.id, pin: room.pin ?? '', hostKey };
}

async function isOnline(asker: RawSocket, roomId: string, userId: string): Promise<boolean> {
  const { members } = await asker.must('room:members', { roomId });
  return members.find((member) => member.userId === userId)?.online ?? false;
}

describe('a room in which everything goes wrong at once', () => {
  let backends: Backends;
  let node: SpawnedNode;

  beforeAll(async () => {
    backends = await startBackends();
    node = await spawnNode({
      env: {
        ...UNLIMITED,
        ...backends.env,
        PINROOM_CHANNEL_KEEP: '5',
        PINROOM_REJOIN_GRACE_SECONDS: '5',
      },
    });
  });

  const rowsOf = (roomId: string) =>
    backends.query<{ channel: string }>('select channel from entries where room_id = $1', [roomId]);

  it('takes no half characters, and the archive goes on', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId, pin } = await openRoom(host);
    const { socket } = await openSocket(node.url, 'Ann');
    const nickname = `ok${HALF_AN_EMOJI}`;
    expect(codeOf(await socket.ask('room:join', { pin, nickname }))).toBe('bad_request');
    await socket.must('room:join', { pin });
    const key = HALF_AN_EMOJI;
    const entry = { roomId, type: 'chat', payload: HALF_AN_EMOJI };
    expect(codeOf(await socket.ask('room:send', { ...entry, key }))).toBe('bad_request');
    await socket.must('room:send', entry);
    const session = await call(`${node.url}/api/sessions`, { method: 'POST', body: { nickname } });
    expect(session).toMatchObject({ status: 400, code: 'bad_request' });
    await until(async () => (await rowsOf(roomId)).some(({ channel }) => channel === 'room'));
  });

  it('answers impossible positions with a code', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    const after = '9999999999999999-0';
    expect(codeOf(await host.ask('room:history', { roomId, after }))).toBe('bad_request');
    const since = { room: after };
    expect(codeOf(await host.ask('room:join', { roomId, since }))).toBe('bad_request');
  });

  it('keeps the seat of a socket whose second join fails', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    const { socket, userId } = await openSocket(node.url, 'Ann');
    await socket.must('room:join', { roomId });
    const hostKey = 'not-the-key-of-this-room';
    expect(codeOf(await socket.ask('room:join', { roomId, hostKey }))).toBe('forbidden');
    await host.must('room:send', { roomId, type: 'chat', payload: 'still there?' });
    await until(() => socket.seen('room:entry').length === 1);
    expect(await isOnline(host, roomId, userId)).toBe(true);
  });

  it('delivers to somebody who comes after the last one left what is new, once', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    await host.must('room:leave', { roomId, everywhere: true });
    for (let n = 0; n < 20; n++) {
      await host.must('room:send', { roomId, type: 'chat', payload: n });
    }
    await host.must('room:join', { roomId });
    const before = host.seen<Entry>('room:entry').filter(({ channel }) => channel === 'room');
    const { id } = await host.must('room:send', { roomId, type: 'chat', payload: 'new' });
    await until(() => host.seen<Entry>('room:entry').some((entry) => entry.id === id));
    const live = host.seen<Entry>('room:entry').filter(({ channel }) => channel === 'room');
    expect(live.length - before.length).toBe(1);
  });

  it('gives the newest 50 to who joins, also where Redis keeps only a few', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId, pin } = await openRoom(host);
    for (let n = 0; n < 60; n++) {
      await host.must('room:send', { roomId, type: 'chat', payload: n });
    }
    await until(async () => (await rowsOf(roomId)).length >= 60);
    const { socket } = await openSocket(node.url, 'Ann');
    const { channels } = await socket.must('room:join', { pin });
    const payloads = channels.room?.entries.map(({ payload }) => payload);
    expect(payloads).toEqual(Array.from({ length: 50 }, (_, n) => n + 10));
  });

  it('knows a host by key as a host for good', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId, hostKey } = await openRoom(host);
    const { socket, token } = await openSocket(node.url, 'Co-host');
    const { self } = await socket.must('room:join', { roomId, hostKey });
    expect(self.role).toBe('host');
    const list = await call<{ rooms: Room[] }>(`${node.url}/api/rooms`, { token });
    expect(list.body.rooms.map(({ id }) => id)).toEqual([roomId]);
  });

  it('keeps both of two changes that cross', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    await Promise.all([
      host.must('room:update', { roomId, settings: { playersMaySend: false } }),
      host.must('room:update', { roomId, settings: { slowModeSeconds: 5 } }),
    ]);
    const { room } = await host.must('room:update', { roomId });
    expect(room.settings).toMatchObject({ playersMaySend: false, slowModeSeconds: 5 });
  });

  it('lets nobody in while it closes: in before it, or told that it is closed', async () => {
    for (let round = 0; round < 10; round++) {
      const { socket: host } = await openSocket(node.url, 'Host');
      const { roomId, pin } = await openRoom(host);
      const { socket } = await openSocket(node.url, 'Ann');
      const [joined] = await Promise.all([
        socket.ask('room:join', { pin }),
        host.must('room:close', { roomId }),
      ]);
      if (joined.ok) {
        expect(joined.data.room.closedAt).toBeNull();
        await until(() => socket.seen('room:left').length === 1);
      } else {
        expect(['room_closed', 'room_not_found', 'not_in_room']).toContain(joined.error.code);
      }
    }
  });

  it('does in order what one socket asks for without waiting', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    const { socket, userId } = await openSocket(node.url, 'Ann');
    const answers = await Promise.all([
      socket.ask('room:join', { roomId }),
      socket.ask('room:join', { roomId }),
      socket.ask('room:leave', { roomId }),
      socket.ask('room:leave', { roomId }),
      socket.ask('room:join', { roomId }),
    ]);
    expect(answers.map(codeOf)).toEqual(['ok', 'ok', 'ok', 'not_in_room', 'ok']);
    expect(await isOnline(host, roomId, userId)).toBe(true);
    await host.must('room:send', { roomId, type: 'chat', payload: 'there?' });
    await until(() => socket.seen<Entry>('room:entry').some(({ payload }) => payload === 'there?'));
  });

  it('lets go of who closes the line while joining', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId } = await openRoom(host);
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, n) => openSocket(node.url, `Ann ${n}`)),
    );
    for (const { socket } of people) {
      socket.tell('room:join', { roomId });
      socket.close();
    }
    await until(async () => {
      const { members } = await host.must('room:members', { roomId });
      return members.filter(({ online }) => online).length === 1;
    }, RECOVERY_MS);
  });

  it('tells the user of a channel alone what is on it', async () => {
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId, pin } = await openRoom(host);
    const { socket: ann, userId } = await openSocket(node.url, 'Ann');
    const { socket: bob } = await openSocket(node.url, 'Bob');
    await ann.must('room:join', { pin });
    await bob.must('room:join', { pin });
    const channel = userChannel(userId) as `user:${string}`;
    await host.must('room:send', { roomId, channel, type: 'hint', payload: 1 });
    await host.must('room:send', { roomId, type: 'chat', payload: 2 });
    await until(() => bob.seen('room:entry').length === 1);
    expect(ann.seen<Entry>('room:entry').map((entry) => entry.payload)).toEqual([1, 2]);
    expect(codeOf(await bob.ask('room:history', { roomId, channel }))).toBe('forbidden');
  });
});

describe('a Redis that crashes and comes back with its data', () => {
  it('shows who dropped meanwhile as away, and cuts nobody else', async () => {
    const [redis, database] = await Promise.all([
      startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } }),
      createDatabase(),
    ]);
    const env = { ...UNLIMITED, REDIS_URL: redis.url, DATABASE_URL: database.url };
    const node = await spawnNode({ env });
    const { socket: host } = await openSocket(node.url, 'Host');
    const { roomId, pin } = await openRoom(host);
    const { socket: ann, userId } = await openSocket(node.url, 'Ann');
    await ann.must('room:join', { pin });
    await redis.kill();
    ann.close();
    await until(async () => {
      const health = await call<{ status: string }>(`${node.url}/healthz`);
      return health.body.status === 'degraded';
    }, RECOVERY_MS);
    await redis.restart();
    await until(async () => {
      const members = await host.ask('room:members', { roomId });
      return members.ok && members.data.members.some((m) => m.userId === userId && !m.online);
    }, RECOVERY_MS);
    expect(host.socket.connected).toBe(true);
    expect(
      await isOnline(host, roomId, host.seen<{ userId: string }>('session:ready')[0]?.userId ?? ''),
    ).toBe(true);
  }, 60_000);
});
