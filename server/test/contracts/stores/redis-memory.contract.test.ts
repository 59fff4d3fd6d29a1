import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { streamKey } from '../../../src/drivers/redis/keys.js';
import { infoField } from '../../../src/drivers/redis/redis-requirements.js';
import { RedisRoomFeed } from '../../../src/drivers/redis/redis-room-feed.js';
import { readScripts, SCRIPT_NAMES } from '../../../src/drivers/redis/scripts.js';
import type { SessionRecord } from '../../../src/engine/auth/session-store.port.js';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { until } from '../../support/until.js';
import { type RedisBackend, startRedisBackend } from './redis-driver.js';
import {
  appendMany,
  appendRequest,
  appendWord,
  joined,
  joinRequest,
  NEW_ROOM,
  newId,
  newRecord,
  openRoom,
} from './sample-rooms.js';
import type { Stores } from './store-driver.js';

const LEASE_MS = 60_000;
const LIFE = 'life-1';

/** What frees memory, moves a position, tells of rights that are gone, or tells operators: it runs in any case. */
const RUN_ALWAYS = SCRIPT_NAMES.filter((name) =>
  /^(queue|lease|system)-|^state-confirm$|-(close|end|expire|release|remove|retire|seen|tell|unlock)$/.test(
    name,
  ),
);

// Only Redis: the memory of a process has no bound of its own.
describe('Stores on a Redis whose memory is full', () => {
  let backend: RedisBackend;
  let stores: Stores;

  beforeAll(async () => {
    backend = await startRedisBackend();
  });
  beforeEach(async () => {
    await setMemory(0);
    stores = await backend.open({ channelKeep: 2 });
  });
  afterEach(async () => {
    await stores[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });

  async function setMemory(bytes: number): Promise<void> {
    await backend.redis.calls.onMasters('CONFIG', 'SET', 'maxmemory', bytes);
  }

  async function usedMemory(): Promise<number> {
    const [info] = await backend.redis.calls.onMasters('INFO', 'memory');
    return Number(infoField(info, 'used_memory'));
  }

  /** From here on Redis takes nothing that may need memory. */
  const fillUp = () => setMemory(1);

  async function startSession(): Promise<SessionRecord> {
    const userId = newId();
    const now = stores.now();
    const session: SessionRecord = {
      id: newId(userId.slice(-2)),
      userId,
      nickname: 'Ada',
      salt: 'c2FsdA',
      generation: 1,
      createdAt: now,
      rotatedAt: now,
      seenAt: null,
      expiresAt: now + 60_000,
      endedAt: null,
      lastUsedAt: now,
      address: '192.0.2.7',
      userAgent: 'Firefox',
    };
    await stores.sessions.create(session);
    return session;
  }

  const unavailable = { code: 'unavailable' };

  test('[FEED-1] [MEMBER-1] [ROOM-1] [PIN-1] [SESSION-1] what would need more is refused with a code', async () => {
    const { id: roomId } = await openRoom(stores);
    const session = await startSession();
    await fillUp();
    expect(await stores.feed.append(appendRequest(roomId))).toMatchObject({
      kind: 'refused',
      code: 'backlog_full',
      retryAfterMs: expect.any(Number),
    });
    const { expiresAt, id: sessionId } = session;
    const attempts = [
      stores.members.join(joinRequest(roomId)),
      stores.rooms.put(newRecord(stores), NEW_ROOM),
      stores.rooms.update(roomId, { title: 'new' }, null),
      stores.pins.reserve({
        roomId: newId(),
        candidates: [['1234']],
        density: 0.5,
        reserveMs: 1_000,
      }),
      stores.sessions.create({ ...session, id: newId(session.userId.slice(-2)) }),
      stores.sessions.rotate({
        sessionId,
        generation: 1,
        expiresAt,
        graceMs: 100,
        client: session,
      }),
    ];
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    const patch = { roomId, userId: null, base: 0, json: '1', patchJson: '1' };
    expect(await stores.states.write(patch)).toEqual({ kind: 'refused', code: 'backlog_full' });
    await setMemory(0);
    expect((await stores.feed.read(wholeOf(roomId))).entries).toEqual([]);
    expect((await stores.members.list(roomId, { cursor: null, limit: 10 }))?.members).toEqual([]);
    expect((await stores.sessions.find(sessionId))?.generation).toBe(1);
    expect(appendWord(await stores.feed.append(appendRequest(roomId)))).toBe('appended');
  });

  test('[QUEUE-1] [QUEUE-2] [QUEUE-3] [QUEUE-4] the archive goes on, positions move, streams are trimmed', async () => {
    const { id: roomId } = await openRoom(stores);
    const ids = await appendMany(stores, roomId, 20);
    await fillUp();
    // Redis forgets its scripts with a restart: also then they have to be taken.
    await backend.redis.calls.onMasters('SCRIPT', 'FLUSH');
    expect(await stores.queue.listPending(ALL_TAGS, 10)).toHaveLength(2);
    const [batch] = await stores.queue.readPending([{ roomId, channel: 'room' }], 100);
    expect(batch?.lastId).toBe(ids.at(-1));
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: ids.at(-1) ?? '' }]);
    expect(await stores.queue.countPending(roomId)).toBe(1);
    expect(await backend.redis.calls.call('XLEN', streamKey(roomId, 'room'))).toBe(2);
  });

  test('[MEMBER-2] [MEMBER-3] [MEMBER-6] [MEMBER-7] [LEASE-1] [LEASE-2] who goes is let go, lives are judged', async () => {
    await stores.leases.renew(LIFE, LEASE_MS);
    const { id: roomId } = await openRoom(stores);
    const drops = await joined(stores, roomId, { life: LIFE });
    const leaves = await joined(stores, roomId, { life: LIFE });
    const dies = await joined(stores, roomId, { life: 'life-2' });
    await stores.leases.renew('life-2', LEASE_MS);
    await fillUp();
    expect((await stores.leases.renew(LIFE, LEASE_MS)).lost).toBe(false);
    await stores.members.release(drops, 1);
    expect(await stores.members.leave(roomId, leaves.userId)).toBe(true);
    await stores.leases.end('life-2');
    expect(await stores.members.releaseDead(ALL_TAGS, 1)).toBe(1);
    let gone = 0;
    await until(async () => {
      gone += await stores.members.removeAway(ALL_TAGS, 10);
      return gone === 2;
    });
    const list = await stores.members.list(roomId, { cursor: null, limit: 10 });
    expect(list?.members.filter(({ userId }) => userId === dies.userId)).toEqual([]);
    expect(list?.memberCount).toBe(0);
  });

  test('[ROOM-4] [ROOM-6] [ROOM-7] [PIN-3] [PIN-4] [SESSION-4] [SESSION-5] [SESSION-12] rooms close, PINs come free, sessions end', async () => {
    const pin = '4711';
    const closing = await openRoom(stores);
    const expired = await openRoom(stores, { maxUntil: stores.now() + 1 });
    await stores.pins.markComplete();
    const wish = { roomId: closing.id, candidates: [[pin]], density: 0.5, reserveMs: 60_000 };
    expect(await stores.pins.reserve(wish)).toBe(pin);
    expect(await stores.pins.confirm(pin, closing.id, stores.now() + 60_000)).toBe(true);
    const session = await startSession();
    await fillUp();
    expect(await stores.rooms.close(closing.id, 'closed', null)).toBe('closed');
    await until(async () => (await stores.rooms.expire(expired.id)) === 'expired');
    expect(await stores.pins.release(pin, closing.id, 0)).toBe(true);
    expect(await stores.pins.lookup(pin)).toEqual({ kind: 'none' });
    for (const { id } of [closing, expired]) await stores.rooms.retire(id, 1);
    await until(async () => (await stores.rooms.get(closing.id)) === null);
    const client = { address: '192.0.2.8', userAgent: 'x'.repeat(200) };
    await stores.sessions.noteUse({ sessionId: session.id, generation: 1, client, everyMs: 0 });
    const { cursor } = await stores.endedSessions.listEnded(null);
    await stores.sessions.end(session.id, session.userId);
    expect((await stores.endedSessions.listEnded(cursor)).ids).toEqual([session.id]);
    expect((await stores.sessions.find(session.id))?.endedAt).not.toBeNull();
  });

  test('[SYSTEM-1] [SYSTEM-4] operators are told, and what they are told is archived', async () => {
    await fillUp();
    const payload = { backend: 'redis' };
    const said = { key: 'k', at: 1, nodeId: 'n', type: 'backend-lost', level: 'error' } as const;
    await stores.systemLog.append([{ ...said, payload }]);
    const [entry] = await stores.systemLog.listPending(10);
    expect(entry).toMatchObject({ ...said, payload });
    await stores.systemLog.confirm(entry?.id ?? null);
    expect(await stores.systemLog.listPending(10)).toEqual([]);
  });

  test.each(RUN_ALWAYS)(
    '[QUEUE-3] without its flag %s would be refused in the same state',
    async (name) => {
      const script = (await readScripts()).get(name)?.source ?? '';
      const unflagged = script.replace('#!lua flags=allow-oom', '#!lua');
      expect(unflagged).not.toBe(script);
      await fillUp();
      const attempt = backend.redis.calls.call('EVAL', unflagged, 1, streamKey(newId(), 'room'));
      await expect(attempt).rejects.toMatchObject({
        ...unavailable,
        cause: { message: expect.stringContaining('OOM') },
      });
    },
  );

  test('[FEED-1] [QUEUE-3] filled by entries it refuses more, keeps all it took, and recovers alone once they are archived', async () => {
    const rooms = await Promise.all(Array.from({ length: 4 }, () => openRoom(stores)));
    // Without the bound that the stores keep below the full memory: Redis itself says no.
    const feed = new RedisRoomFeed(backend.redis, { backlogEntries: 1_000_000 });
    await setMemory((await usedMemory()) + 12 * 1_048_576);
    const payloadJson = JSON.stringify('x'.repeat(4_000));
    const taken = new Map(rooms.map(({ id }) => [id, 0]));
    await Promise.all(
      rooms.map(async ({ id }) => {
        for (;;) {
          const word = appendWord(await feed.append(appendRequest(id, { payloadJson })));
          if (word !== 'appended') return expect(word).toBe('backlog_full');
          taken.set(id, (taken.get(id) ?? 0) + 1);
        }
      }),
    );
    for (const { id } of rooms) {
      const { entries } = await stores.feed.read(wholeOf(id));
      expect(entries.map(({ id: entry }) => Number(entry.split('-')[1]))).toEqual(
        Array.from({ length: taken.get(id) ?? 0 }, (_, n) => n),
      );
      // `created` in the log waits too.
      expect(await stores.queue.countPending(id)).toBe(entries.length + 1);
      expect(await stores.feed.top(id, 'room')).toBe(entries.at(-1)?.id);
    }
    for (const { id: roomId } of rooms) {
      for (;;) {
        const [batch] = await stores.queue.readPending([{ roomId, channel: 'room' }], 50);
        if (!batch?.lastId) break;
        await stores.queue.confirm([{ roomId, channel: 'room', lastId: batch.lastId }]);
      }
    }
    for (const { id } of rooms) {
      const request = appendRequest(id, { payloadJson });
      await until(async () => appendWord(await stores.feed.append(request)) === 'appended');
      expect(await stores.feed.top(id, 'room')).toMatch(new RegExp(`-${taken.get(id)}$`));
    }
  });
});

function wholeOf(roomId: string) {
  const range = { roomId, channel: 'room', after: null, before: null, limit: 100_000 } as const;
  return { ...range, take: 'oldest' } as const;
}
