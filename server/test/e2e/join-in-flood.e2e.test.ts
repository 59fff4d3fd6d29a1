import { compareEntryIds, type Entry, follows } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const SENDERS = 4;
const ENTRIES_PER_SENDER = 500;
/** Sends of one socket that wait for their answer at a time. */
const IN_FLIGHT = 8;
const JOINERS = 24;

/** What a client that joined holds: the answer's entries, and what came by itself. */
function viewOf(socket: RawSocket, snapshot: readonly Entry[]): { ids: string[]; live: string[] } {
  const live = socket.seen<Entry>('room:entry').map(({ id }) => id);
  const first = snapshot[0]?.id ?? live[0] ?? '';
  const all = new Set([...snapshot.map(({ id }) => id), ...live]);
  const ids = [...all].filter((id) => compareEntryIds(id, first) >= 0).sort(compareEntryIds);
  return { ids, live };
}

describe('a person who joins in the middle of a flood', () => {
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    const { env } = await startBackends();
    const settings = { env: { ...UNLIMITED, ...env } };
    nodes = await Promise.all([
      spawnNode({ ...settings, transport: 'uws' }),
      spawnNode({ ...settings, transport: 'ws' }),
    ]);
  });

  function urlOf(n: number): string {
    return nodes[n % 2]?.url ?? '';
  }

  /** Sends one after the other, some at a time; tells how many are done. */
  async function flood(socket: RawSocket, roomId: string, onDone: () => void): Promise<void> {
    let next = 0;
    const lane = async () => {
      while (next < ENTRIES_PER_SENDER) {
        const n = next++;
        await socket.must('room:send', { roomId, type: 'chat', payload: n });
        onDone();
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  }

  it('has every entry from the first one in the answer on, whichever node it is', async () => {
    const host = await openSocket(urlOf(0), 'Host');
    const { room } = await host.socket.must('room:create', {});
    const senders = [];
    for (let n = 0; n < SENDERS; n++) {
      const { socket } = await openSocket(urlOf(n), `Sender ${n}`);
      await socket.must('room:join', { roomId: room.id });
      senders.push(socket);
    }
    const joiners: RawSocket[] = [];
    for (let n = 0; n < JOINERS; n++) {
      joiners.push((await openSocket(urlOf(n), `Joiner ${n}`)).socket);
    }
    let done = 0;
    const total = SENDERS * ENTRIES_PER_SENDER;
    const flooding = Promise.all(
      senders.map((socket) =>
        flood(socket, room.id, () => {
          done += 1;
        }),
      ),
    );
    const joining = joiners.map(async (socket, n) => {
      // Spread over the flood, the last ones before its end.
      await until(() => done >= (total * n) / (JOINERS + 2), 25_000);
      const answer = await socket.must('room:join', { roomId: room.id });
      const joinedAt = done;
      return { socket, joinedAt, snapshot: answer.channels['room']?.entries ?? [] };
    });
    const views = await Promise.all(joining);
    await flooding;
    const last = await host.socket.must('room:join', { roomId: room.id });
    const newest = last.channels['room']?.lastId ?? '';
    for (const { socket, snapshot } of views) {
      await until(() => viewOf(socket, snapshot).ids.at(-1) === newest);
      const { ids, live } = viewOf(socket, snapshot);
      const holes = ids.filter((id, n) => n > 0 && !follows(ids[n - 1] ?? null, { id }));
      expect(holes).toEqual([]);
      expect(live).toEqual([...new Set(live)].sort(compareEntryIds));
      expect(snapshot.map(({ id }) => id)).toEqual(ids.slice(0, snapshot.length));
    }
    expect(views.filter(({ joinedAt }) => joinedAt < total).length).toBeGreaterThan(JOINERS / 2);
    expect(newest.endsWith(`-${total - 1}`)).toBe(true);
  }, 60_000);

  it('who resumes in the flood gets the rest without a hole', async () => {
    const host = await openSocket(urlOf(1), 'Host');
    const { room } = await host.socket.must('room:create', {});
    await host.socket.must('room:join', { roomId: room.id });
    const before = await host.socket.must('room:send', { roomId: room.id, type: 'c', payload: 0 });
    let done = 0;
    const flooding = flood(host.socket, room.id, () => {
      done += 1;
    });
    const guests = await Promise.all(
      [0, 1, 2, 3].map(async (n) => {
        const { socket } = await openSocket(urlOf(n), `Guest ${n}`);
        await until(() => done > n * 20);
        const since = { room: before.id };
        const { channels } = await socket.must('room:join', { roomId: room.id, since });
        const missed = [...(channels['room']?.entries ?? [])];
        for (let complete = channels['room']?.complete ?? true; !complete; ) {
          const after = missed.at(-1)?.id ?? before.id;
          const page = await socket.must('room:history', { roomId: room.id, after, limit: 200 });
          missed.push(...page.entries);
          complete = page.nextCursor === null;
        }
        return { socket, missed };
      }),
    );
    await flooding;
    for (const { socket, missed } of guests) {
      await until(() => viewOf(socket, missed).ids.length === ENTRIES_PER_SENDER);
      const { ids } = viewOf(socket, missed);
      expect(follows(before.id, { id: ids[0] ?? '' })).toBe(true);
      expect(ids.filter((id, n) => n > 0 && !follows(ids[n - 1] ?? null, { id }))).toEqual([]);
    }
  }, 60_000);
});
