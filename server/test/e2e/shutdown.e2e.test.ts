import { connect } from 'node:net';
import type { RoomHandle } from '@pinroom/client';
import type { ServerEvents } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import {
  type Heard,
  listen,
  newPerson,
  openRoom,
  type TestPerson,
} from '../support/test-client.js';
import { until } from '../support/until.js';

const LEAVING = 8;

interface Guest {
  readonly person: TestPerson;
  readonly room: RoomHandle;
  readonly heard: Heard;
}

/** Asks /readyz on one connection, again after each answer, until it is told no or nothing. */
function watchReadiness(port: number): () => 'ready' | 'not ready' | 'unknown' {
  const socket = connect(port, '127.0.0.1');
  const ask = () => void socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let answers = '';
  let refused = false;
  socket.on('error', () => undefined);
  socket.on('connect', ask);
  socket.on('close', () => {
    refused = true;
  });
  socket.on('data', (chunk) => {
    answers += chunk.toString();
    refused = answers.includes(' 503 ');
    if (!refused) ask();
  });
  afterFile(() => void socket.destroy());
  return () => (refused ? 'not ready' : answers.includes(' 200 ') ? 'ready' : 'unknown');
}

describe.each(['uws', 'ws'] as const)('a node that is told to stop, over %s', (transport) => {
  it('sends its clients to the other node, and nothing that was acknowledged gets lost', async () => {
    const backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env };
    const [leaving, staying] = await Promise.all([
      spawnNode({ env, transport }),
      spawnNode({ env, transport }),
    ]);
    const host = await newPerson(staying.url, 'Host');
    const { handle, pin, roomId } = await openRoom(host);
    const hostHeard = listen(handle);
    const guests: Guest[] = [];
    for (const name of ['Ada', 'Ben', 'Cem']) {
      const person = await newPerson(leaving.url, name);
      const room = await person.client.joinRoom({ pin });
      guests.push({ person, room, heard: listen(room) });
    }
    const { socket: raw } = await openSocket(leaving.url, 'Raw');
    await raw.must('room:join', { roomId, role: 'spectator' });
    const others = await Promise.all(
      Array.from({ length: LEAVING }, async () => (await openSocket(leaving.url, 'Raw')).socket),
    );

    const acknowledged: string[] = [];
    let talking = true;
    const talks = [handle, ...guests.map(({ room }) => room)].map(async (room, speaker) => {
      for (let n = 0; talking; n++) {
        acknowledged.push((await room.send('chat', `${speaker}/${n}`)).id);
      }
    });
    await until(() => acknowledged.length >= 100);
    for (const { person } of guests) person.moveTo(staying.url);
    const readiness = watchReadiness(leaving.port);
    await until(() => readiness() === 'ready');
    const stopped = leaving.stop();
    await until(() => readiness() === 'not ready');
    expect(await stopped).toBe(0);

    await until(() => [raw, ...others].every(({ socket }) => !socket.connected));
    const told = [raw, ...others].map((socket) => {
      const [drain] = socket.seen<ServerEvents['server:draining']>('server:draining');
      return drain?.reconnectInMs ?? -1;
    });
    // Each at a time of its own, so that the other node does not get all of them at once.
    expect(new Set(told).size).toBe(told.length);
    expect(Math.min(...told)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...told) - Math.min(...told)).toBeGreaterThan(50 * LEAVING);
    await until(() => guests.every(({ room }) => room.status === 'live'), 15_000);
    const before = acknowledged.length;
    await until(() => acknowledged.length >= before + 100, 15_000);
    talking = false;
    await Promise.all(talks);

    const everyone = [hostHeard, ...guests.map(({ heard }) => heard)];
    const idsOf = ({ entries }: (typeof everyone)[number]) =>
      entries.filter(({ channel }) => channel === 'room').map(({ id }) => id);
    await until(() => everyone.every((heard) => idsOf(heard).length === acknowledged.length));
    const order = idsOf(hostHeard);
    expect(new Set(order)).toEqual(new Set(acknowledged));
    for (const heard of everyone) {
      expect(idsOf(heard)).toEqual(order);
      expect(heard.breaks).toEqual([]);
      expect(heard.left).toEqual([]);
    }
    const payloads = hostHeard.entries.map(({ payload }) => payload);
    expect(new Set(payloads).size).toBe(payloads.length);

    expect(await staying.stop()).toBe(0);
    const rows = await backends.query<{ id: string }>(
      `select epoch || '-' || seq as id from entries
       where room_id = $1 and channel = 'room' order by epoch, seq`,
      [roomId],
    );
    expect(rows.map(({ id }) => id)).toEqual(order);
  }, 60_000);
});

describe('nodes that are told to stop while Redis hangs', () => {
  it('end within their time all the same, and at once when they are told twice', async () => {
    const drainSeconds = 10;
    const { env, redis } = await startBackends();
    const options = { env: { ...env, PINROOM_DRAIN_SECONDS: `${drainSeconds}` } };
    const [patient, hurried] = await Promise.all([spawnNode(options), spawnNode(options)]);
    redis.pause();
    const startedAt = performance.now();
    const patientEnds = patient.stop();
    process.kill(hurried.pid, 'SIGTERM');
    await until(() => hurried.output().includes('"msg":"stopping"'));
    process.kill(hurried.pid, 'SIGINT');
    expect(await hurried.exited).toBe(1);
    expect(hurried.output()).not.toMatch(/a step of stopping/);
    expect(await patientEnds).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(drainSeconds * 1_000);
    redis.resume();
  }, 30_000);
});

describe('a node with the embedded drivers that is stopped and started again', () => {
  it('has kept its rooms, their PINs and history, and the sessions', async () => {
    const secrets = {
      PINROOM_JWT_PRIVATE_KEY: undefined,
      PINROOM_TOKEN_SECRET: undefined,
      PINROOM_OPERATOR_TOKEN: undefined,
    };
    const env = { ...UNLIMITED, ...secrets };
    const first = await spawnNode({ env });
    const host = await newPerson(first.url, 'Host');
    const { handle, pin, roomId } = await openRoom(host, { title: 'Over night' });
    const { user, accessToken, refreshToken } = await newSession(first.url, 'Ada');
    const ids: string[] = [];
    for (let n = 0; n < 120; n++) ids.push((await handle.send('chat', n)).id);
    expect(await first.stop()).toBe(0);

    const { dataDir, port } = first;
    const second = await spawnNode({ env, dataDir, port });
    const socket = await new RawSocket(second.url, { token: accessToken }).greeted();
    expect(socket.seen('session:ready')).toMatchObject([{ userId: user.id, nickname: 'Ada' }]);
    const refreshed = await call(`${second.url}/api/sessions/refresh`, {
      method: 'POST',
      body: { refreshToken },
    });
    expect(refreshed).toMatchObject({ status: 200, body: { user: { id: user.id } } });
    const joined = await socket.must('room:join', { pin });
    expect(joined.room).toMatchObject({ id: roomId, title: 'Over night', pin });
    const page = await socket.must('room:history', { roomId, after: '0-0', limit: 200 });
    expect(page.entries.map(({ id }) => id)).toEqual(ids);
    expect(page.entries.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 120 }, (_, n) => n),
    );
    // The host's client was never told to do anything: it came back by itself.
    await until(() => handle.status === 'live' && host.client.state === 'online', 15_000);
    const { id } = await handle.send('chat', 'good morning');
    await until(() => socket.seen('room:entry').length > 0);
    expect(socket.seen('room:entry').at(-1)).toMatchObject({ id, after: ids.at(-1) });
    expect(ids).not.toContain(id);
    expect(await second.stop()).toBe(0);
  }, 60_000);
});
