import { type Entry, follows, type HistoryPage } from '@pinroom/client/contract';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const KEEP = 100;
const TOTAL = 1_000;
const IN_FLIGHT = 32;

describe('a channel of which Redis keeps only the newest entries', () => {
  let backends: Backends;
  let redis: Redis;
  let url: string;
  let host: RawSocket;
  let roomId: string;
  let ids: string[];

  beforeAll(async () => {
    backends = await startBackends();
    redis = connectToRedis(backends.redis.url);
    afterFile(() => redis.disconnect());
    const env = { ...UNLIMITED, ...backends.env, PINROOM_CHANNEL_KEEP: `${KEEP}` };
    url = (await spawnNode({ env })).url;
    ({ socket: host } = await openSocket(url, 'Host'));
    ({ roomId, ids } = await filledRoom(TOTAL, () => 'x'));
  });

  /** A room with so many entries, all of them archived, and as many as may be trimmed away. */
  async function filledRoom(
    total: number,
    payload: (n: number) => unknown,
  ): Promise<{ roomId: string; ids: string[] }> {
    const { room } = await host.must('room:create', {});
    await host.must('room:join', { roomId: room.id });
    const got: { id: string; n: number }[] = [];
    let next = 0;
    const lane = async () => {
      while (next < total) {
        const n = next++;
        const entry = { roomId: room.id, type: 'chat', payload: payload(n) };
        got.push({ id: (await host.must('room:send', entry)).id, n });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    const archived = async () => {
      const [row] = await backends.query<{ rows: number }>(
        `select count(*)::int as rows from entries where room_id = $1 and channel = 'room'`,
        [room.id],
      );
      return row?.rows;
    };
    // A short stream alone says nothing: what it still holds may be what waits for the archive.
    await until(async () => {
      const kept = await redis.xlen(streamKey(room.id, 'room'));
      return kept > 0 && kept <= KEEP && (await archived()) === total;
    });
    expect(await archived()).toBe(total);
    const seqOf = (id: string) => Number(id.split('-')[1]);
    const sorted = got.map(({ id }) => id).sort((a, b) => seqOf(a) - seqOf(b));
    expect(sorted.map(seqOf)).toEqual(Array.from({ length: total }, (_, n) => n));
    return { roomId: room.id, ids: sorted };
  }

  function idsOf(entries: readonly Entry[]): string[] {
    return entries.map(({ id }) => id);
  }

  function idAt(n: number): string {
    const id = ids[n];
    if (id === undefined) throw new Error(`There is no entry ${n}.`);
    return id;
  }

  it.each([7, 50, 200])('is read back to its beginning in pages of %i', async (limit) => {
    let read: string[] = [];
    const sources = new Set<string>();
    for (let before: string | null | undefined; before !== null; ) {
      const page: HistoryPage = await host.must('room:history', {
        roomId,
        limit,
        ...(before ? { before } : {}),
      });
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      read = [...idsOf(page.entries), ...read];
      sources.add(page.source);
      before = page.nextCursor;
    }
    expect(read).toEqual(ids);
    expect(sources).toContain('redis');
  });

  it.each([7, 50, 200])('is read from its beginning to its end in pages of %i', async (limit) => {
    const read: string[] = [];
    for (let after: string | null = '0-0'; after !== null; ) {
      const page: HistoryPage = await host.must('room:history', { roomId, limit, after });
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      read.push(...idsOf(page.entries));
      after = page.nextCursor;
    }
    expect(read).toEqual(ids);
  });

  it('has pages around the seam without a hole or a repeat', async () => {
    for (let end = TOTAL - KEEP - 5; end <= TOTAL - KEEP + 5; end++) {
      const back = await host.must('room:history', { roomId, before: idAt(end), limit: 10 });
      expect(idsOf(back.entries)).toEqual(ids.slice(end - 10, end));
      const on = await host.must('room:history', { roomId, after: idAt(end - 10), limit: 10 });
      expect(idsOf(on.entries)).toEqual(ids.slice(end - 9, end + 1));
    }
  });

  it('comes from the archive once, and then from Redis', async () => {
    const { roomId: fresh, ids: own } = await filledRoom(400, (n) => n);
    const question = { roomId: fresh, before: own[200] ?? '', limit: 50 };
    const first = await host.must('room:history', question);
    expect(first.source).toBe('archive');
    const second = await host.must('room:history', question);
    expect(second.source).toBe('redis');
    expect(second.entries).toEqual(first.entries);
    expect(second.entries.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 50 }, (_, n) => 150 + n),
    );
    const forwards = { roomId: fresh, after: own[149] ?? '', limit: 40 };
    const on = await host.must('room:history', forwards);
    expect(on).toMatchObject({ source: 'redis', entries: first.entries.slice(0, 40) });
    const newest = await host.must('room:history', { roomId: fresh, limit: 50 });
    expect(newest.source).toBe('redis');
  });

  it.each([0, 1, 199, 200, 201, 900])(
    'gives who comes back %i entries behind exactly what was missed',
    async (behind) => {
      const { socket } = await openSocket(url, `Guest ${behind}`);
      const since = { room: idAt(TOTAL - 1 - behind) };
      const { channels } = await socket.must('room:join', { roomId, since });
      const answer = channels['room'];
      expect(answer?.complete).toBe(behind <= 200);
      const missed = idsOf(answer?.entries ?? []);
      expect(missed).toHaveLength(Math.min(behind, 200));
      expect(answer?.lastId).toBe(missed.at(-1) ?? since.room);
      const pages = [];
      for (let after = answer?.complete ? null : (answer?.lastId ?? null); after !== null; ) {
        const page: HistoryPage = await socket.must('room:history', { roomId, after, limit: 200 });
        missed.push(...idsOf(page.entries));
        pages.push(page.entries.length);
        after = page.nextCursor;
      }
      expect(missed).toEqual(behind === 0 ? [] : ids.slice(-behind));
      expect(pages).toEqual(
        Array.from({ length: Math.max(0, Math.ceil(behind / 200) - 1) }, (_, n) =>
          Math.min(200, behind - (n + 1) * 200),
        ),
      );
      socket.close();
    },
  );

  it('starts with its newest 50 for who names no position', async () => {
    const { socket } = await openSocket(url, 'Newcomer');
    const { channels } = await socket.must('room:join', { roomId });
    expect(idsOf(channels['room']?.entries ?? [])).toEqual(ids.slice(-50));
    expect(channels['room']).toMatchObject({ lastId: idAt(TOTAL - 1), complete: true });
    socket.close();
  });

  it('splits large entries over answers of at most 256 KiB', async () => {
    const { roomId: large, ids: own } = await filledRoom(120, (n) => `${n}`.padEnd(8_000, '.'));
    const read: Entry[] = [];
    for (let after: string | null = '0-0'; after !== null; ) {
      const page: HistoryPage = await host.must('room:history', {
        roomId: large,
        after,
        limit: 200,
      });
      expect(JSON.stringify(page).length).toBeLessThan(262_144 + 1_000);
      read.push(...page.entries);
      after = page.nextCursor;
    }
    expect(idsOf(read)).toEqual(own);
    const { socket } = await openSocket(url, 'Resuming');
    const since = { room: own[9] ?? '' };
    const { channels } = await socket.must('room:join', { roomId: large, since });
    const { entries = [], complete, lastId } = channels['room'] ?? {};
    expect(complete).toBe(false);
    expect(JSON.stringify(entries).length).toBeLessThan(262_144 + 1_000);
    expect(idsOf(entries)).toEqual(own.slice(10, 10 + entries.length));
    expect(lastId).toBe(entries.at(-1)?.id);
    expect(entries.every((entry, n) => n === 0 || follows(entries[n - 1]?.id ?? null, entry))).toBe(
      true,
    );
    socket.close();
  });
});
