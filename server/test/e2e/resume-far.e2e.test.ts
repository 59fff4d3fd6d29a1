import type { Entry, HistoryPage } from '@pinroom/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamKey } from '../../src/drivers/redis/keys.js';
import { openRedis } from '../../src/drivers/redis/redis-clients.js';
import { createRedisStores } from '../../src/drivers/redis/redis-stores.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { openSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, type TestPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const BEHIND = 100_000;
/** One more: the entry from which the furthest one is that far behind. */
const TOTAL = BEHIND + 1;
/** Entries in an answer, at most. */
const PAGE = 200;
const IN_FLIGHT = 200;
const NOWHERE = 'http://127.0.0.1:1';
const FILL_MS = 60_000;
const RESUME_MS = 60_000;

/** Where what was missed comes from. */
const PLACES = [
  { place: 'Redis', keep: 2 * BEHIND, sources: ['redis'] },
  { place: 'PostgreSQL and the end from Redis', keep: 1_000, sources: ['archive', 'redis'] },
];

describe.each(PLACES)('who was away for 100,000 entries, kept in $place', ({ keep, sources }) => {
  let backends: Backends;
  let node: SpawnedNode;
  let roomId: string;
  let ids: string[];
  let ada: TestPerson;
  /** What her handle has handed on, from the beginning. */
  const heard: { id: string; payload: unknown }[] = [];
  const breaks: unknown[] = [];
  const missed: number[] = [];

  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env, PINROOM_CHANNEL_KEEP: `${keep}` };
    node = await spawnNode({ env });
    const { handle, roomId: id } = await openRoom(await newPerson(node.url, 'Host'));
    roomId = id;
    ada = await newPerson(node.url, 'Ada');
    const room = await ada.client.joinRoom({ roomId });
    room.on('entry', (entry) => {
      if (entry.channel === 'room') heard.push({ id: entry.id, payload: entry.payload });
    });
    room.on('hole', (hole) => breaks.push(hole));
    room.on('reset', (reset) => breaks.push(reset));
    room.on('status', (event) => {
      if (event.status === 'live') missed.push(event.missed);
    });
    const { id: first } = await handle.send('chat', 0);
    await until(() => heard.length === 1);
    ada.moveTo(NOWHERE);
    ada.cut();
    await handle.leave();
    ids = [first, ...(await append(BEHIND))];
    await settled();
  }, 2 * FILL_MS);

  /** Appends by the script that every send goes through, without a socket in between. */
  async function append(count: number): Promise<string[]> {
    const redis = await openRedis({
      urls: backends.redis.url.split(','),
      logger: silentLogger,
      metrics: noMetrics,
    });
    afterFile(() => redis.close());
    const { feed } = createRedisStores(redis, { channelKeep: keep, backlogEntries: 2 * BEHIND });
    const got: string[] = [];
    let next = 0;
    const lane = async () => {
      while (next < count) {
        const n = ++next;
        const outcome = await feed.append({
          roomId,
          channel: 'room',
          sender: null,
          type: 'chat',
          payloadJson: `${n}`,
          key: `entry ${n}`,
          once: null,
        });
        if (outcome.kind !== 'appended') throw new Error(JSON.stringify(outcome));
        got[n - 1] = outcome.id;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    return got;
  }

  /** Waits until everything is archived and Redis holds what it is to keep. */
  async function settled(): Promise<void> {
    const redis = connectToRedis(backends.redis.url);
    afterFile(() => redis.disconnect());
    const statement = `select count(*)::int as rows from entries
      where room_id = $1 and channel = 'room'`;
    await until(async () => {
      const [row] = await backends.query<{ rows: number }>(statement, [roomId]);
      return row?.rows === TOTAL;
    }, FILL_MS);
    const kept = Math.min(keep, TOTAL);
    await until(async () => (await redis.xlen(streamKey(roomId, 'room'))) === kept, FILL_MS);
  }

  function since(behind: number): string {
    return ids[TOTAL - 1 - behind] ?? '';
  }

  function idsOf(entries: readonly Entry[]): string[] {
    return entries.map(({ id }) => id);
  }

  it.each([0, 1, 199, 200, 201, 1_000, 1_001, BEHIND])(
    'is %i behind, and gets it from the oldest on, in pages when it is long',
    async (behind) => {
      const { socket } = await openSocket(node.url, `Guest ${behind}`);
      const { channels } = await socket.must('room:join', {
        roomId,
        since: { room: since(behind) },
      });
      const { entries = [], complete, lastId } = channels['room'] ?? {};
      expect(complete).toBe(behind <= PAGE);
      expect(lastId).toBe(entries.at(-1)?.id ?? since(behind));
      const got = idsOf(entries);
      expect(got).toHaveLength(Math.min(behind, PAGE));
      const seen = new Set<string>();
      const sizes = new Set<number>();
      for (let after = complete ? null : (lastId ?? null); after !== null; ) {
        const page: HistoryPage = await socket.must('room:history', {
          roomId,
          after,
          limit: PAGE,
        });
        got.push(...idsOf(page.entries));
        seen.add(page.source);
        if (page.nextCursor !== null) sizes.add(page.entries.length);
        after = page.nextCursor;
      }
      expect(got).toEqual(behind === 0 ? [] : ids.slice(-behind));
      expect([...sizes]).toEqual(behind > 2 * PAGE ? [PAGE] : []);
      // What is kept in blocks meanwhile counts as Redis: only the furthest one surely goes further.
      if (behind === BEHIND) expect([...seen].sort()).toEqual(sources);
      expect(socket.seen('room:entry')).toEqual([]);
      socket.close();
    },
    RESUME_MS,
  );

  it(
    'has a handle that hands on each of them once and in order',
    async () => {
      expect(heard).toHaveLength(1);
      ada.moveTo(node.url);
      await until(() => heard.length >= TOTAL, RESUME_MS);
      await until(() => missed.length > 0);
      expect(heard.map(({ id }) => id)).toEqual(ids);
      expect(missed).toEqual([BEHIND]);
      expect(breaks).toEqual([]);
    },
    RESUME_MS + 10_000,
  );
});
