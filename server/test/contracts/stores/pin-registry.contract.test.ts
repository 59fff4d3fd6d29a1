import { describe, expect, test } from 'vitest';
import type { PinReservation } from '../../../src/engine/room/pin-registry.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { newId } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

function reservation(
  roomId: string,
  candidates: PinReservation['candidates'],
  changes: Partial<PinReservation> = {},
): PinReservation {
  return { roomId, candidates, density: 0.5, reserveMs: 30_000, ...changes };
}

/** Reserves and confirms one PIN. */
async function take(stores: Stores, pin: string, lifeMs = 60_000): Promise<string> {
  const roomId = newId();
  expect(await stores.pins.reserve(reservation(roomId, [[pin]]))).toBe(pin);
  expect(await stores.pins.confirm(pin, roomId, stores.now() + lifeMs)).toBe(true);
  return roomId;
}

describe.each(STORE_DRIVERS)('PinRegistry on $name', (driver) => {
  const open = useStores(driver);

  test('[PIN-1] the first free candidate of the shortest length is given out', async () => {
    const stores = await open();
    const candidates = [
      ['1111', '2222', '3333'],
      ['11111', '22222'],
    ];
    const next = () => stores.pins.reserve(reservation(newId(), candidates));
    expect(await next()).toBe('1111');
    expect(await next()).toBe('2222');
  });

  test('[PIN-1] of 50 who want the same candidates at once no two get one PIN', async () => {
    const stores = await open();
    const candidates = [Array.from({ length: 30 }, (_, n) => String(1_000 + n))];
    const pins = await Promise.all(
      Array.from({ length: 50 }, () => stores.pins.reserve(reservation(newId(), candidates))),
    );
    const given = pins.filter((pin) => pin !== null);
    expect(new Set(given).size).toBe(30);
    expect(given).toHaveLength(30);
  });

  test('[PIN-1] a length that is dense gives way to the next one', async () => {
    const stores = await open();
    // 9,000 PINs of four digits: the share of two.
    const density = 2 / 9_000;
    const next = (short: string, long: string) =>
      stores.pins.reserve(reservation(newId(), [[short], [long]], { density }));
    expect(await next('1001', '10001')).toBe('1001');
    expect(await next('1002', '10002')).toBe('1002');
    expect(await next('1003', '10003')).toBe('10003');
  });

  test('[PIN-1] what runs out no longer counts, and its length is used again', async () => {
    const stores = await open();
    const density = 1 / 9_000;
    const short = reservation(newId(), [['1001'], ['10001']], { density, reserveMs: 300 });
    expect(await stores.pins.reserve(short)).toBe('1001');
    const next = reservation(newId(), [['1002'], ['10002']], { density });
    await stores.pass(350);
    expect(await stores.pins.reserve(next)).toBe('1002');
  });

  test('[PIN-1] the longest length has no bound but its candidates', async () => {
    const stores = await open();
    const next = () =>
      stores.pins.reserve(reservation(newId(), [['1001', '1002']], { density: 0 }));
    expect(await next()).toBe('1001');
    expect(await next()).toBe('1002');
    expect(await next()).toBeNull();
  });

  test('[PIN-1] a reservation that nobody confirms runs out', async () => {
    const stores = await open();
    const first = reservation(newId(), [['1001']], { reserveMs: 300 });
    expect(await stores.pins.reserve(first)).toBe('1001');
    expect(await stores.pins.reserve(reservation(newId(), [['1001']]))).toBeNull();
    await stores.pass(350);
    expect(await stores.pins.reserve(reservation(newId(), [['1001']]))).toBe('1001');
  });

  test('[PIN-2] a confirmed PIN leads to its room; confirming again is no harm', async () => {
    const stores = await open();
    const roomId = await take(stores, '1001');
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId });
    expect(await stores.pins.confirm('1001', roomId, stores.now() + 60_000)).toBe(true);
  });

  test('[PIN-2] a lost reservation is not confirmed, whoever has the PIN now', async () => {
    const stores = await open();
    const [late, next] = [newId(), newId()];
    await stores.pins.reserve(reservation(late, [['1001']], { reserveMs: 300 }));
    await stores.pass(350);
    expect(await stores.pins.confirm('1001', late, stores.now() + 60_000)).toBe(false);
    await stores.pins.reserve(reservation(next, [['1001']]));
    expect(await stores.pins.confirm('1001', late, stores.now() + 60_000)).toBe(false);
    expect(await stores.pins.confirm('1001', next, stores.now() + 60_000)).toBe(true);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId: next });
  });

  test('[PIN-2] a PIN in use is free again when its time is over', async () => {
    const stores = await open();
    await stores.pins.markComplete();
    await take(stores, '1001', 300);
    await stores.pass(350);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'none' });
    await take(stores, '1001');
  });

  test('[PIN-3] a released PIN rests, then is given out again', async () => {
    const stores = await open();
    await stores.pins.markComplete();
    const roomId = await take(stores, '1001');
    expect(await stores.pins.release('1001', roomId, 400)).toBe(true);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'none' });
    expect(await stores.pins.reserve(reservation(newId(), [['1001']]))).toBeNull();
    expect(await stores.pins.confirm('1001', roomId, stores.now() + 60_000)).toBe(false);
    await stores.pass(450);
    await take(stores, '1001');
  });

  test('[PIN-3] a late or repeated release never touches the successor', async () => {
    const stores = await open();
    const first = await take(stores, '1001');
    expect(await stores.pins.release('1001', first, 0)).toBe(true);
    expect(await stores.pins.release('1001', first, 60_000)).toBe(false);
    const next = await take(stores, '1001');
    expect(await stores.pins.release('1001', first, 60_000)).toBe(false);
    expect(await stores.pins.release('1001', newId(), 0)).toBe(false);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId: next });
  });

  test('[PIN-3] of many releases at once one counts', async () => {
    const stores = await open();
    const roomId = await take(stores, '1001');
    const released = await Promise.all(
      [1, 2, 3, 4].map(() => stores.pins.release('1001', roomId, 60_000)),
    );
    expect(released.filter(Boolean)).toHaveLength(1);
  });

  test('[PIN-3] a PIN that rests counts as taken for the density', async () => {
    const stores = await open();
    const density = 1 / 9_000;
    const roomId = newId();
    await stores.pins.reserve(reservation(roomId, [['1001'], ['10001']], { density }));
    await stores.pins.release('1001', roomId, 60_000);
    const next = reservation(newId(), [['1002'], ['10002']], { density });
    expect(await stores.pins.reserve(next)).toBe('10002');
  });

  test('[PIN-4] a PIN that is not there is unknown until the index is complete, then none', async () => {
    const stores = await open();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'unknown' });
    const roomId = await take(stores, '1002');
    expect(await stores.pins.lookup('1002')).toEqual({ kind: 'room', roomId });
    await stores.pins.markComplete();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'none' });
    await stores.pins.reserve(reservation(newId(), [['1003']]));
    expect(await stores.pins.lookup('1003')).toEqual({ kind: 'none' });
  });

  test('[PIN-5] the index is complete until the data is lost', async () => {
    const stores = await open();
    expect(await stores.pins.completeSince()).toBeNull();
    const before = stores.now();
    await stores.pins.markComplete();
    const since = await stores.pins.completeSince();
    expect(Math.abs((since ?? 0) - before)).toBeLessThan(2_000);
    await stores.loseData();
    expect(await stores.pins.completeSince()).toBeNull();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'unknown' });
  });

  test('[PIN-6] one at a time may rebuild, and not for ever', async () => {
    const stores = await open();
    const locks = await Promise.all([1, 2, 3].map(() => stores.pins.lockRebuild(300)));
    expect(locks.filter(Boolean)).toHaveLength(1);
    await stores.pass(350);
    expect(await stores.pins.lockRebuild(300)).not.toBeNull();
  });

  test('[PIN-6] who gives the right back lets the next one rebuild at once, whether it worked or not', async () => {
    const stores = await open();
    const rebuild = async (fault?: Error) => {
      await using lease = await stores.pins.lockRebuild(60_000);
      expect(lease).not.toBeNull();
      expect(await stores.pins.lockRebuild(60_000)).toBeNull();
      if (fault) throw fault;
      await stores.pins.markComplete();
    };
    await expect(rebuild(new Error('the archive is away'))).rejects.toThrow('the archive is away');
    await rebuild();
    expect(await stores.pins.lockRebuild(60_000)).not.toBeNull();
  });

  test('[PIN-6] a right that has run out is not taken from its successor', async () => {
    const stores = await open();
    const late = await stores.pins.lockRebuild(300);
    await stores.pass(350);
    const next = await stores.pins.lockRebuild(60_000);
    expect(next).not.toBeNull();
    await late?.[Symbol.asyncDispose]();
    expect(await stores.pins.lockRebuild(60_000)).toBeNull();
    await next?.[Symbol.asyncDispose]();
    expect(await stores.pins.lockRebuild(60_000)).not.toBeNull();
  });

  test('[PIN-7] what is filled in is found, rests and runs out', async () => {
    const stores = await open();
    const roomId = newId();
    const until = stores.now() + 400;
    await stores.pins.fill([
      { pin: '1001', roomId, until },
      { pin: '1002', roomId: null, until },
      { pin: '1003', roomId: newId(), until: stores.now() - 5_000 },
    ]);
    await stores.pins.fill([]);
    await stores.pins.markComplete();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId });
    expect(await stores.pins.lookup('1002')).toEqual({ kind: 'none' });
    const free = reservation(newId(), [['1001', '1002', '1003']]);
    expect(await stores.pins.reserve(free)).toBe('1003');
    await stores.pass(450);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'none' });
    expect(await stores.pins.reserve(reservation(newId(), [['1002']]))).toBe('1002');
  });

  test('[PIN-7] filling in never changes a PIN that is there', async () => {
    const stores = await open();
    const roomId = await take(stores, '1001');
    const resting = await take(stores, '1002');
    await stores.pins.release('1002', resting, 60_000);
    const until = stores.now() + 60_000;
    await stores.pins.fill([
      { pin: '1001', roomId: newId(), until },
      { pin: '1002', roomId: resting, until },
    ]);
    await stores.pins.markComplete();
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId });
    expect(await stores.pins.lookup('1002')).toEqual({ kind: 'none' });
  });

  test('[PIN-7] a reservation gives way to the room that the PIN belongs to', async () => {
    const stores = await open();
    const [owner, other] = [newId(), newId()];
    const until = stores.now() + 60_000;
    for (const pin of ['1001', '1002']) {
      expect(await stores.pins.reserve(reservation(other, [[pin]], { reserveMs: 200 }))).toBe(pin);
    }
    await stores.pins.fill([
      { pin: '1001', roomId: owner, until },
      { pin: '1002', roomId: null, until },
    ]);
    await stores.pins.markComplete();
    expect(await stores.pins.confirm('1001', other, until)).toBe(false);
    expect(await stores.pins.release('1002', other, 0)).toBe(false);
    await stores.pass(250);
    expect(await stores.pins.lookup('1001')).toEqual({ kind: 'room', roomId: owner });
    expect(await stores.pins.reserve(reservation(newId(), [['1001', '1002']]))).toBeNull();
  });

  test('[PIN-7] what is filled in counts for the density', async () => {
    const stores = await open();
    const until = stores.now() + 60_000;
    await stores.pins.fill([{ pin: '1001', roomId: newId(), until }]);
    const next = reservation(newId(), [['1002'], ['10002']], { density: 1 / 9_000 });
    expect(await stores.pins.reserve(next)).toBe('10002');
  });

  test('[PIN-8] completeness can be said again, and stays', async () => {
    const stores = await open();
    await stores.pins.markComplete();
    await stores.pins.markComplete();
    expect(await stores.pins.completeSince()).not.toBeNull();
  });
});
