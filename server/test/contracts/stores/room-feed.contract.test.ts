import { LIMITS, parseEntryId, userChannel } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type { AppendRequest } from '../../../src/engine/feed/room-feed.port.js';
import { STORE_DRIVERS } from './drivers.js';
import {
  appended,
  appendMany,
  appendRequest,
  appendWord,
  joined,
  NEW_ROOM,
  newId,
  newRecord,
  openRoom,
  SETTINGS,
} from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

async function append(stores: Stores, roomId: string, changes: Partial<AppendRequest>) {
  return appendWord(await stores.feed.append(appendRequest(roomId, changes)));
}

async function readAll(stores: Stores, roomId: string, channel = 'room') {
  const range = { roomId, channel, after: null, before: null, limit: 1_000 } as const;
  return (await stores.feed.read({ ...range, take: 'oldest' })).entries;
}

describe.each(STORE_DRIVERS)('RoomFeed on $name: order and once-ness', (driver) => {
  const open = useStores(driver);

  test('[FEED-1] a key counts in its channel: the same one in another channel is another message', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const { userId, nickname } = await joined(stores, roomId);
    const request = appendRequest(roomId, { sender: { userId, nickname }, key: 'k' });
    await appendMany(stores, roomId, 3);
    const first = await stores.feed.append(request);
    const other = await stores.feed.append({ ...request, channel: 'host' });
    expect([first, other].map(appendWord)).toEqual(['appended', 'appended']);
    expect(await stores.feed.append(request)).toEqual({ ...first, duplicate: true });
    expect(await stores.feed.append({ ...request, channel: 'host' })).toEqual({
      ...other,
      duplicate: true,
    });
  });

  test('[FEED-7] a room that came back knows no keys: what the archive has under one counts', async () => {
    const stores = await open();
    const room = newRecord(stores);
    const old = `${stores.now() - 9_000}-4`;
    await stores.rooms.put(room, {
      ...NEW_ROOM,
      isNew: false,
      epochFloor: stores.now() - 9_000,
      lastIds: new Map([['room', old]]),
    });
    const { archived: _, ...asked } = appendRequest(room.id, { key: 'k', once: 'q1' });
    expect(await stores.feed.append(asked)).toEqual({ kind: 'unsure' });
    const at = stores.now() - 1_000;
    const forgotten = { id: old, at: at - LIMITS.dedupeSeconds * 1_000 };
    expect(await stores.feed.append({ ...asked, archived: { id: old, at } })).toEqual({
      kind: 'appended',
      id: old,
      at,
      duplicate: true,
    });
    const late = { ...asked, key: 'late', once: null, archived: forgotten };
    expect(appendWord(await stores.feed.append(late))).toBe('appended');
    expect(appendWord(await stores.feed.append({ ...asked, key: null }))).toBe('appended');
    expect(await append(stores, room.id, { key: 'k2', archived: null })).toBe('appended');
    // From here on the room itself knows the key.
    const { archived: __, ...again } = appendRequest(room.id, { key: 'k2' });
    expect(appendWord(await stores.feed.append(again))).toBe('duplicate');
  });

  test('[FEED-1] an entry is kept and announced with its position, payload byte for byte', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores, { rev: 5 });
    const { userId, nickname } = await joined(stores, roomId, { nickname: 'Zoë "Z" \\' });
    const frames = await stores.watch(roomId);
    const payloadJson = '{ "b":1.0,"a":[],"big":12345678901234567890,"s":"\\u0000é\\ud800" }';
    const sender = { userId, nickname };
    const request = appendRequest(roomId, { sender, payloadJson, key: 'k "1"' });
    const outcome = await stores.feed.append(request);
    expect(outcome).toMatchObject({ kind: 'appended', duplicate: false });
    const { id, at } = outcome as { id: string; at: number };
    const head = `{"id":"${id}","at":${at},"roomId":"${roomId}","channel":"room","type":"chat"`;
    const from = JSON.stringify(sender);
    const body = `42["room:entry",${head},"from":${from},"key":"k \\"1\\"","payload":${payloadJson}}]`;
    await expect.poll(() => frames).toHaveLength(1);
    const [frame] = frames;
    expect(frame).toMatchObject({ kind: 'entry', rev: 5, channel: 'room', id, after: null });
    expect(frame?.kind === 'entry' && new TextDecoder().decode(frame.body)).toBe(body);
    expect(await readAll(stores, roomId)).toEqual([
      {
        id,
        at,
        roomId,
        channel: 'room',
        type: 'chat',
        from: sender,
        key: 'k "1"',
        payload: JSON.parse(payloadJson),
      },
    ]);
  });

  test('[FEED-1] an entry carries the nickname that its sender has in the room', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const { userId } = await joined(stores, roomId, { nickname: 'Zoë in here' });
    await append(stores, roomId, { sender: { userId, nickname: 'Zoë elsewhere' } });
    expect((await readAll(stores, roomId)).map(({ from }) => from)).toEqual([
      { userId, nickname: 'Zoë in here' },
    ]);
  });

  test('[FEED-1] a host who has not joined may send, under the own nickname', async () => {
    const stores = await open();
    const host = { userId: newId(), nickname: 'Hugo' };
    const { id: roomId } = await openRoom(stores, { hostIds: [host.userId] });
    expect(await append(stores, roomId, { sender: host, channel: 'host' })).toBe('appended');
    expect(await append(stores, roomId, { sender: { ...host, userId: newId() } })).toBe(
      'not_in_room',
    );
    expect((await readAll(stores, roomId, 'host')).map(({ from }) => from)).toEqual([host]);
  });

  test('[FEED-1] of 20 repetitions at once with one key one counts, and all get its id', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const request = appendRequest(roomId, { key: 'answer-1' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => stores.feed.append(request)),
    );
    const ids = new Set(outcomes.map((outcome) => outcome.kind === 'appended' && outcome.id));
    expect(ids.size).toBe(1);
    expect(outcomes.filter((outcome) => appendWord(outcome) === 'appended')).toHaveLength(1);
    expect(await readAll(stores, roomId)).toHaveLength(1);
  });

  test('[FEED-1] one key of two users is two keys, in two rooms too', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const other = await openRoom(stores);
    const [ann, bob] = [await joined(stores, roomId), await joined(stores, roomId)];
    expect(await append(stores, roomId, { sender: ann, key: 'k' })).toBe('appended');
    expect(await append(stores, roomId, { sender: bob, key: 'k' })).toBe('appended');
    expect(await append(stores, roomId, { key: 'k' })).toBe('appended');
    expect(await append(stores, other.id, { key: 'k' })).toBe('appended');
    expect(await append(stores, roomId, { sender: ann, key: 'k' })).toBe('duplicate');
  });

  test('[FEED-1] a repetition gets its answer even when the room has closed meanwhile', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const id = await appended(stores, roomId, { key: 'k' });
    await stores.rooms.close(roomId, 'closed', null);
    expect(await stores.feed.append(appendRequest(roomId, { key: 'k' }))).toMatchObject({
      kind: 'appended',
      id,
      duplicate: true,
    });
    expect(await append(stores, roomId, { key: 'k2' })).toBe('room_closed');
  });

  test('[FEED-1] a refused entry does not use up its key', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const userId = newId();
    const sender = { userId, nickname: 'Ann' };
    expect(await append(stores, roomId, { sender, key: 'k' })).toBe('not_in_room');
    await joined(stores, roomId, { userId, nickname: 'Ann' });
    expect(await append(stores, roomId, { sender, key: 'k' })).toBe('appended');
  });

  test('[FEED-1] an absent room is told', async () => {
    const stores = await open();
    expect(await append(stores, newId(), { key: 'k' })).toBe('absent');
  });

  test('[FEED-2] 200 entries at once have contiguous ids, in the order of the announcement', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const frames = await stores.watch(roomId);
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, n) => appended(stores, roomId, { payloadJson: `${n}` })),
    );
    const seqs = ids.map((id) => parseEntryId(id)?.seq ?? -1).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, n) => n));
    const kept = await readAll(stores, roomId);
    await expect
      .poll(() => frames.map((frame) => frame.kind === 'entry' && frame.id))
      .toEqual(kept.map((entry) => entry.id));
  });

  test('[FEED-2] every channel counts for itself, from 0', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const first = await appendMany(stores, roomId, 2, 'room');
    const second = await appendMany(stores, roomId, 2, 'host');
    expect(first.map((id) => parseEntryId(id)?.seq)).toEqual([0, 1]);
    expect(second.map((id) => parseEntryId(id)?.seq)).toEqual([0, 1]);
    expect(parseEntryId(first[0] ?? '')?.epoch).toBe(parseEntryId(second[0] ?? '')?.epoch);
  });
});

describe.each(STORE_DRIVERS)('RoomFeed on $name: the checks that decide', (driver) => {
  const open = useStores(driver);

  test('[FEED-1] only members send, each role where it may', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const host = await joined(stores, roomId, { asHost: true });
    const player = await joined(stores, roomId);
    const spectator = await joined(stores, roomId, { role: 'spectator' });
    const stranger = { userId: newId(), nickname: 'nobody' };
    const table = [
      [null, ['appended', 'appended', 'appended', 'forbidden', 'forbidden']],
      [host, ['appended', 'appended', 'appended', 'forbidden', 'forbidden']],
      [player, ['appended', 'appended', 'forbidden', 'forbidden', 'forbidden']],
      [spectator, ['forbidden', 'appended', 'forbidden', 'forbidden', 'forbidden']],
      [stranger, Array(5).fill('not_in_room')],
    ] as const;
    const toPlayer = userChannel(player.userId);
    const channels = ['room', 'host', toPlayer, userChannel(stranger.userId), 'log'];
    for (const [sender, expected] of table) {
      const words = [];
      for (const channel of channels) words.push(await append(stores, roomId, { sender, channel }));
      expect(words).toEqual(expected);
    }
  });

  test('[FEED-1] settings decide whether players send, and which types each role may', async () => {
    const stores = await open();
    const settings = {
      ...SETTINGS,
      playersMaySend: false,
      typesByRole: { player: ['answer'], host: [] },
    };
    const { id: roomId } = await openRoom(stores, { settings });
    const host = await joined(stores, roomId, { asHost: true });
    const sender = await joined(stores, roomId);
    const spectator = await joined(stores, roomId, { role: 'spectator' });
    const type = 'answer';
    expect(await append(stores, roomId, { sender, type })).toBe('forbidden');
    expect(await append(stores, roomId, { sender, type, channel: 'host' })).toBe('appended');
    expect(await append(stores, roomId, { sender, channel: 'host' })).toBe('forbidden');
    expect(await append(stores, roomId, { sender: spectator, channel: 'host' })).toBe('appended');
    expect(await append(stores, roomId, { sender: host, type })).toBe('forbidden');
    expect(await append(stores, roomId, { type })).toBe('forbidden');
    await stores.rooms.update(roomId, { settings: SETTINGS }, null);
    expect(await append(stores, roomId, { sender })).toBe('appended');
    expect(await append(stores, roomId, { sender: host })).toBe('appended');
  });

  test('[FEED-1] who has left sends no more', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const sender = await joined(stores, roomId);
    expect(await append(stores, roomId, { sender })).toBe('appended');
    await stores.members.leave(roomId, sender.userId);
    expect(await append(stores, roomId, { sender })).toBe('not_in_room');
  });

  test('[FEED-1] nobody writes to who has left', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const { userId } = await joined(stores, roomId);
    const channel = userChannel(userId);
    expect(await append(stores, roomId, { channel })).toBe('appended');
    await stores.members.leave(roomId, userId);
    expect(await append(stores, roomId, { channel })).toBe('forbidden');
  });

  test('[FEED-1] slow mode makes players wait, and says for how long', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores, {
      settings: { ...SETTINGS, slowModeSeconds: 2 },
    });
    const host = await joined(stores, roomId, { asHost: true });
    const [sender, other] = [await joined(stores, roomId), await joined(stores, roomId)];
    expect(await append(stores, roomId, { sender })).toBe('appended');
    const refused = await stores.feed.append(appendRequest(roomId, { sender }));
    expect(refused).toMatchObject({ kind: 'refused', code: 'rate_limited' });
    await stores.members.leave(roomId, sender.userId);
    await joined(stores, roomId, { userId: sender.userId });
    expect(await append(stores, roomId, { sender })).toBe('rate_limited');
    const waitMs = (refused.kind === 'refused' && refused.retryAfterMs) || 0;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(2_000);
    expect(await append(stores, roomId, { sender: other })).toBe('appended');
    expect(await append(stores, roomId, { sender: host })).toBe('appended');
    expect(await append(stores, roomId, { sender: host })).toBe('appended');
    await stores.pass(waitMs + 20);
    expect(await append(stores, roomId, { sender })).toBe('appended');
  });

  test('[FEED-1] who sends too fast is told how long to wait; repetitions and others are not held up', async () => {
    const pace = (perSecond: number, burst: number) => ({ perSecond, burst });
    const stores = await open({ entryPaces: { host: pace(10, 6), other: pace(2, 3) } });
    const { id: roomId } = await openRoom(stores);
    const [sender, other] = [await joined(stores, roomId), await joined(stores, roomId)];
    const host = await joined(stores, roomId, { asHost: true });
    const many = async (changes: Partial<AppendRequest>) =>
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => append(stores, roomId, { key: `k${n}`, ...changes })),
      );
    const counts = (words: string[]) => words.filter((word) => word === 'appended').length;
    const words = await many({ sender });
    expect([counts(words), new Set(words)]).toEqual([3, new Set(['appended', 'rate_limited'])]);
    expect(await append(stores, roomId, { sender, key: 'k0' })).toBe('duplicate');
    expect(await append(stores, roomId, { sender, channel: 'host' })).toBe('rate_limited');
    expect(counts(await many({ sender: other }))).toBe(3);
    expect(counts(await many({ sender: host }))).toBe(6);
    expect(counts(await many({ sender: null }))).toBe(10);
    const refused = await stores.feed.append(appendRequest(roomId, { sender }));
    const waitMs = (refused.kind === 'refused' && refused.retryAfterMs) || 0;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(500);
    await stores.pass(waitMs);
    expect(await append(stores, roomId, { sender })).toBe('appended');
  });

  test('[FEED-1] `once` takes one entry per user, channel and value', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const [sender, other] = [await joined(stores, roomId), await joined(stores, roomId)];
    const once = 'question-1';
    const words = await Promise.all([1, 2, 3].map(() => append(stores, roomId, { sender, once })));
    expect(words.sort()).toEqual(['appended', 'conflict', 'conflict']);
    expect(await append(stores, roomId, { sender, once: 'question-2' })).toBe('appended');
    expect(await append(stores, roomId, { sender, once, channel: 'host' })).toBe('appended');
    expect(await append(stores, roomId, { sender: other, once, key: 'k' })).toBe('appended');
    expect(await append(stores, roomId, { sender: other, once, key: 'k' })).toBe('duplicate');
  });

  test('[FEED-1] a room whose backlog is full takes no more until the archive has caught up', async () => {
    const stores = await open({ backlogEntries: 4 });
    const { id: roomId } = await openRoom(stores);
    const waiting = await stores.queue.countPending(roomId);
    const [lastId] = (await appendMany(stores, roomId, 4 - waiting)).slice(-1);
    const refused = await stores.feed.append(appendRequest(roomId));
    expect(refused).toEqual({ kind: 'refused', code: 'backlog_full', retryAfterMs: 1_000 });
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: lastId ?? '' }]);
    expect(await append(stores, roomId, {})).toBe('appended');
  });
});

describe.each(STORE_DRIVERS)('RoomFeed on $name: reading', (driver) => {
  const open = useStores(driver);

  test('[FEED-3] a range comes in ascending order, bounds exclusive, from the end asked for', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const ids = await appendMany(stores, roomId, 10);
    const [epoch] = (ids[0] ?? '').split('-');
    const read = async (
      after: number | null,
      before: number | null,
      limit: number,
      take: 'oldest' | 'newest',
    ) => {
      const id = (seq: number | null) => (seq === null ? null : `${epoch}-${seq}`);
      const bounds = { after: id(after), before: id(before) };
      const { entries } = await stores.feed.read({
        roomId,
        channel: 'room',
        ...bounds,
        limit,
        take,
      });
      return entries.map((entry) => entry.payload);
    };
    expect(await read(null, null, 3, 'oldest')).toEqual([0, 1, 2]);
    expect(await read(null, null, 3, 'newest')).toEqual([7, 8, 9]);
    expect(await read(2, null, 3, 'oldest')).toEqual([3, 4, 5]);
    expect(await read(2, null, 3, 'newest')).toEqual([7, 8, 9]);
    expect(await read(null, 5, 3, 'newest')).toEqual([2, 3, 4]);
    expect(await read(3, 6, 50, 'newest')).toEqual([4, 5]);
    expect(await read(3, 4, 50, 'oldest')).toEqual([]);
    expect(await read(9, null, 50, 'oldest')).toEqual([]);
    expect(await read(6, 3, 50, 'oldest')).toEqual([]);
    expect(await read(99, null, 50, 'newest')).toEqual([]);
  });

  test('[FEED-3] bounds of another epoch are below or above everything', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const ids = await appendMany(stores, roomId, 3);
    const range = { roomId, channel: 'room', limit: 10, take: 'oldest' } as const;
    const older = await stores.feed.read({ ...range, after: '5-7', before: null });
    expect(older.entries.map((entry) => entry.id)).toEqual(ids);
    const newer = await stores.feed.read({ ...range, after: null, before: '5-7' });
    expect(newer).toEqual({ entries: [], isCut: false });
  });

  test('[FEED-3] an unknown room or channel holds nothing', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    expect(await readAll(stores, roomId)).toEqual([]);
    expect(await readAll(stores, newId())).toEqual([]);
  });

  test('[FEED-5] the tops name every channel that was ever written to, archived or not', async () => {
    const stores = await open({ channelKeep: 0 });
    const { id: roomId } = await openRoom(stores);
    const [room] = (await appendMany(stores, roomId, 3, 'room')).slice(-1);
    const [host] = (await appendMany(stores, roomId, 2, 'host')).slice(-1);
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: room ?? '' }]);
    const tops = await stores.feed.tops(roomId);
    expect([...tops.keys()].sort()).toEqual(['host', 'log', 'room']);
    expect([tops.get('room'), tops.get('host')]).toEqual([room, host]);
    expect(await stores.feed.tops(newId())).toEqual(new Map());
  });

  test('[FEED-6] the top of one channel is its newest id, archived or not', async () => {
    const stores = await open({ channelKeep: 0 });
    const { id: roomId } = await openRoom(stores);
    const [top] = (await appendMany(stores, roomId, 3, 'room')).slice(-1);
    expect(await stores.feed.top(roomId, 'room')).toBe(top);
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: top ?? '' }]);
    expect(await stores.feed.top(roomId, 'room')).toBe(top);
    expect(await stores.feed.top(roomId, 'host')).toBeNull();
    expect(await stores.feed.top(newId(), 'room')).toBeNull();
  });
});
