import { userChannel } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { appendMany, joined, NEW_ROOM, newId, openRoom } from './sample-rooms.js';
import { useStores } from './use-stores.js';

const LOOK = { members: 10, entries: 2 };

describe.each(STORE_DRIVERS)('RoomSnapshots on $name', (driver) => {
  const open = useStores(driver);

  test('[SNAPSHOT-1] all see the first members, the state and what was said last', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const first = await joined(stores, roomId);
    await joined(stores, roomId);
    const ids = await appendMany(stores, roomId, 5);
    const state = { roomId, userId: null, base: 0, json: '{"round":2}', patchJson: '{"round":2}' };
    await stores.states.write(state);
    const shown = await stores.snapshots.shared(roomId, { members: 1, entries: 2 });
    expect(shown?.list).toMatchObject({ memberCount: 2, members: [{ userId: first.userId }] });
    expect(shown?.state).toEqual({ version: 1, json: '{"round":2}' });
    expect(shown?.channel?.entries.map(({ id }) => id)).toEqual(ids.slice(-2));
    expect(shown?.channel?.lastId).toBe(ids[4]);
  });

  test('[SNAPSHOT-1] no entries are read where none are wanted', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    await appendMany(stores, roomId, 2);
    const shown = await stores.snapshots.shared(roomId, { members: 10, entries: 0 });
    expect(shown?.channel).toBeNull();
    expect(shown?.list.members).toEqual([]);
  });

  test('[SNAPSHOT-1] [SNAPSHOT-2] a room that is not there has nothing to show', async () => {
    const stores = await open();
    expect(await stores.snapshots.shared(newId(), LOOK)).toBeNull();
    expect(await stores.snapshots.own(newId(), newId(), { channels: [], entries: 2 })).toBeNull();
  });

  test('[SNAPSHOT-2] a member sees the room, its rights and the ends of its own channels', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const { userId, nickname } = await joined(stores, roomId);
    const ids = await appendMany(stores, roomId, 5, 'host');
    const channels = ['host', userChannel(userId)];
    const shown = await stores.snapshots.own(roomId, userId, { channels, entries: 2 });
    expect(shown?.room).toEqual(await stores.rooms.get(roomId));
    expect(shown?.hostState).toBe('away');
    expect(shown?.self).toEqual({ userId, nickname, role: 'player', muted: false });
    expect([...(shown?.channels.keys() ?? [])]).toEqual(channels);
    expect(shown?.channels.get('host')?.entries.map(({ id }) => id)).toEqual(ids.slice(-2));
    expect(shown?.channels.get('host')?.lastId).toBe(ids[4]);
    const own = shown?.channels.get(userChannel(userId));
    expect(own).toEqual({ entries: [], lastId: null, isCut: false });
  });

  test('[SNAPSHOT-2] who is no member has no rights', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const shown = await stores.snapshots.own(roomId, newId(), { channels: [], entries: 2 });
    expect(shown?.self).toBeNull();
  });

  test('[SNAPSHOT-1] [SNAPSHOT-2] a restored channel has the position of the archive', async () => {
    const stores = await open();
    const { id: roomId } = await openRoom(stores);
    const lastIds = new Map([
      ['room', '7-41'],
      ['host', '7-3'],
    ]);
    await stores.loseData();
    const record = await openRoom(stores);
    await stores.rooms.put(
      { ...record, id: roomId },
      { ...NEW_ROOM, epochFloor: 7, lastIds, isNew: false },
    );
    const nothing = { entries: [], isCut: false };
    const shared = await stores.snapshots.shared(roomId, LOOK);
    expect(shared?.channel).toEqual({ ...nothing, lastId: '7-41' });
    const own = await stores.snapshots.own(roomId, newId(), { channels: ['host'], entries: 2 });
    expect(own?.channels.get('host')).toEqual({ ...nothing, lastId: '7-3' });
    expect(await stores.feed.tops(roomId)).toEqual(lastIds);
  });
});
