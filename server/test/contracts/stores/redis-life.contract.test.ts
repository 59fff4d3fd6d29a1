import { parseEntryId } from '@pinroom/client/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lifeKey, roomKey, streamKey, tagLivesKey } from '../../../src/drivers/redis/keys.js';
import { type RedisBackend, startRedisBackend } from './redis-driver.js';
import {
  appended,
  appendMany,
  appendRequest,
  appendWord,
  joined,
  newId,
  openRoom,
  SETTINGS,
} from './sample-rooms.js';
import type { Stores } from './store-driver.js';

// Only Redis: a process is gone with its memory, while Redis may pause, or come back with another past.
describe('Stores on a Redis that fails or comes back with another history', () => {
  let backend: RedisBackend;

  beforeAll(async () => {
    backend = await startRedisBackend({ 'enable-debug-command': 'yes' });
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });

  /** What Redis does when it is promoted, or starts without its replication history. */
  const changeHistory = () => backend.redis.calls.onMasters('DEBUG', 'CHANGE-REPL-ID');

  async function roomEntries(stores: Stores, roomId: string) {
    const range = { roomId, channel: 'room', after: null, before: null, limit: 100 } as const;
    return (await stores.feed.read({ ...range, take: 'oldest' })).entries;
  }

  test('[FEED-2] another history begins a higher epoch that names its predecessor', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const before = await appendMany(stores, roomId, 3);
    await changeHistory();
    const after = await appendMany(stores, roomId, 2);
    const [last, first] = [before.at(-1) ?? '', after[0] ?? ''];
    expect(parseEntryId(first)?.epoch).toBeGreaterThan(parseEntryId(last)?.epoch ?? 0);
    expect(after.map((id) => parseEntryId(id)?.seq)).toEqual([0, 1]);
    const entries = await roomEntries(stores, roomId);
    expect(entries.map((entry) => entry.id)).toEqual([...before, ...after]);
    expect(entries.map((entry) => entry.after)).toEqual([
      undefined,
      undefined,
      undefined,
      last,
      undefined,
    ]);
    const [batch] = await stores.queue.readPending([{ roomId, channel: 'room' }], 10);
    expect(batch?.rows.map((row) => row.after)).toEqual([null, null, null, last, null]);
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: first }]);
    const [rest] = await stores.queue.readPending([{ roomId, channel: 'room' }], 10);
    expect(rest?.rows).toHaveLength(1);
  });

  test('[FEED-2] a stream that vanished gives no id twice', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const before = await appendMany(stores, roomId, 3);
    const archived = before[1] ?? '';
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: archived }]);
    await backend.redis.calls.call('DEL', streamKey(roomId, 'room'));
    const next = await appended(stores, roomId);
    expect(parseEntryId(next)?.epoch).toBeGreaterThan(parseEntryId(archived)?.epoch ?? 0);
    expect(await roomEntries(stores, roomId)).toMatchObject([{ id: next, after: archived }]);
    expect(await appended(stores, roomId)).toBe(next.replace(/-0$/, '-1'));
    expect((await stores.feed.tops(roomId)).get('room')).toBe(next.replace(/-0$/, '-1'));
  });

  test('[STATE-3] after another history began no version of the state is given twice', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const write = (base: number) =>
      stores.states.write({ roomId, userId: null, base, json: `${base}`, patchJson: '1' });
    for (const base of [0, 1, 2]) await write(base);
    await changeHistory();
    // Somebody may have seen a third one of the history that is gone: who goes on from it has to look.
    const outcome = await write(3);
    if (outcome.kind !== 'stale') throw new Error(`not stale: ${outcome.kind}`);
    expect(outcome.current.json).toBe('2');
    expect(outcome.current.version).toBeGreaterThan(1_000_000);
    const { version } = outcome.current;
    expect(await stores.states.read(roomId)).toEqual(outcome.current);
    expect(await write(version)).toEqual({ kind: 'written', version: version + 1 });
  });

  test('[PEOPLE-6] after another history began hosts have 15 seconds more: they may have been back since', async () => {
    const stores = await backend.open();
    const hostId = newId();
    const settings = { ...SETTINGS, hostGraceSeconds: 1, onHostGone: 'close' as const };
    const { id: roomId } = await openRoom(stores, { id: newId('c4'), hostIds: [hostId], settings });
    await stores.pass(5);
    await stores.members.release(await joined(stores, roomId, { userId: hostId }), 60_000);
    await stores.pass(1_010);
    await changeHistory();
    expect(await stores.people.judgeHosts(['c4'], 10)).toEqual([]);
    expect(await stores.rooms.get(roomId)).toMatchObject({ closedAt: null });
    expect((await stores.members.rights(roomId, []))?.hostState).toBe('away');
  });

  test('[FEED-7] after another history began, the archive is asked for keys that are not known', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const known = await appended(stores, roomId, { key: 'known' });
    await changeHistory();
    const { archived: _, ...asked } = appendRequest(roomId, { key: 'new' });
    expect(await stores.feed.append({ ...asked, key: 'known' })).toMatchObject({
      id: known,
      duplicate: true,
    });
    expect(await stores.feed.append(asked)).toEqual({ kind: 'unsure' });
    // What the archive has above the newest entry that survived here is void.
    const lost = known.replace(/-0$/, '-5');
    const twin = { id: lost, at: stores.now() };
    expect(appendWord(await stores.feed.append({ ...asked, archived: twin }))).toBe('appended');
    expect(appendWord(await stores.feed.append(asked))).toBe('duplicate');
    // It stays so once there are newer ones.
    expect(appendWord(await stores.feed.append({ ...asked, key: 'third', archived: twin }))).toBe(
      'appended',
    );
  });

  test('[FEED-7] an entry that was lost with its stream makes no other a duplicate or a conflict', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const kept = await appended(stores, roomId, { key: 'kept', once: 'kept' });
    await appended(stores, roomId, { key: 'lost', once: 'lost' });
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: kept }]);
    await backend.redis.calls.call('DEL', streamKey(roomId, 'room'));
    for (const round of ['before', 'after']) {
      const word = appendWord(
        await stores.feed.append(appendRequest(roomId, { key: 'lost', once: 'lost' })),
      );
      expect([round, word]).toEqual([round, round === 'before' ? 'appended' : 'duplicate']);
      expect(appendWord(await stores.feed.append(appendRequest(roomId, { key: 'kept' })))).toBe(
        'duplicate',
      );
      const again = appendRequest(roomId, { once: 'kept' });
      expect(appendWord(await stores.feed.append(again))).toBe('conflict');
    }
    const twice = appendRequest(roomId, { once: 'lost' });
    expect(appendWord(await stores.feed.append(twice))).toBe('conflict');
  });

  test('[QUEUE-3] [QUEUE-4] what waits is counted over several epochs, without the payloads', async () => {
    const stores = await backend.open({ channelKeep: 2 });
    const { id: roomId } = await openRoom(stores);
    const ids: string[] = [];
    for (const count of [3, 1, 4, 2]) {
      ids.push(...(await appendMany(stores, roomId, count)));
      await changeHistory();
    }
    const others = (await stores.queue.countPending(roomId)) - ids.length;
    for (const [index, lastId] of ids.entries()) {
      await stores.queue.confirm([{ roomId, channel: 'room', lastId }]);
      expect(await stores.queue.countPending(roomId)).toBe(ids.length - index - 1 + others);
      const kept = Math.max(2, ids.length - index - 1);
      expect(await roomEntries(stores, roomId)).toHaveLength(kept);
    }
    expect(await backend.redis.calls.call('HGET', roomKey(roomId), 'backlog')).toBe(`${others}`);
  });

  test('[ROOM-7] a retired room leaves nothing in the sets of lives', async () => {
    const stores = await backend.open();
    const id = newId('e7');
    await openRoom(stores, { id });
    const { userId } = await joined(stores, id, { life: 'life-a' });
    await joined(stores, id, { life: 'life-b', userId });
    await stores.rooms.close(id, 'closed', null);
    await stores.rooms.retire(id, 60_000);
    const names = [tagLivesKey('e7'), lifeKey('e7', 'life-a'), lifeKey('e7', 'life-b')];
    expect(await backend.redis.calls.call('EXISTS', ...names)).toBe(0);
  });

  test('[PIN-5] an index of another history is not complete', async () => {
    const stores = await backend.open();
    await stores.pins.markComplete();
    expect(await stores.pins.completeSince()).not.toBeNull();
    await changeHistory();
    expect(await stores.pins.completeSince()).toBeNull();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'unknown' });
  });

  test('[FEED-1] scripts that Redis has forgotten run all the same', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    await backend.redis.calls.onMasters('SCRIPT', 'FLUSH');
    expect(await appendMany(stores, roomId, 2)).toHaveLength(2);
    expect(await stores.rooms.get(newId())).toBeNull();
  });

  test('[FEED-1] an entry whose answer did not come counts once when it is sent again', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const request = appendRequest(roomId, { key: 'k' });
    backend.service.pause();
    try {
      await expect(stores.feed.append(request)).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      backend.service.resume();
    }
    await expect
      .poll(() => stores.feed.append(request).catch(() => null), { timeout: 5_000 })
      .toMatchObject({ kind: 'appended' });
    await expect.poll(() => roomEntries(stores, roomId)).toHaveLength(1);
  });

  test('[ROOM-7] nothing of a retired room stays for ever', async () => {
    const stores = await backend.open();
    const { id: roomId } = await openRoom(stores);
    const { calls } = backend.redis;
    await stores.leases.renew('life-1', 60_000);
    const member = { roomId, userId: newId(), life: 'life-1', socketId: 's1' };
    const names = { nickname: 'Ann', foldedNickname: 'ann', looks: ['ann'] };
    const rights = {
      role: 'player',
      asHost: false,
      isReturning: false,
      isMuted: false,
      network: '192.0.2.1',
      passcodeHash: null,
      pin: null,
      isAtDoor: true,
    } as const;
    await stores.members.join({ ...member, ...names, ...rights });
    const sender = { userId: member.userId, nickname: 'Ann' };
    await appended(stores, roomId, { sender, key: 'k', once: 'o' });
    await stores.states.write({ roomId, userId: null, base: 0, json: '1', patchJson: '1' });
    await stores.rooms.close(roomId, 'closed', null);
    const tops = await stores.feed.tops(roomId);
    await stores.queue.confirm([...tops].map(([channel, lastId]) => ({ roomId, channel, lastId })));
    await stores.members.leave(roomId, member.userId);
    await stores.rooms.retire(roomId, 60_000);
    const keys = (await calls.onMasters('KEYS', `*${roomId}*`)).flat() as string[];
    expect(keys.length).toBeGreaterThan(5);
    const endless = [];
    for (const key of keys) if ((await calls.call('PTTL', key)) === -1) endless.push(key);
    expect(endless).toEqual([]);
  });
});

// Only Redis: the memory of a process has no bound of its own.
describe('Stores on a Redis that is short of memory', () => {
  let backend: RedisBackend;

  beforeAll(async () => {
    backend = await startRedisBackend({ 'maxmemory-policy': 'noeviction' });
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });

  /** Sets the bound so that what Redis uses now is this share of it. */
  async function useShareOfMemory(share: number): Promise<void> {
    const [info] = await backend.redis.calls.onMasters('INFO', 'memory');
    const used = Number(/used_memory:(\d+)/.exec(String(info))?.[1]);
    const maxmemory = Math.round(used / share);
    await backend.redis.calls.onMasters('CONFIG', 'SET', 'maxmemory', maxmemory);
  }

  const append = async (stores: Stores, roomId: string) =>
    appendWord(await stores.feed.append(appendRequest(roomId)));

  test('[FEED-1] [QUEUE-3] entries are refused in time, and archiving goes on', async () => {
    const stores = await backend.open({ channelKeep: 0 });
    const { id: roomId } = await openRoom(stores);
    const ids = await appendMany(stores, roomId, 20);
    await useShareOfMemory(0.85);
    await expect.poll(() => append(stores, roomId), { timeout: 5_000 }).toBe('backlog_full');
    await useShareOfMemory(1.1);
    expect(await append(stores, roomId)).toBe('backlog_full');
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: ids.at(-1) ?? '' }]);
    const range = { roomId, channel: 'room', after: null, before: ids.at(-1) ?? '' } as const;
    const { entries } = await stores.feed.read({ ...range, limit: 50, take: 'oldest' });
    expect(entries).toEqual([]);
    expect(await stores.rooms.close(roomId, 'closed', null)).toBe('closed');
    await useShareOfMemory(0.01);
    const next = await openRoom(stores);
    await expect.poll(() => append(stores, next.id), { timeout: 5_000 }).toBe('appended');
  });
});
