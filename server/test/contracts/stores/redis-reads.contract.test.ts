import type { NodeStatus } from '@pinroom/client/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis } from '../../../src/drivers/redis/redis-clients.js';
import { createRedisStores, type RedisStores } from '../../../src/drivers/redis/redis-stores.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';
import { afterFile } from '../../support/after-file.js';
import { startOneRedis } from '../../support/services.js';
import { openProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';
import { type RedisBackend, startRedisBackend } from './redis-driver.js';
import { appendMany, appendRequest, joined, newId, openRoom } from './sample-rooms.js';
import { DEFAULT_OPTIONS, type Stores } from './store-driver.js';

/** In how long a read is answered, whatever happens. */
const READ_DEADLINE_MS = 1_300;
/** For a busy machine. */
const SLACK_MS = 700;
const CUTS = 15;

type ReadingStores = Pick<Stores, Exclude<keyof RedisStores, 'leases'>>;

// Only Redis: there is no line to the memory of one's own process.
describe('Stores over a line to Redis that breaks', () => {
  let backend: RedisBackend;
  let proxy: TcpProxy;
  let direct: Stores;
  let through: RedisStores;

  beforeAll(async () => {
    backend = await startRedisBackend({}, startOneRedis);
    direct = await backend.open();
    const url = new URL(backend.service.url);
    proxy = await openProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = `${proxy.port}`;
    const redis = await openRedis({ urls: [url.href], logger: silentLogger, metrics: noMetrics });
    afterFile(() => redis.close());
    through = createRedisStores(redis, DEFAULT_OPTIONS);
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });

  test('[NODE-1] a node of the version before has counted nothing', async () => {
    await direct.leases.renew('life-1', 60_000);
    await direct.nodes.say({ life: 'life-1', startedAt: 1 } as NodeStatus);
    expect(await direct.nodes.listLiving()).toMatchObject([{ entries: 0, refused: {} }]);
  });

  /** The line carries again what is asked. */
  async function mended(): Promise<void> {
    await until(() => through.pins.completeSince().then(() => true));
  }

  /** A room with something in it, and every read that there is. */
  async function sampleReads(): Promise<(stores: ReadingStores) => Promise<unknown[]>> {
    const { id: roomId } = await openRoom(direct);
    const { userId } = await joined(direct, roomId);
    await appendMany(direct, roomId, 3);
    const block = { roomId, channel: 'room', epoch: 1, block: 0, size: 100 };
    const sessionId = newId();
    await direct.pages.put(block, []);
    const tags = [roomId.slice(-2)];
    const range = { roomId, channel: 'room', after: null, before: null, limit: 10 };
    return ({ endedSessions, feed, members, pages, pins, queue, rooms, sessions, snapshots }) =>
      Promise.all([
        feed.read({ ...range, take: 'newest' }),
        snapshots.shared(roomId, { members: 10, entries: 10 }),
        snapshots.own(roomId, userId, { channels: ['log'], entries: 10 }),
        feed.tops(roomId),
        feed.top(roomId, 'room'),
        rooms.get(roomId),
        rooms.listDue(tags, 10),
        members.rights(roomId, [userId]).then((rights) => rights?.members),
        members.list(roomId, { cursor: null, limit: 10 }),
        sessions.find(sessionId),
        sessions.listIds(userId),
        endedSessions.listEnded(null),
        pins.lookup('1001'),
        pins.completeSince(),
        pages.get(block),
        queue.listPending(tags, 10),
        queue.readPending([{ roomId, channel: 'room' }], 10),
        queue.countPending(roomId),
      ]);
  }

  test('[FEED-3] [FEED-5] [FEED-6] [ROOM-2] [SNAPSHOT-1] [SNAPSHOT-2] [PIN-4] [PIN-5] whoever reads does not notice that connections break', async () => {
    const readAll = await sampleReads();
    const expected = await readAll(direct);
    const longest = { ms: 0 };
    for (let cut = 0; cut < CUTS; cut++) {
      const start = performance.now();
      const reading = readAll(through);
      proxy.cutOpen();
      expect(await reading).toEqual(expected);
      longest.ms = Math.max(longest.ms, performance.now() - start);
    }
    expect(longest.ms).toBeLessThan(READ_DEADLINE_MS + SLACK_MS);
  });

  test('[FEED-6] while Redis takes no connections a read is answered soon, and works again by itself', async () => {
    const { id: roomId } = await openRoom(direct);
    proxy.set('cut');
    const start = performance.now();
    await expect(through.feed.top(roomId, 'log')).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 1_000,
    });
    expect(performance.now() - start).toBeLessThan(READ_DEADLINE_MS);
    proxy.set('pass');
    await mended();
    expect(await through.feed.top(roomId, 'log')).toBe(await direct.feed.top(roomId, 'log'));
  });

  test('[FEED-6] a read that was not answered in time is not repeated', async () => {
    const { id: roomId } = await openRoom(direct);
    proxy.set('hold');
    const start = performance.now();
    await expect(through.feed.top(roomId, 'log')).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(READ_DEADLINE_MS + SLACK_MS);
    proxy.set('pass');
    await mended();
  });

  test('[FEED-1] [PIN-1] a write whose answer was lost was done once, and its outcome is unknown', async () => {
    const { id: roomId } = await openRoom(direct);
    const candidates = [['2001', '2002', '2003']];
    const reservation = { roomId, candidates, density: 1, reserveMs: 60_000 };
    for (const write of [
      () => through.feed.append(appendRequest(roomId)),
      () => through.pins.reserve(reservation),
    ]) {
      proxy.dropReplies(1, 'commands');
      await expect(write()).rejects.toMatchObject({ code: 'unavailable' });
      proxy.dropReplies(0);
      await mended();
    }
    const range = { roomId, channel: 'room', after: null, before: null, limit: 10 } as const;
    const { entries } = await direct.feed.read({ ...range, take: 'oldest' });
    expect(entries).toHaveLength(1);
    expect(await direct.pins.reserve(reservation)).toBe('2002');
  });
});
