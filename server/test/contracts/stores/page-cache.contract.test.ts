import type { Entry } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type { BlockKey } from '../../../src/engine/history/page-cache.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { newId } from './sample-rooms.js';
import { useStores } from './use-stores.js';

function fullBlock(key: BlockKey): Entry[] {
  return Array.from({ length: 100 }, (_, n) => ({
    id: `${key.epoch}-${key.block * 100 + n}`,
    roomId: key.roomId,
    channel: key.channel,
    type: 'chat',
    from: n % 2 ? { userId: newId(), nickname: 'Zoë "Z"' } : null,
    payload: { n, text: 'é\u0000', list: [], none: null },
    at: 1_700_000_000_000 + n,
    ...(n === 0 ? { after: '5-7', key: 'k' } : {}),
  }));
}

function blockKey(changes: Partial<BlockKey> = {}): BlockKey {
  const place = { roomId: newId(), channel: 'room', epoch: 1_700_000_000_000 };
  return { ...place, block: 0, size: 100, ...changes };
}

describe.each(STORE_DRIVERS)('PageCache on $name', (driver) => {
  const open = useStores(driver);

  test('[CACHE-1] what is not kept is null, whatever part of the key differs', async () => {
    const stores = await open();
    const key = blockKey();
    expect(await stores.pages.get(key)).toBeNull();
    await stores.pages.put(key, fullBlock(key));
    expect(await stores.pages.get({ ...key, block: 1 })).toBeNull();
    expect(await stores.pages.get({ ...key, epoch: 1 })).toBeNull();
    expect(await stores.pages.get({ ...key, size: 20 })).toBeNull();
    expect(await stores.pages.get({ ...key, channel: 'host' })).toBeNull();
    expect(await stores.pages.get({ ...key, roomId: newId() })).toBeNull();
  });

  test('[CACHE-2] a block comes back as it was put', async () => {
    const stores = await open();
    const key = blockKey({ block: 3 });
    const entries = fullBlock(key);
    await stores.pages.put(key, entries);
    await stores.pages.put(key, entries);
    expect(await stores.pages.get(key)).toEqual(entries);
  });

  test('[CACHE-2] changing what was got changes nothing that is kept', async () => {
    const stores = await open();
    const key = blockKey();
    await stores.pages.put(key, fullBlock(key));
    const got = await stores.pages.get(key);
    got?.splice(0, 50);
    expect(await stores.pages.get(key)).toHaveLength(100);
  });

  test('[CACHE-3] a room is forgotten with all its blocks, no other room is', async () => {
    const stores = await open();
    const key = blockKey();
    const kept = blockKey();
    const keys = [key, { ...key, block: 1 }, { ...key, channel: 'host' }];
    for (const each of [...keys, kept]) await stores.pages.put(each, fullBlock(each));
    await stores.pages.forget(key.roomId);
    await stores.pages.forget(newId());
    for (const each of keys) expect(await stores.pages.get(each)).toBeNull();
    expect(await stores.pages.get(kept)).toHaveLength(100);
  });
});
