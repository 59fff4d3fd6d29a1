import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const NODES = 4;
const JOINS = 500;
const PLACES = 100;

describe('a race for the places of a room', () => {
  let backends: Backends;
  let nodes: SpawnedNode[];
  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env };
    nodes = await Promise.all(Array.from({ length: NODES }, () => spawnNode({ env })));
  });

  it(`of ${JOINS} who join at once over four nodes exactly ${PLACES} get in, and they come back`, async () => {
    const urlOf = (n: number) => nodes[n % NODES]?.url ?? '';
    const host = await openSocket(urlOf(0), 'Host');
    const { room } = await host.socket.must('room:create', { capacity: PLACES });
    const { id: roomId, pin } = room;
    await host.socket.must('room:join', { roomId });
    const people: Awaited<ReturnType<typeof openSocket>>[] = [];
    for (let from = 0; from < JOINS; from += 50) {
      const batch = Array.from({ length: 50 }, (_, n) => openSocket(urlOf(n), `P${from + n}`));
      people.push(...(await Promise.all(batch)));
    }
    const codes = await Promise.all(
      people.map(async ({ socket }) => codeOf(await socket.ask('room:join', { pin: pin ?? '' }))),
    );
    const count = (code: string) => codes.filter((one) => one === code).length;
    expect([count('ok'), count('room_full')]).toEqual([PLACES, JOINS - PLACES]);
    await until(async () => {
      const answer = await host.socket.must('room:join', { roomId });
      return answer.memberCount === PLACES + 1;
    });
    // Who got a place keeps it, on any node and with the door locked; who got none gets none.
    await host.socket.must('room:update', { roomId, locked: true });
    const inside = people.filter((_, n) => codes[n] === 'ok').slice(0, 10);
    for (const [n, { socket, token }] of inside.entries()) {
      socket.close();
      const again = await new RawSocket(urlOf(n + 1), { token }).greeted();
      await again.must('room:join', { roomId });
    }
    const outside = people.find((_, n) => codes[n] === 'room_full');
    const refused = await outside?.socket.ask('room:join', { roomId });
    expect(refused && codeOf(refused)).toBe('room_locked');
    expect((await host.socket.must('room:join', { roomId })).memberCount).toBe(PLACES + 1);
  });
});
