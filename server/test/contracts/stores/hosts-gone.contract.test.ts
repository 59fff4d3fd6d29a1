import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { joined, logOf, NEW_ROOM, newId, newRecord, openRoom, SETTINGS } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const TAG = 'c4';

async function roomOf(
  stores: Stores,
  onHostGone: 'keep' | 'transfer' | 'close',
  hostGraceSeconds = 1,
) {
  const hostId = newId();
  const settings = { ...SETTINGS, hostGraceSeconds, onHostGone };
  const { id } = await openRoom(stores, { id: newId(TAG), hostIds: [hostId], settings });
  return { id, hostId, judge: () => stores.people.judgeHosts([TAG], 10) };
}

/** A room whose host was there and has dropped. */
async function abandoned(
  stores: Stores,
  onHostGone: 'keep' | 'transfer' | 'close',
  hostGraceSeconds = 1,
) {
  const room = await roomOf(stores, onHostGone, hostGraceSeconds);
  const seat = await joined(stores, room.id, { userId: room.hostId });
  await stores.pass(5);
  return { ...room, drop: () => stores.members.release(seat, 60_000) };
}

async function hostState(stores: Stores, id: string) {
  return (await stores.members.rights(id, []))?.hostState;
}

describe.each(STORE_DRIVERS)('hosts who are gone, on $name', (driver) => {
  const open = useStores(driver);

  test('[PEOPLE-6] that the hosts are gone is announced once, when their time is up', async () => {
    const stores = await open();
    const { id, hostId, judge, drop } = await abandoned(stores, 'keep');
    await drop();
    const frames = await stores.watch(id);
    expect(await judge()).toEqual([]);
    await stores.pass(1_010);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'gone' }]);
    expect(await judge()).toEqual([]);
    await expect
      .poll(() => frames)
      .toMatchObject([{ kind: 'presence', hostState: 'gone', delta: {} }]);
    await joined(stores, id, { userId: hostId });
    expect(await hostState(stores, id)).toBe('present');
    await stores.pass(1_010);
    expect(await judge()).toEqual([]);
  });

  test('[PEOPLE-6] a host who comes back in time is never gone', async () => {
    const stores = await open();
    const { id, hostId, judge, drop } = await abandoned(stores, 'close');
    await drop();
    await stores.pass(500);
    await joined(stores, id, { userId: hostId });
    await stores.pass(600);
    expect(await judge()).toEqual([]);
    expect(await hostState(stores, id)).toBe('present');
  });

  test('[PEOPLE-6] nobody is gone before somebody looked', async () => {
    const stores = await open();
    const { id, hostId, judge, drop } = await abandoned(stores, 'close');
    await drop();
    const frames = await stores.watch(id);
    await stores.pass(1_010);
    await joined(stores, id);
    await expect.poll(() => frames.at(-1)).toMatchObject({ kind: 'presence', hostState: 'away' });
    expect(await hostState(stores, id)).toBe('away');
    await joined(stores, id, { userId: hostId });
    expect(await judge()).toEqual([]);
  });

  test('[PEOPLE-6] without a grace the rules hold at once', async () => {
    const stores = await open();
    for (const [action, outcome] of [
      ['keep', 'gone'],
      ['close', 'closed'],
    ] as const) {
      const { id, judge, drop } = await abandoned(stores, action, 0);
      await drop();
      expect(await judge()).toEqual([{ roomId: id, outcome }]);
      expect(await judge()).toEqual([]);
    }
  });

  test('[PEOPLE-6] the player who has been here longest inherits the room', async () => {
    const stores = await open();
    const { id, hostId, judge, drop } = await abandoned(stores, 'transfer');
    await joined(stores, id, { role: 'spectator' });
    const muted = await joined(stores, id);
    await stores.people.mute({ roomId: id, userId: muted.userId, muted: true, byUserId: hostId });
    await stores.members.release(await joined(stores, id), 60_000);
    const heir = await joined(stores, id);
    await joined(stores, id);
    await drop();
    await stores.pass(1_010);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'transferred' }]);
    expect(await judge()).toEqual([]);
    expect(await stores.rooms.get(id)).toMatchObject({ hostIds: [hostId, heir.userId] });
    expect(await hostState(stores, id)).toBe('present');
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'host',
      { userId: heir.userId, nickname: heir.nickname, action: 'inherit', by: null },
    ]);
  });

  test('[PEOPLE-6] where nobody is there, the first who comes inherits', async () => {
    const stores = await open();
    const { id, judge, drop } = await abandoned(stores, 'transfer');
    await drop();
    await stores.pass(1_010);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'gone' }]);
    expect(await judge()).toEqual([]);
    const { userId } = await joined(stores, id);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'transferred' }]);
    expect((await stores.rooms.get(id))?.hostIds).toContain(userId);
  });

  test('[PEOPLE-6] a room that is to close with its hosts closes, and tells why', async () => {
    const stores = await open();
    const { id, judge, drop } = await abandoned(stores, 'close');
    await joined(stores, id);
    await drop();
    await stores.pass(1_010);
    const frames = await stores.watch(id);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'closed' }]);
    expect(await judge()).toEqual([]);
    await expect.poll(() => frames.at(-1)).toMatchObject({ kind: 'closed', reason: 'closed' });
    expect(await stores.rooms.get(id)).toMatchObject({ closeReason: 'closed' });
    expect((await logOf(stores, id)).slice(-2)).toEqual([
      ['host-gone', { action: 'close' }],
      ['closed', { reason: 'closed', by: null }],
    ]);
  });

  test('[PEOPLE-6] a room to which no host ever came is announced as gone, and left as it is', async () => {
    const stores = await open();
    for (const action of ['close', 'transfer'] as const) {
      const { id, judge } = await roomOf(stores, action);
      const { userId } = await joined(stores, id);
      await stores.pass(1_010);
      expect(await judge()).toEqual([{ roomId: id, outcome: 'gone' }]);
      const room = await stores.rooms.get(id);
      expect(room?.closedAt).toBeNull();
      expect(room?.hostIds).not.toContain(userId);
    }
  });

  test('[PEOPLE-6] who lets the last host go, or changes the grace, sets the time anew', async () => {
    const stores = await open();
    const { id, judge, drop } = await abandoned(stores, 'keep');
    await drop();
    const settings = { ...SETTINGS, hostGraceSeconds: 0 };
    await stores.rooms.update(id, { settings }, null);
    expect(await judge()).toEqual([{ roomId: id, outcome: 'gone' }]);
    // Whatever else is changed then: it is told once.
    const { presenceVersion } = (await stores.rooms.get(id)) ?? {};
    await stores.rooms.update(id, { title: 'Alone' }, null);
    await judge();
    expect(await stores.rooms.get(id)).toMatchObject({ presenceVersion });
    expect(await stores.people.judgeHosts([], 10)).toEqual([]);
  });

  test('[PEOPLE-6] the hosts of a room that comes back have 15 seconds more to be there', async () => {
    const stores = await open();
    const settings = { ...SETTINGS, hostGraceSeconds: 0, onHostGone: 'close' as const };
    const record = newRecord(stores, { id: newId(TAG), hostIds: [newId()], settings });
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false });
    expect(await hostState(stores, record.id)).toBe('away');
    await joined(stores, record.id, { isReturning: true });
    await stores.pass(20);
    expect(await stores.people.judgeHosts([TAG], 10)).toEqual([]);
  });
});
