import type { RoomHandle } from '@pinroom/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { metricOf, residentBytes } from '../support/node-figures.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const MAX_BUFFERED_BYTES = 65_536;
const SLOW = 6;
const FAST = 3;
const PAYLOAD_BYTES = 15_000;
/** Sends of the host that wait for their answer at a time. */
const IN_FLIGHT = 16;
/** What the system itself takes for a connection that nobody reads, at both its ends and in the proxy. */
const SYSTEM_BYTES = 24 * 1_048_576;
/** Sent after the last slow reader was cut: kept for all of them, it would be more than they may take. */
const SENT_AFTERWARDS = 1_500;
const MEMORY_BYTES = 100 * 1_048_576;
const RECOVERY_MS = 30_000;
const PAST_THE_HOLE = 'past the hole';

interface Reader {
  readonly room: RoomHandle;
  readonly ids: string[];
  /** Resets and holes. */
  readonly breaks: unknown[];
  /** How often it came back. */
  resumed(): number;
}

async function reader(url: string, nickname: string, roomId: string): Promise<Reader> {
  const person = await newPerson(url, nickname, { keepEntries: 1 });
  const room = await person.client.joinRoom({ roomId });
  const ids: string[] = [];
  const breaks: unknown[] = [];
  let resumed = 0;
  room.on('entry', ({ id }) => ids.push(id));
  room.on('hole', (hole) => breaks.push(hole));
  room.on('reset', (reset) => breaks.push(reset));
  room.on('status', ({ status }) => {
    if (status === 'live') resumed += 1;
  });
  return { room, ids, breaks, resumed: () => resumed };
}

describe.each(['uws', 'ws'] as const)('people who do not read, over %s', (transport) => {
  let backends: Backends;
  let node: SpawnedNode;
  let host: RawSocket;
  let roomId: string;

  beforeAll(async () => {
    backends = await startBackends();
    const env = {
      ...UNLIMITED,
      ...backends.env,
      PINROOM_MAX_BUFFERED_BYTES: `${MAX_BUFFERED_BYTES}`,
    };
    node = await spawnNode({ transport, env });
    ({ socket: host } = await openSocket(node.url, 'Host'));
    roomId = (await host.must('room:create', {})).room.id;
  });

  /** The host, who is not in the room and so reads nothing, sends while `goOn` says so. */
  async function sendWhile(goOn: () => boolean, sent: { id: string; seq: number }[]) {
    const payload = 'x'.repeat(PAYLOAD_BYTES);
    const lane = async () => {
      while (goOn()) {
        const { id } = await host.must('room:send', { roomId, type: 'chat', payload });
        sent.push({ id, seq: Number(id.split('-')[1]) });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  }

  const cut = () => metricOf(node, 'pinroom_slow_consumers_total');

  it('are cut and counted, hold up nobody, and resume with exactly what they missed', async () => {
    const proxy = await openProxy({ host: '127.0.0.1', port: node.port });
    const slow = await Promise.all(
      Array.from({ length: SLOW }, (_, n) =>
        reader(`http://127.0.0.1:${proxy.port}`, `Slow ${n}`, roomId),
      ),
    );
    const fast = await Promise.all(
      Array.from({ length: FAST }, (_, n) => reader(node.url, `Fast ${n}`, roomId)),
    );
    expect(await cut()).toBe(0);
    const socketsBefore = await metricOf(node, 'pinroom_sockets');
    expect(socketsBefore).toBe(1 + SLOW + FAST);

    proxy.set('hold');
    const sent: { id: string; seq: number }[] = [];
    let areAllCut = false;
    const watching = until(async () => (await cut()) === SLOW, RECOVERY_MS).finally(() => {
      areAllCut = true;
    });
    await sendWhile(() => !areAllCut, sent);
    await watching;
    expect(sent.length * PAYLOAD_BYTES).toBeLessThan(SYSTEM_BYTES + MAX_BUFFERED_BYTES);
    await until(async () => (await metricOf(node, 'pinroom_sockets')) === 1 + FAST);

    const residentBefore = await residentBytes(node);
    const total = sent.length + SENT_AFTERWARDS;
    let begun = sent.length;
    await sendWhile(() => begun++ < total, sent);
    expect((await residentBytes(node)) - residentBefore).toBeLessThan(MEMORY_BYTES);

    const ids = sent.sort((a, b) => a.seq - b.seq).map(({ id }) => id);
    expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n));
    for (const { ids: seen } of fast) await until(() => seen.length >= total, RECOVERY_MS);
    for (const { ids: seen } of slow) expect(seen.length).toBeLessThan(total);

    proxy.set('pass');
    for (const { ids: seen } of slow) await until(() => seen.length >= total, RECOVERY_MS);
    for (const { ids: seen, breaks } of [...fast, ...slow]) {
      expect(seen).toEqual(ids);
      expect(breaks).toEqual([]);
    }
    await until(() => slow.every(({ room }) => room.status === 'live'));
    expect(fast.map(({ resumed }) => resumed())).toEqual(fast.map(() => 0));
    expect(slow.map(({ resumed }) => resumed() > 0)).toEqual(slow.map(() => true));
    expect(await cut()).toBe(SLOW);
    expect(await metricOf(node, 'pinroom_sockets')).toBe(socketsBefore);
  }, 120_000);
});

describe.each([
  { name: 'is cut, and has everything up to there', without: [] },
  { name: 'has a hole that nobody tells of, where nothing cuts', without: ['slow-cut'] },
])('a reader that repairs nothing', ({ name, without }) => {
  it(`${name}`, async () => {
    const backends = await startBackends();
    const limit = { PINROOM_MAX_BUFFERED_BYTES: `${MAX_BUFFERED_BYTES}` };
    const env = { ...UNLIMITED, ...backends.env, ...limit };
    const node = await spawnNode({ transport: 'uws', env, without });
    const { socket: host } = await openSocket(node.url, 'Host');
    const roomId = (await host.must('room:create', {})).room.id;
    const proxy = await openProxy({ host: '127.0.0.1', port: node.port });
    const { socket: reader } = await openSocket(`http://127.0.0.1:${proxy.port}`, 'Reader');
    await reader.must('room:join', { roomId });

    const payload = 'x'.repeat(PAYLOAD_BYTES);
    const total = Math.ceil((SYSTEM_BYTES + MAX_BUFFERED_BYTES) / PAYLOAD_BYTES);
    proxy.set('hold');
    let begun = 0;
    const lane = async () => {
      while (begun++ < total) await host.must('room:send', { roomId, type: 'chat', payload });
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    proxy.set('pass');

    const entries = () => reader.seen<{ id: string; payload: unknown }>('room:entry');
    const isUncut = without.length > 0;
    const isPastTheHole = async () => {
      // What is said before it has read on is lost to it as well.
      await host.must('room:send', { roomId, type: 'chat', payload: PAST_THE_HOLE });
      return entries().at(-1)?.payload === PAST_THE_HOLE;
    };
    if (isUncut) await until(isPastTheHole, RECOVERY_MS);
    else await until(() => !reader.socket.connected, RECOVERY_MS);
    const seqs = entries().map(({ id }) => Number(id.split('-')[1]));
    const prefix = Array.from({ length: seqs.length }, (_, n) => n);
    expect(seqs.length).toBeLessThan(total);
    if (isUncut) expect(seqs).not.toEqual(prefix);
    else expect(seqs).toEqual(prefix);
  }, 60_000);
});
