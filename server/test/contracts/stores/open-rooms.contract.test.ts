import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { appendMany, joined, newId, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** All pages, as an operator turns them. */
async function pages(stores: Stores, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | null = null;
  do {
    const page = await stores.openRooms.list({ cursor, limit });
    found.push(page.rooms.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

describe.each(STORE_DRIVERS)('OpenRooms on $name', (driver) => {
  const open = useStores(driver);

  test('[OPEN-1] a room is listed with its PIN and how it is', async () => {
    const stores = await open();
    expect(await stores.openRooms.list({ cursor: null, limit: 10 })).toEqual({
      rooms: [],
      nextCursor: null,
    });
    const room = await openRoom(stores, { pin: '482913', title: 'Quiz', ttlMs: 60_000 });
    await stores.leases.renew('life-1', 60_000);
    const away = await joined(stores, room.id);
    await joined(stores, room.id);
    await stores.members.release(away, 60_000);
    await appendMany(stores, room.id, 3);
    await stores.rooms.update(room.id, { locked: true }, null);
    const { rooms } = await stores.openRooms.list({ cursor: null, limit: 10 });
    const live = await stores.rooms.get(room.id);
    expect(rooms).toEqual([
      {
        id: room.id,
        pin: '482913',
        title: 'Quiz',
        locked: true,
        memberCount: 2,
        online: 1,
        createdAt: room.createdAt,
        activeAt: live?.activeAt,
        expiresAt: (live?.activeAt ?? 0) + 60_000,
        closedAt: null,
        backlog: await stores.queue.countPending(room.id),
      },
    ]);
    expect(rooms[0]?.backlog).toBeGreaterThan(5);
  });

  test('[OPEN-1] pages hold every room once, whatever its tag', async () => {
    const stores = await open();
    const tags = ['00', '3c', '3c', '3c', '3c', '7f', 'a0', 'ff', 'ff'];
    const ids: string[] = [];
    for (const tag of tags) ids.push((await openRoom(stores, { id: newId(tag) })).id);
    const inOrder = [...ids].sort((a, b) => (`${a.slice(-2)}${a}` < `${b.slice(-2)}${b}` ? -1 : 1));
    for (const limit of [1, 2, 3, 9, 10]) {
      const found = await pages(stores, limit);
      expect(found.flat()).toEqual(inOrder);
      expect(found.map((page) => page.length)).toEqual(
        Array.from({ length: Math.ceil(9 / limit) }, (_, n) => Math.min(limit, 9 - n * limit)),
      );
    }
  });

  test('[OPEN-1] a page goes on where the last room has gone meanwhile', async () => {
    const stores = await open();
    const ids = [newId('3c'), newId('3c'), newId('7f')].sort();
    for (const id of ids) await openRoom(stores, { id });
    const first = await stores.openRooms.list({ cursor: null, limit: 1 });
    const gone = first.nextCursor ?? '';
    await stores.rooms.close(gone, 'closed', null);
    await stores.rooms.retire(gone, 0);
    const { rooms } = await stores.openRooms.list({ cursor: gone, limit: 10 });
    expect(rooms.map(({ id }) => id).sort()).toEqual(ids.filter((id) => id !== gone));
  });

  test('[OPEN-1] a room that is being closed is listed as such, until it is over', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    await stores.rooms.close(id, 'closed', null);
    const { rooms } = await stores.openRooms.list({ cursor: null, limit: 10 });
    expect(rooms[0]?.closedAt).toBe((await stores.rooms.get(id))?.closedAt);
    await stores.rooms.retire(id, 60_000);
    expect((await stores.openRooms.list({ cursor: null, limit: 10 })).rooms).toEqual([]);
  });

  test('[OPEN-2] one room is found by its id while it is not over', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { title: 'Found' });
    await openRoom(stores);
    expect(await stores.openRooms.find(id)).toMatchObject({ id, title: 'Found', closedAt: null });
    expect(await stores.openRooms.find(newId())).toBeNull();
    await stores.rooms.close(id, 'closed', null);
    expect(await stores.openRooms.find(id)).toMatchObject({ id, closedAt: expect.any(Number) });
    await stores.rooms.retire(id, 60_000);
    expect(await stores.openRooms.find(id)).toBeNull();
  });

  test('[OPEN-3] of each channel it is known how far it is archived', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    expect(await stores.openRooms.archivedIds(newId())).toEqual(new Map());
    const [first = '', second = ''] = await appendMany(stores, roomId, 3);
    expect(await stores.openRooms.archivedIds(roomId)).toEqual(new Map());
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: second }]);
    await stores.queue.confirm([{ roomId, channel: 'room', lastId: first }]);
    expect(await stores.openRooms.archivedIds(roomId)).toEqual(new Map([['room', second]]));
  });
});
