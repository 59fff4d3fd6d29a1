import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { appended, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** Entries with a text of so many characters of two bytes; their ids. */
async function appendSized(stores: Stores, roomId: string, sizes: readonly number[]) {
  const ids: string[] = [];
  for (const size of sizes) {
    ids.push(await appended(stores, roomId, { payloadJson: JSON.stringify('ü'.repeat(size)) }));
  }
  return ids;
}

describe.each(STORE_DRIVERS)('RoomFeed on $name: large entries', (driver) => {
  const open = useStores(driver);

  test.each([
    ['oldest', 'big'],
    ['newest', 'big'],
    ['oldest', 'small first'],
    ['newest', 'small first'],
  ] as const)('[FEED-8] the %s entries end where the bytes do, %s', async (take, sizes) => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const isSmall = (n: number) => sizes === 'small first' && n % 30 < 20;
    const sizeOf = (n: number) => (isSmall(n) ? 10 : 2_000);
    const ids = await appendSized(
      stores,
      roomId,
      Array.from({ length: 60 }, (_, n) => sizeOf(n)),
    );
    const range = { roomId, channel: 'room', after: null, before: null, take } as const;
    const page = await stores.feed.read({ ...range, limit: 60, maxBytes: 50_000 });
    const found = page.entries.map(({ id }) => id);
    const bytes = Buffer.byteLength(JSON.stringify(page.entries));
    expect(bytes).toBeLessThan(55_000);
    expect(bytes).toBeGreaterThan(40_000);
    expect(found).toEqual(
      take === 'oldest' ? ids.slice(0, found.length) : ids.slice(-found.length),
    );
    expect(page.isCut).toBe(true);
    const one = await stores.feed.read({ ...range, limit: 60, maxBytes: 1 });
    expect(one.entries.map(({ id }) => id)).toEqual([take === 'oldest' ? ids[0] : ids.at(-1)]);
    const all = await stores.feed.read({ ...range, limit: 60, maxBytes: 1_000_000 });
    expect(all.entries.map(({ id }) => id)).toEqual(ids);
    expect(all.isCut).toBe(false);
  });

  test('[FEED-8] a snapshot holds of a channel what fits into an answer', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const ids = await appendSized(stores, roomId, Array(20).fill(7_750));
    const shown = await stores.snapshots.shared(roomId, { members: 1, entries: 50 });
    const { entries = [], lastId, isCut } = shown?.channel ?? {};
    expect(entries.map(({ id }) => id)).toEqual(ids.slice(-16));
    expect({ lastId, isCut }).toEqual({ lastId: ids.at(-1), isCut: true });
  });
});
