import { parseEntryId } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import {
  appended,
  appendRequest,
  joined,
  joinRequest,
  joinWord,
  logOf,
  NEW_ROOM,
  newId,
  newRecord,
  openRoom,
  SETTINGS,
} from './sample-rooms.js';
import { useStores } from './use-stores.js';

describe.each(STORE_DRIVERS)('RoomStore on $name', (driver) => {
  const open = useStores(driver);

  test('[ROOM-1] a room is written while it is absent, and never over one that is here', async () => {
    const stores = await open();
    const record = newRecord(stores, { title: 'first' });
    const outcomes = await Promise.all(
      ['first', 'second', 'third'].map((title) => stores.rooms.put({ ...record, title }, NEW_ROOM)),
    );
    expect(outcomes).toEqual([true, false, false]);
    expect(await stores.rooms.get(record.id)).toMatchObject({ id: record.id, title: 'first' });
    expect(await logOf(stores, record.id)).toEqual([['created', {}]]);
  });

  test('[ROOM-1] a restored room has no second `created`, and its ids are above the floor', async () => {
    const stores = await open();
    const record = newRecord(stores);
    const epochFloor = stores.now() + 1_000_000;
    const lastIds = new Map([
      ['room', `${epochFloor}-41`],
      ['log', `${epochFloor}-3`],
    ]);
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, epochFloor, lastIds });
    expect(await logOf(stores, record.id)).toEqual([]);
    const id = await appended(stores, record.id);
    expect(parseEntryId(id)).toEqual({ epoch: epochFloor + 1, seq: 0 });
  });

  test('[ROOM-1] lost data: the next entry has a higher epoch and names its predecessor', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    const first = await appended(stores, record.id);
    const lastIds = await stores.feed.tops(record.id);
    const epoch = parseEntryId(first)?.epoch ?? 0;
    await stores.loseData();
    expect(await stores.feed.append(appendRequest(record.id))).toEqual({ kind: 'absent' });
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, epochFloor: epoch, lastIds });
    const next = await appended(stores, record.id);
    const second = await appended(stores, record.id);
    expect(parseEntryId(next)?.epoch).toBeGreaterThan(epoch);
    const { entries } = await stores.feed.read({
      roomId: record.id,
      channel: 'room',
      after: null,
      before: null,
      limit: 10,
      take: 'oldest',
    });
    expect(entries.map(({ id, after }) => [id, after])).toEqual([
      [next, first],
      [second, undefined],
    ]);
  });

  test('[ROOM-1] a restored room has a presence version above those it had before', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    for (let n = 0; n < 3; n++) await joined(stores, record.id);
    const before = (await stores.rooms.get(record.id))?.presenceVersion ?? 0;
    await stores.loseData();
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false });
    await joined(stores, record.id);
    const after = (await stores.rooms.get(record.id))?.presenceVersion ?? 0;
    expect(after).toBeGreaterThan(before);
  });

  test('[ROOM-1] a restored room has a rev above those it had after it was archived', async () => {
    const stores = await open();
    const record = await openRoom(stores, { rev: 1 });
    for (let n = 0; n < 3; n++) await stores.rooms.update(record.id, { title: `t${n}` }, null);
    await stores.loseData();
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false });
    const restored = (await stores.rooms.get(record.id))?.rev ?? 0;
    expect(restored).toBeGreaterThanOrEqual(Math.floor(record.createdAt / 1_000));
    const late = newRecord(stores, { rev: restored + 5 });
    await stores.rooms.put(late, { ...NEW_ROOM, isNew: false });
    expect(await stores.rooms.get(late.id)).toMatchObject({ rev: restored + 1_005 });
  });

  test('[ROOM-1] a closed record is kept for its time only, and takes no entries', async () => {
    const stores = await open();
    const closed = { closedAt: stores.now(), closeReason: 'closed' } as const;
    const record = newRecord(stores, closed);
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, closedTtlMs: 400 });
    expect(await stores.rooms.get(record.id)).toMatchObject(closed);
    expect(await stores.feed.append(appendRequest(record.id))).toMatchObject({
      code: 'room_closed',
    });
    await stores.pass(500);
    expect(await stores.rooms.get(record.id)).toBeNull();
  });

  test('[ROOM-1] a restored room still bans whom it had banned, and nobody else', async () => {
    const stores = await open();
    const record = newRecord(stores);
    const [first, second] = [newId(), newId()];
    const network = '203.0.113.7';
    const bans = [
      { userId: first, network },
      { userId: second, network: null },
    ];
    const lastIds = new Map([['room', '7-41']]);
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, lastIds, bans });
    for (const request of [{ userId: first }, { userId: second }, { network }]) {
      const outcome = await stores.members.join(joinRequest(record.id, request));
      expect(joinWord(outcome)).toBe('banned');
    }
    await joined(stores, record.id);
    expect((await stores.feed.tops(record.id)).get('room')).toBe('7-41');
    const other = newRecord(stores);
    await stores.rooms.put(other, { ...NEW_ROOM, isNew: false });
    await joined(stores, other.id, { userId: first, network });
  });

  test('[ROOM-2] a room comes back as it was put, with what is live about it', async () => {
    const stores = await open();
    const host = newId();
    const settings = { ...SETTINGS, typesByRole: { player: [], host: ['a', 'b'] } };
    const record = newRecord(stores, {
      title: 'Ünïcode "quoted" \\ 🎉',
      hostIds: [host],
      locked: false,
      capacity: 7,
      settings,
      rev: 9,
    });
    await stores.rooms.put(record, NEW_ROOM);
    await joined(stores, record.id, { userId: host });
    await joined(stores, record.id);
    await joined(stores, record.id, { role: 'spectator' });
    const room = await stores.rooms.get(record.id);
    expect(room).toMatchObject({ ...record, memberCount: 3, players: 1, presenceVersion: 3 });
    expect(room?.activeAt).toBeGreaterThanOrEqual(record.createdAt);
  });

  test('[ROOM-2] an unknown room is null', async () => {
    const stores = await open();
    expect(await stores.rooms.get(newId())).toBeNull();
  });

  test('[ROOM-3] a change raises rev, is logged with what changed, and is announced', async () => {
    const stores = await open();
    const record = await openRoom(stores, { rev: 1 });
    const frames = await stores.watch(record.id);
    const by = newId();
    const room = await stores.rooms.update(record.id, { title: 'new', locked: true }, by);
    expect(room).toMatchObject({ title: 'new', locked: true, capacity: 100, rev: 2 });
    expect(await stores.rooms.get(record.id)).toMatchObject({ title: 'new', rev: 2 });
    expect((await logOf(stores, record.id)).at(-1)).toEqual([
      'updated',
      { title: 'new', locked: true, by },
    ]);
    await expect
      .poll(() => frames.map((frame) => [frame.kind, frame.rev]))
      .toEqual(expect.arrayContaining([['updated', 2]]));
  });

  test('[ROOM-3] settings are replaced as a whole, empty lists and all', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    const settings = { ...SETTINGS, typesByRole: { player: [] }, slowModeSeconds: 1.5 };
    const changed = await stores.rooms.update(record.id, { settings, capacity: 3 }, null);
    expect(changed).toMatchObject({ capacity: 3 });
    expect(changed?.settings).toEqual(settings);
    expect((await logOf(stores, record.id)).at(-1)).toEqual([
      'updated',
      { capacity: 3, settings, by: null },
    ]);
  });

  test('[ROOM-3] of changes at the same time each one counts', async () => {
    const stores = await open();
    const record = await openRoom(stores, { rev: 1 });
    const changes = Array.from({ length: 20 }, (_, n) => ({ title: `title ${n}` }));
    const rooms = await Promise.all(
      changes.map((change) => stores.rooms.update(record.id, change, null)),
    );
    expect(rooms.map((room) => room?.rev).sort((a = 0, b = 0) => a - b)).toEqual(
      changes.map((_, n) => n + 2),
    );
  });

  test('[ROOM-3] a change that was read at another revision is a `conflict`', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    const { rev } = (await stores.rooms.get(record.id)) ?? { rev: 0 };
    await expect(
      stores.rooms.update(record.id, { title: 'late', ifRev: rev - 1 }, null),
    ).rejects.toMatchObject({ code: 'conflict' });
    await stores.rooms.update(record.id, { title: 'in time', ifRev: rev }, null);
    expect(await stores.rooms.get(record.id)).toMatchObject({ title: 'in time', rev: rev + 1 });
  });

  test('[ROOM-3] an absent room is null, a closed one `room_closed`', async () => {
    const stores = await open();
    expect(await stores.rooms.update(newId(), { title: 'x' }, null)).toBeNull();
    const record = await openRoom(stores);
    await stores.rooms.close(record.id, 'closed', null);
    await expect(stores.rooms.update(record.id, { title: 'x' }, null)).rejects.toMatchObject({
      code: 'room_closed',
    });
  });

  test('[ROOM-4] closing happens once: log, announcement, and nothing is appended any more', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    const frames = await stores.watch(record.id);
    const by = newId();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => stores.rooms.close(record.id, 'closed', by)),
    );
    expect(outcomes.sort()).toEqual(['already', 'already', 'already', 'already', 'closed']);
    const room = await stores.rooms.get(record.id);
    expect(room).toMatchObject({ closeReason: 'closed' });
    expect(room?.closedAt).toBeGreaterThanOrEqual(record.createdAt);
    expect(await stores.feed.append(appendRequest(record.id))).toMatchObject({
      code: 'room_closed',
    });
    expect(await logOf(stores, record.id)).toEqual([
      ['created', {}],
      ['closed', { reason: 'closed', by }],
    ]);
    await expect
      .poll(() => frames.filter((frame) => frame.kind === 'closed'))
      .toMatchObject([{ reason: 'closed' }]);
  });

  test('[ROOM-4] an absent room cannot be closed', async () => {
    const stores = await open();
    expect(await stores.rooms.close(newId(), 'closed', null)).toBe('absent');
  });

  test('[ROOM-5] a room is due when its time has come, in its own tag only', async () => {
    const stores = await open();
    const soon = await openRoom(stores, { id: newId('a1'), ttlMs: 300 });
    await openRoom(stores, { id: newId('a1') });
    const other = await openRoom(stores, { id: newId('b2'), ttlMs: 1 });
    expect(await stores.rooms.listDue(['a1'], 10)).toEqual([]);
    await stores.pass(350);
    expect(await stores.rooms.listDue(['a1'], 10)).toEqual([soon.id]);
    expect(await stores.rooms.listDue(['a1', 'b2'], 10)).toEqual([other.id, soon.id]);
    expect(await stores.rooms.listDue(['a1', 'b2'], 1)).toEqual([other.id]);
    expect(await stores.rooms.listDue([], 10)).toEqual([]);
  });

  test('[ROOM-5] a room that still closes is due, behind those that nobody looked at', async () => {
    const stores = await open();
    const rooms = await Promise.all([1, 2, 3].map(() => openRoom(stores, { id: newId('c3') })));
    for (const { id } of rooms) await stores.rooms.close(id, 'closed', null);
    const ids = rooms.map((room) => room.id).sort();
    await expect.poll(async () => (await stores.rooms.listDue(['c3'], 10)).sort()).toEqual(ids);
    const [first] = await stores.rooms.listDue(['c3'], 1);
    await stores.pass(5);
    expect(await stores.rooms.expire(first ?? '')).toBe('closing');
    const others = await stores.rooms.listDue(['c3'], 2);
    expect(others.sort()).toEqual(ids.filter((id) => id !== first));
  });

  test('[ROOM-6] a quiet room expires once, as closing does', async () => {
    const stores = await open();
    const record = await openRoom(stores, { ttlMs: 200 });
    const frames = await stores.watch(record.id);
    await stores.pass(250);
    const outcomes = await Promise.all([1, 2, 3].map(() => stores.rooms.expire(record.id)));
    expect(outcomes.sort()).toEqual(['closing', 'closing', 'expired']);
    expect(await stores.rooms.get(record.id)).toMatchObject({ closeReason: 'expired' });
    expect((await logOf(stores, record.id)).at(-1)).toEqual([
      'closed',
      { reason: 'expired', by: null },
    ]);
    await expect
      .poll(() => frames.filter((frame) => frame.kind === 'closed'))
      .toMatchObject([{ reason: 'expired' }]);
  });

  test('[ROOM-6] activity puts the end off, but not beyond the longest life', async () => {
    const stores = await open();
    const id = newId('d4');
    await openRoom(stores, { id, ttlMs: 600, maxUntil: stores.now() + 1_000 });
    await stores.pass(400);
    await appended(stores, id);
    await stores.pass(300);
    expect(await stores.rooms.listDue(['d4'], 10)).toEqual([id]);
    expect(await stores.rooms.expire(id)).toBe('later');
    expect(await stores.rooms.listDue(['d4'], 10)).toEqual([]);
    await appended(stores, id);
    await stores.pass(350);
    expect(await stores.rooms.listDue(['d4'], 10)).toEqual([id]);
    expect(await stores.rooms.expire(id)).toBe('expired');
  });

  test('[ROOM-6] an absent room is told as absent', async () => {
    const stores = await open();
    expect(await stores.rooms.expire(newId())).toBe('absent');
  });

  test('[ROOM-7] a retired room is due no more and runs out', async () => {
    const stores = await open();
    const id = newId('e5');
    await openRoom(stores, { id });
    await joined(stores, id);
    await appended(stores, id);
    await stores.rooms.close(id, 'closed', null);
    await stores.rooms.retire(id, 400);
    expect(await stores.rooms.listDue(['e5'], 10)).toEqual([]);
    expect(await stores.rooms.get(id)).toMatchObject({ closeReason: 'closed' });
    await stores.pass(450);
    expect(await stores.rooms.get(id)).toBeNull();
    expect(await stores.feed.tops(id)).toEqual(new Map());
    expect(await stores.members.list(id, { cursor: null, limit: 10 })).toBeNull();
  });

  test('[ROOM-7] no life holds a seat in a retired room', async () => {
    const stores = await open();
    const id = newId('e6');
    await openRoom(stores, { id });
    await stores.leases.renew('life-a', 60_000);
    const { userId } = await joined(stores, id, { life: 'life-a' });
    await joined(stores, id, { life: 'life-a', userId });
    const seat = await joined(stores, id, { life: 'life-a' });
    await stores.rooms.close(id, 'closed', null);
    await stores.rooms.retire(id, 60_000);
    await stores.members.release(seat, 60_000);
    await stores.leases.end('life-a');
    expect(await stores.members.releaseDead(['e6'], 60_000)).toBe(0);
  });
});
