import type { SystemEventType } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type {
  NewSystemEntry,
  SystemLogRange,
} from '../../../src/engine/runtime/system-log.port.js';
import { STORE_DRIVERS } from './drivers.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const ALL: SystemLogRange = { after: null, before: null, limit: 200, take: 'oldest', type: null };

function entry(key: string, type: SystemEventType = 'room-opened'): NewSystemEntry {
  const payload = { said: key, list: [], number: 12345678901234, text: 'ä "\n' };
  return { key, at: 1_700_000_000_000, nodeId: 'node-1', type, level: 'info', payload };
}

/** Appends one after the other, and answers the ids. */
async function say(stores: Stores, keys: readonly string[]): Promise<string[]> {
  for (const key of keys) await stores.systemLog.append([entry(key)]);
  const { entries } = await stores.systemLog.read(ALL);
  return entries.map(({ id }) => id);
}

async function said(stores: Stores, range: Partial<SystemLogRange> = {}): Promise<unknown[]> {
  const { entries } = await stores.systemLog.read({ ...ALL, ...range });
  return entries.map(({ payload }) => payload.said);
}

describe.each(STORE_DRIVERS)('SystemLogStore on $name', (driver) => {
  const open = useStores(driver);

  test('[SYSTEM-1] entries come back as they were written, in order, with ids that ascend', async () => {
    const stores = await open();
    await stores.systemLog.append([entry('a'), entry('b', 'abuse')]);
    await stores.pass(2);
    await stores.systemLog.append([entry('c')]);
    const { entries } = await stores.systemLog.read(ALL);
    const { key: _, ...written } = entry('b', 'abuse');
    expect(entries[1]).toEqual({ ...written, id: entries[1]?.id });
    const times = entries.map(({ id }) => Number(id.split('-')[0]));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(3);
    expect(Math.abs((times[0] ?? 0) - stores.now())).toBeLessThan(5_000);
  });

  test('[SYSTEM-1] what is said again under its key is not written again, whoever says it', async () => {
    const stores = await open();
    await stores.systemLog.append([entry('a'), entry('node-down:x')]);
    await Promise.all([
      stores.systemLog.append([entry('node-down:x'), entry('b')]),
      stores.systemLog.append([entry('node-down:x')]),
    ]);
    expect(await said(stores)).toEqual(['a', 'node-down:x', 'b']);
  });

  test('[SYSTEM-1] above the bound the oldest go, and those that were not archived are counted', async () => {
    const stores = await open({ systemLogBounds: { most: 5, keep: 2 } });
    const ids = await say(stores, ['a', 'b', 'c', 'd', 'e']);
    await stores.systemLog.confirm(ids[0] ?? '');
    await stores.systemLog.append(['f', 'g', 'h', 'i'].map((key) => entry(key)));
    expect(await said(stores)).toEqual(['e', 'f', 'g', 'h', 'i']);
    // `a` was archived; `b`, `c` and `d` were not.
    expect(await stores.systemLog.confirm(null)).toBe(3);
    expect(await stores.systemLog.confirm(null)).toBe(0);
  });

  test('[SYSTEM-2] pages go both ways, and both ends of a range are exclusive', async () => {
    const stores = await open();
    const ids = await say(stores, ['a', 'b', 'c', 'd', 'e']);
    expect(await said(stores, { take: 'newest', limit: 2 })).toEqual(['d', 'e']);
    const before = ids[3] ?? '';
    expect(await said(stores, { take: 'newest', limit: 2, before })).toEqual(['b', 'c']);
    expect(await said(stores, { after: ids[1] ?? '', limit: 2 })).toEqual(['c', 'd']);
    expect(await said(stores, { after: ids[4] ?? '' })).toEqual([]);
    expect(await said(stores, { take: 'newest', before: ids[0] ?? '' })).toEqual([]);
  });

  test('[SYSTEM-2] a page of one type holds that type alone, however far apart', async () => {
    const stores = await open();
    const many = (prefix: string) =>
      Array.from({ length: 1_500 }, (_, n) => entry(`${prefix}${n}`));
    await stores.systemLog.append([entry('first', 'node-up'), ...many('a')]);
    await stores.systemLog.append([entry('last', 'node-up'), ...many('b')]);
    expect(await said(stores, { type: 'node-up' })).toEqual(['first', 'last']);
    expect(await said(stores, { type: 'node-up', take: 'newest', limit: 1 })).toEqual(['last']);
    expect(await said(stores, { type: 'abuse', take: 'newest' })).toEqual([]);
  });

  test('[SYSTEM-2] it is told whether anything may be missing behind a position', async () => {
    const stores = await open({ systemLogBounds: { most: 5, keep: 2 } });
    const ids = await say(stores, ['a', 'b', 'c', 'd']);
    const seamless = async (after: string | null, type: SystemEventType | null = null) =>
      (await stores.systemLog.read({ ...ALL, after, type })).isSeamless;
    expect(await seamless(ids[0] ?? '')).toBe(true);
    expect(await seamless(ids[3] ?? '', 'abuse')).toBe(true);
    expect(await seamless(null)).toBe(false);
    await stores.systemLog.confirm(ids[3] ?? '');
    expect(await seamless(ids[0] ?? '')).toBe(false);
    await stores.loseData();
    expect(await seamless(ids[3] ?? '')).toBe(false);
  });

  test('[SYSTEM-3] what waits for the archive is what is above the position, with its keys', async () => {
    const stores = await open();
    expect(await stores.systemLog.listPending(10)).toEqual([]);
    const ids = await say(stores, ['a', 'b', 'c']);
    const waiting = await stores.systemLog.listPending(2);
    expect(waiting.map(({ id, key }) => [id, key])).toEqual([
      [ids[0], 'a'],
      [ids[1], 'b'],
    ]);
    await stores.systemLog.confirm(ids[1] ?? '');
    expect((await stores.systemLog.listPending(10)).map(({ key }) => key)).toEqual(['c']);
  });

  test('[SYSTEM-4] the position goes forward only, and nothing is trimmed beyond it', async () => {
    const stores = await open({ systemLogBounds: { most: 100, keep: 2 } });
    const ids = await say(stores, ['a', 'b', 'c', 'd', 'e']);
    expect(await stores.systemLog.confirm(ids[1] ?? '')).toBe(0);
    expect(await said(stores)).toEqual(['c', 'd', 'e']);
    await stores.systemLog.confirm(ids[4] ?? '');
    await stores.systemLog.confirm(ids[2] ?? '');
    await stores.systemLog.confirm(null);
    expect(await said(stores)).toEqual(['d', 'e']);
    expect(await stores.systemLog.listPending(10)).toEqual([]);
  });

  test('[SYSTEM-4] after a loss of the data everything is new, and waits', async () => {
    const stores = await open();
    const before = await say(stores, ['a', 'b']);
    await stores.systemLog.confirm(before[1] ?? '');
    await stores.loseData();
    await stores.pass(2);
    await say(stores, ['c']);
    const waiting = await stores.systemLog.listPending(10);
    expect(waiting.map(({ key }) => key)).toEqual(['c']);
    expect(before).not.toContain(waiting[0]?.id);
  });
});
