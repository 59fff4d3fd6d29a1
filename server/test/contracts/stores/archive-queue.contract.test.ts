import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { appended, appendMany, joined, NEW_ROOM, newId, newRecord } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** A room without entries: as one that was restored. */
async function quietRoom(stores: Stores, tag?: string): Promise<string> {
  const record = newRecord(stores, { id: newId(tag) });
  await stores.rooms.put(record, { ...NEW_ROOM, isNew: false });
  return record.id;
}

async function readRoom(stores: Stores, roomId: string): Promise<unknown[]> {
  const range = { roomId, channel: 'room', after: null, before: null, limit: 1_000 } as const;
  const { entries } = await stores.feed.read({ ...range, take: 'oldest' });
  return entries.map((entry) => entry.payload);
}

describe.each(STORE_DRIVERS)('ArchiveQueue on $name', (driver) => {
  const open = useStores(driver);

  test('[QUEUE-1] channels that wait are listed in their tag, longest waiting first', async () => {
    const stores = await open();
    const [first, second] = [await quietRoom(stores, 'a1'), await quietRoom(stores, 'a1')];
    const elsewhere = await quietRoom(stores, 'b1');
    expect(await stores.queue.listPending(['a1'], 10)).toEqual([]);
    await appended(stores, second);
    await stores.pass(5);
    await appended(stores, first, { channel: 'host' });
    await stores.pass(5);
    await appended(stores, second, { channel: 'host' });
    await stores.pass(5);
    await appended(stores, second);
    await stores.pass(5);
    await appended(stores, elsewhere);
    const expected = [
      { roomId: second, channel: 'room' },
      { roomId: first, channel: 'host' },
      { roomId: second, channel: 'host' },
    ];
    expect(await stores.queue.listPending(['a1'], 10)).toEqual(expected);
    expect(await stores.queue.listPending(['a1'], 2)).toEqual(expected.slice(0, 2));
    const all = [...expected, { roomId: elsewhere, channel: 'room' }];
    expect(await stores.queue.listPending(['b1', 'c1', 'a1'], 10)).toEqual(all);
    expect(await stores.queue.listPending(['b1', 'c1', 'a1'], 3)).toEqual(expected);
    expect(await stores.queue.listPending([], 10)).toEqual([]);
  });

  test('[QUEUE-1] what the server writes waits too', async () => {
    const stores = await open();
    const record = newRecord(stores, { id: newId('c1') });
    await stores.rooms.put(record, NEW_ROOM);
    expect(await stores.queue.listPending(['c1'], 10)).toEqual([
      { roomId: record.id, channel: 'log' },
    ]);
    await stores.rooms.close(record.id, 'closed', null);
    expect(await stores.queue.countPending(record.id)).toBe(2);
  });

  test('[QUEUE-2] rows come from the archived position on, with the payload as it was', async () => {
    const stores = await open();
    const roomId = await quietRoom(stores);
    const { userId, nickname } = await joined(stores, roomId, { nickname: 'Zoë' });
    const payloadJson = '{ "b":1.0, "a":[] }';
    const sender = { userId, nickname };
    const id = await appended(stores, roomId, { sender, payloadJson, key: 'k' });
    const ids = await appendMany(stores, roomId, 3);
    const [epoch] = id.split('-').map(Number);
    const channel = { roomId, channel: 'room' };
    const [batch] = await stores.queue.readPending([channel], 2);
    expect(batch).toMatchObject({ ...channel, lastId: ids[0] });
    expect(batch?.rows).toEqual([
      {
        ...channel,
        epoch,
        seq: 0,
        at: expect.any(Number),
        type: 'chat',
        userId,
        nickname,
        payload: payloadJson,
        key: 'k',
        after: null,
      },
      {
        ...channel,
        epoch,
        seq: 1,
        at: expect.any(Number),
        type: 'chat',
        userId: null,
        nickname: null,
        payload: '0',
        key: null,
        after: null,
      },
    ]);
    await stores.queue.confirm([{ ...channel, lastId: ids[0] ?? '' }]);
    const [rest] = await stores.queue.readPending([channel], 10);
    expect(rest?.rows.map((row) => row.payload)).toEqual(['1', '2']);
  });

  test('[QUEUE-2] the first row of a later epoch names its predecessor', async () => {
    const stores = await open();
    const record = newRecord(stores);
    const lastIds = new Map([['room', '7-41']]);
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, epochFloor: 7, lastIds });
    await appendMany(stores, record.id, 2);
    const [batch] = await stores.queue.readPending([{ roomId: record.id, channel: 'room' }], 10);
    expect(batch?.rows.map((row) => row.after)).toEqual(['7-41', null]);
  });

  test('[QUEUE-2] every channel asked for is answered, in order, empty or not', async () => {
    const stores = await open();
    const [full, empty] = [await quietRoom(stores, 'd1'), await quietRoom(stores, 'd1')];
    const [lastId] = (await appendMany(stores, full, 2)).slice(-1);
    const asked = [
      { roomId: empty, channel: 'room' },
      { roomId: full, channel: 'room' },
      { roomId: full, channel: 'host' },
    ];
    const batches = await stores.queue.readPending(asked, 10);
    expect(batches.map(({ roomId, channel }) => ({ roomId, channel }))).toEqual(asked);
    expect(batches.map((batch) => batch.rows.length)).toEqual([0, 2, 0]);
    expect(batches.map((batch) => batch.lastId)).toEqual([null, lastId, null]);
  });

  test('[QUEUE-3] the mark goes only when nothing newer came', async () => {
    const stores = await open();
    const roomId = await quietRoom(stores, 'e1');
    const ids = await appendMany(stores, roomId, 3);
    const channel = { roomId, channel: 'room' };
    await stores.queue.confirm([{ ...channel, lastId: ids[1] ?? '' }]);
    expect(await stores.queue.listPending(['e1'], 10)).toEqual([channel]);
    expect(await stores.queue.countPending(roomId)).toBe(1);
    await stores.queue.confirm([{ ...channel, lastId: ids[2] ?? '' }]);
    expect(await stores.queue.listPending(['e1'], 10)).toEqual([]);
    expect(await stores.queue.countPending(roomId)).toBe(0);
    await appended(stores, roomId);
    expect(await stores.queue.listPending(['e1'], 10)).toEqual([channel]);
  });

  test('[QUEUE-3] the position only moves forward, and saying it again is no harm', async () => {
    const stores = await open();
    const roomId = await quietRoom(stores);
    const ids = await appendMany(stores, roomId, 4);
    const confirm = (n: number) =>
      stores.queue.confirm([{ roomId, channel: 'room', lastId: ids[n] ?? '' }]);
    await Promise.all([confirm(2), confirm(2), confirm(0)]);
    await confirm(1);
    expect(await stores.queue.countPending(roomId)).toBe(1);
    const [batch] = await stores.queue.readPending([{ roomId, channel: 'room' }], 10);
    expect(batch?.lastId).toBe(ids[3]);
    expect(batch?.rows).toHaveLength(1);
  });

  test('[QUEUE-3] what is archived is trimmed to the newest, what is not is never touched', async () => {
    const stores = await open({ channelKeep: 3 });
    const roomId = await quietRoom(stores);
    const ids = await appendMany(stores, roomId, 10);
    const confirm = (n: number) =>
      stores.queue.confirm([{ roomId, channel: 'room', lastId: ids[n] ?? '' }]);
    expect(await readRoom(stores, roomId)).toHaveLength(10);
    await confirm(3);
    expect(await readRoom(stores, roomId)).toEqual([4, 5, 6, 7, 8, 9]);
    await confirm(9);
    expect(await readRoom(stores, roomId)).toEqual([7, 8, 9]);
    expect((await stores.feed.tops(roomId)).get('room')).toBe(ids[9]);
  });

  test('[QUEUE-3] ids go on after everything was trimmed away', async () => {
    const stores = await open({ channelKeep: 0 });
    const roomId = await quietRoom(stores);
    const ids = await appendMany(stores, roomId, 3);
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: ids[2] ?? '' }]);
    const next = await appended(stores, roomId, { payloadJson: '"next"' });
    expect(next).toBe(ids[2]?.replace(/-2$/, '-3'));
    expect(await readRoom(stores, roomId)).toEqual(['next']);
    const shown = await stores.snapshots.shared(roomId, { members: 1, entries: 5 });
    expect(shown?.channel).toMatchObject({ lastId: next, entries: [{ id: next }] });
    expect(shown?.channel?.entries[0]).not.toHaveProperty('after');
  });

  test('[QUEUE-3] an old confirmation after a restore moves nothing', async () => {
    const stores = await open();
    const record = newRecord(stores);
    const lastIds = new Map([['room', '7-41']]);
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, epochFloor: 7, lastIds });
    await appendMany(stores, record.id, 2);
    await stores.queue.confirm([{ roomId: record.id, channel: 'room', lastId: '7-41' }]);
    await stores.queue.confirm([{ roomId: record.id, channel: 'room', lastId: '6-99' }]);
    expect(await stores.queue.countPending(record.id)).toBe(2);
    await stores.queue.confirm([{ roomId: newId(), channel: 'room', lastId: '6-99' }]);
    await stores.queue.confirm([]);
  });

  test('[QUEUE-4] [QUEUE-5] what waits is counted over all channels of a room, and over rooms', async () => {
    const stores = await open();
    const roomId = await quietRoom(stores);
    expect(await stores.queue.countPending(roomId)).toBe(0);
    await appendMany(stores, roomId, 3, 'room');
    await appendMany(stores, roomId, 2, 'host');
    expect(await stores.queue.countPending(roomId)).toBe(5);
    const other = await quietRoom(stores);
    await appendMany(stores, other, 2);
    const ofOther = await stores.queue.countPending(other);
    expect(await stores.queue.sumPending([roomId, newId(), other])).toBe(5 + ofOther);
    expect(await stores.queue.sumPending([])).toBe(0);
    const pending = await stores.queue.readPending(
      [
        { roomId, channel: 'room' },
        { roomId, channel: 'host' },
      ],
      10,
    );
    await stores.queue.confirm(
      pending.map(({ channel, lastId }) => ({ roomId, channel, lastId: lastId ?? '' })),
    );
    expect(await stores.queue.countPending(roomId)).toBe(0);
    expect(await stores.queue.countPending(newId())).toBe(0);
    expect(await stores.queue.sumPending([roomId])).toBe(0);
  });
});
