import { describe, expect, test } from 'vitest';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { STORE_DRIVERS } from './drivers.js';
import { joined, newId, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const LEASE_MS = 60_000;

/** Every life renews once, in the order given; answers the tags of each. */
async function renewAll(stores: Stores, lives: readonly string[], leaseMs = LEASE_MS) {
  const shares: (readonly string[])[] = [];
  for (const life of lives) shares.push((await stores.leases.renew(life, leaseMs)).tags);
  return shares;
}

function sizes(shares: readonly (readonly string[])[]): number[] {
  return shares.map((tags) => tags.length).sort((a, b) => a - b);
}

/** Every tag is looked after by exactly one of the lives. */
function expectOneOwnerEach(shares: readonly (readonly string[])[]): void {
  expect(shares.flat().sort()).toEqual([...ALL_TAGS]);
}

describe.each(STORE_DRIVERS)('Leases on $name', (driver) => {
  const open = useStores(driver);

  test('[LEASE-1] a life alone looks after every tag', async () => {
    const stores = await open();
    await renewAll(stores, ['life-a']);
    const { tags, lost } = await stores.leases.renew('life-a', LEASE_MS);
    expect([...tags].sort()).toEqual([...ALL_TAGS]);
    expect(lost).toBe(false);
  });

  test('[LEASE-1] lives share the tags evenly once all have renewed twice', async () => {
    const stores = await open();
    await renewAll(stores, ['life-b']);
    await renewAll(stores, ['life-b', 'life-a', 'life-c']);
    const shares = await renewAll(stores, ['life-b', 'life-a', 'life-c']);
    const again = await renewAll(stores, ['life-b', 'life-a', 'life-c']);
    expect(sizes(again)).toEqual([85, 85, 86]);
    expectOneOwnerEach(again);
    expect(shares.flat().length).toBeLessThanOrEqual(ALL_TAGS.length);
  });

  test('[LEASE-1] no tag ever has two owners while the shares move', async () => {
    const stores = await open();
    const owned = new Map<string, readonly string[]>();
    const lives = ['life-a', 'life-b', 'life-c', 'life-d'];
    for (let round = 0; round < 4; round++) {
      for (const life of lives.slice(0, round + 1)) {
        owned.set(life, (await stores.leases.renew(life, LEASE_MS)).tags);
        const all = [...owned.values()].flat();
        expect(new Set(all).size).toBe(all.length);
      }
    }
    const shares = await renewAll(stores, lives);
    expect(sizes(shares)).toEqual([64, 64, 64, 64]);
    expectOneOwnerEach(shares);
  });

  test('[LEASE-1] who renews at the same time as others gets nothing twice', async () => {
    const stores = await open();
    const lives = ['life-a', 'life-b', 'life-c'];
    const round = () => Promise.all(lives.map((life) => stores.leases.renew(life, LEASE_MS)));
    await round();
    await round();
    const shares = (await round()).map(({ tags }) => tags);
    expect(sizes(shares)).toEqual([85, 85, 86]);
    expectOneOwnerEach(shares);
  });

  test('[LEASE-1] the tags of a life that ran out move to the others', async () => {
    const stores = await open();
    await renewAll(stores, ['life-a', 'life-b'], 500);
    await renewAll(stores, ['life-a', 'life-b'], 500);
    await stores.pass(600);
    await renewAll(stores, ['life-c']);
    const [share] = await renewAll(stores, ['life-c']);
    expect(share).toHaveLength(ALL_TAGS.length);
  });

  test('[LEASE-1] a life that was judged dead is lost for good, and is told', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { id: newId('c7') });
    expect(await stores.leases.renew('life-a', 300)).toMatchObject({ lost: false });
    await joined(stores, id, { life: 'life-a' });
    await stores.pass(400);
    expect(await stores.members.releaseDead(['c7'], 60_000)).toBe(1);
    expect(await stores.leases.renew('life-a', LEASE_MS)).toEqual({ tags: [], lost: true });
    expect(await stores.leases.renew('life-a', LEASE_MS)).toMatchObject({ lost: true });
    await renewAll(stores, ['life-b']);
    const [share] = await renewAll(stores, ['life-b']);
    expect(share).toHaveLength(ALL_TAGS.length);
  });

  test('[LEASE-1] a lease that ran out while nobody judged is renewed, and its seats stay', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { id: newId('c8') });
    await stores.leases.renew('life-a', 300);
    await joined(stores, id, { life: 'life-a' });
    await stores.pass(400);
    expect(await stores.leases.renew('life-a', LEASE_MS)).toMatchObject({ lost: false });
    expect(await stores.members.releaseDead(['c8'], 60_000)).toBe(0);
  });

  test('[LEASE-2] the tags of a life that ends move at once', async () => {
    const stores = await open();
    const lives = ['life-a', 'life-b'];
    await renewAll(stores, lives);
    await renewAll(stores, lives);
    expect(sizes(await renewAll(stores, lives))).toEqual([128, 128]);
    await stores.leases.end('life-b');
    await stores.leases.end('life-b');
    const [share] = await renewAll(stores, ['life-a']);
    expect(share).toHaveLength(ALL_TAGS.length);
  });

  test('[LEASE-2] ending a life that never was is no harm', async () => {
    const stores = await open();
    await renewAll(stores, ['life-a']);
    await stores.leases.end('life-z');
    const [share] = await renewAll(stores, ['life-a']);
    expect(share).toHaveLength(ALL_TAGS.length);
  });
});
