import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { joined, joinRequest, joinWord, logOf, newId, openRoom, SETTINGS } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

async function membersOf(stores: Stores, roomId: string) {
  const list = await stores.members.list(roomId, { cursor: null, limit: 200 });
  return list?.members ?? [];
}

async function join(stores: Stores, request: Parameters<typeof joinRequest>) {
  return joinWord(await stores.members.join(joinRequest(...request)));
}

describe.each(STORE_DRIVERS)('MemberStore on $name: joining', (driver) => {
  const open = useStores(driver);

  test('[MEMBER-1] somebody new gets a place, is logged and announced', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { rev: 4 });
    const frames = await stores.watch(id);
    const request = joinRequest(id, { nickname: 'Zoë "Z"' });
    const outcome = await stores.members.join(request);
    const { userId, nickname } = request;
    const self = { userId, nickname, role: 'player', online: true, muted: false };
    expect(outcome).toMatchObject({ kind: 'joined', isNew: true, rev: 4, self });
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'joined',
      { userId, nickname, role: 'player' },
    ]);
    await expect
      .poll(() => frames.filter((frame) => frame.kind === 'presence'))
      .toMatchObject([
        { rev: 4, version: 1, memberCount: 1, hostState: 'away', delta: { joined: self } },
      ]);
  });

  test('[MEMBER-1] of 100 who come at once, as many get in as there are places', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 10 });
    const words = await Promise.all(Array.from({ length: 100 }, () => join(stores, [id])));
    expect(words.filter((word) => word === 'joined')).toHaveLength(10);
    expect(words.filter((word) => word === 'room_full')).toHaveLength(90);
    expect(await stores.rooms.get(id)).toMatchObject({ memberCount: 10, players: 10 });
    expect((await logOf(stores, id)).filter(([type]) => type === 'joined')).toHaveLength(10);
  });

  test('[MEMBER-1] nor more spectators: of players, spectators and members at once none too many', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 10 });
    const members = await Promise.all(Array.from({ length: 5 }, () => joined(stores, id)));
    const words = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const role = n % 2 ? 'spectator' : 'player';
        const userId = members[n % 20]?.userId ?? newId();
        return `${role} ${await join(stores, [id, { role, userId }])}`;
      }),
    );
    const count = (word: string) => words.filter((one) => one === word).length;
    expect(count('spectator joined')).toBe(10 + 10);
    expect(count('spectator room_full')).toBe(30);
    expect(count('player joined')).toBe(15 + 5);
    expect(count('player room_full')).toBe(30);
    expect(await stores.rooms.get(id)).toMatchObject({ memberCount: 20, players: 10 });
  });

  test('[MEMBER-1] spectators have places of their own, hosts need none', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 1 });
    expect(await join(stores, [id])).toBe('joined');
    expect(await join(stores, [id])).toBe('room_full');
    expect(await join(stores, [id, { role: 'spectator' }])).toBe('joined');
    expect(await join(stores, [id, { role: 'spectator' }])).toBe('room_full');
    expect(await join(stores, [id, { asHost: true }])).toBe('joined');
    expect(await join(stores, [id, { asHost: true }])).toBe('joined');
    expect(await stores.rooms.get(id)).toMatchObject({ memberCount: 4, players: 1 });
  });

  test('[MEMBER-1] one nickname is given once, as a reader compares it', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const words = await Promise.all(
      ['Ann', 'ann', 'ANN'].map((nickname) => join(stores, [id, { nickname }])),
    );
    expect(words.sort()).toEqual(['joined', 'nickname_taken', 'nickname_taken']);
    const other = await openRoom(stores);
    expect(await join(stores, [other.id, { nickname: 'Ann' }])).toBe('joined');
  });

  test('[MEMBER-1] nobody new enters a locked room or one that wants a passcode, hosts do', async () => {
    const stores = await open();
    const locked = await openRoom(stores, { locked: true });
    expect(await join(stores, [locked.id])).toBe('room_locked');
    expect(await join(stores, [locked.id, { asHost: true }])).toBe('joined');
    const secret = await openRoom(stores, { passcodeHash: 'h1' });
    expect(await join(stores, [secret.id])).toBe('passcode_required');
    expect(await join(stores, [secret.id, { passcodeHash: 'h2' }])).toBe('passcode_required');
    expect(await join(stores, [secret.id, { asHost: true }])).toBe('joined');
    expect(await join(stores, [secret.id, { passcodeHash: 'h1' }])).toBe('joined');
    // What was proven a moment ago is not enough once the passcode is another one.
    await stores.rooms.update(secret.id, { settings: SETTINGS, passcodeHash: 'h2' }, null);
    expect(await join(stores, [secret.id, { passcodeHash: 'h1' }])).toBe('passcode_required');
    expect(await join(stores, [secret.id, { passcodeHash: 'h2' }])).toBe('joined');
    await stores.rooms.update(secret.id, { settings: SETTINGS, passcodeHash: null }, null);
    expect(await join(stores, [secret.id])).toBe('joined');
    expect(JSON.stringify(await logOf(stores, secret.id))).not.toMatch(/h1|h2|passcodeHash/);
  });

  test('[MEMBER-1] who had a seat before the data was lost is not stopped at the door', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { locked: true, capacity: 1, passcodeHash: 'h1' });
    const returning = { isReturning: true };
    expect(await join(stores, [id, { ...returning, nickname: 'Ann' }])).toBe('joined');
    expect(await join(stores, [id, returning])).toBe('joined');
    expect(await join(stores, [id, { ...returning, nickname: 'ann' }])).toBe('nickname_taken');
  });

  test('[MEMBER-1] a member comes back to a locked and full room, with the old nickname', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 1 });
    const seat = await joined(stores, id, { nickname: 'Ann' });
    await stores.rooms.update(id, { locked: true, passcodeHash: 'h1' }, null);
    await stores.members.release(seat, 60_000);
    const { userId } = seat;
    const back = joinRequest(id, { userId, nickname: 'Bob', role: 'spectator' });
    expect(await stores.members.join(back)).toMatchObject({
      kind: 'joined',
      isNew: false,
      self: { userId, nickname: 'Ann', role: 'player', online: true },
    });
    expect((await logOf(stores, id)).filter(([type]) => type === 'joined')).toHaveLength(1);
  });

  test('[MEMBER-1] a second socket of a member changes nothing that others see', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const { userId } = await joined(stores, id);
    const before = await stores.rooms.get(id);
    await joined(stores, id, { userId });
    expect(await stores.rooms.get(id)).toMatchObject({
      memberCount: 1,
      presenceVersion: before?.presenceVersion,
    });
  });

  test('[MEMBER-1] a host is who the room names, or who has the key; a new one raises rev', async () => {
    const stores = await open();
    const owner = newId();
    const { id } = await openRoom(stores, { hostIds: [owner], rev: 1 });
    const frames = await stores.watch(id);
    const first = await stores.members.join(joinRequest(id, { userId: owner }));
    expect(first).toMatchObject({ self: { role: 'host' }, rev: 1 });
    const second = await joined(stores, id, { role: 'spectator' });
    const promoted = joinRequest(id, { userId: second.userId, asHost: true });
    expect(await stores.members.join(promoted)).toMatchObject({
      isNew: false,
      self: { role: 'host' },
      rev: 2,
    });
    expect(await stores.rooms.get(id)).toMatchObject({ hostIds: [owner, second.userId], rev: 2 });
    await expect
      .poll(() => frames.filter(({ kind }) => kind === 'updated'))
      .toMatchObject([{ rev: 2 }]);
    const told = frames.filter(({ kind }) => kind === 'presence').at(-1);
    expect(told).toMatchObject({ delta: { changed: { userId: second.userId, role: 'host' } } });
  });

  test('[MEMBER-1] a closed room lets nobody in, an absent one is told', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const { userId } = await joined(stores, id);
    await stores.rooms.close(id, 'closed', null);
    expect(await join(stores, [id])).toBe('room_closed');
    expect(await join(stores, [id, { userId }])).toBe('room_closed');
    expect(await join(stores, [newId()])).toBe('absent');
  });

  test('[MEMBER-1] a PIN lets in only while the room is open and has it', async () => {
    const stores = await open();
    const { id, pin } = await openRoom(stores, { pin: '4711' });
    expect(await join(stores, [id, { pin: '1174' }])).toBe('room_not_found');
    expect(await join(stores, [id, { pin }])).toBe('joined');
    await stores.rooms.close(id, 'closed', null);
    expect(await join(stores, [id, { pin }])).toBe('room_not_found');
  });
});

describe.each(STORE_DRIVERS)('MemberStore on $name: going', (driver) => {
  const open = useStores(driver);

  test('[MEMBER-2] the last seat that goes makes the member offline, and announces it once', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const first = await joined(stores, id);
    const second = await joined(stores, id, { userId: first.userId });
    const frames = await stores.watch(id);
    await stores.members.release(first, 60_000);
    expect(await membersOf(stores, id)).toMatchObject([{ online: true }]);
    await Promise.all([1, 2, 3].map(() => stores.members.release(second, 60_000)));
    expect(await membersOf(stores, id)).toMatchObject([{ online: false }]);
    await joined(stores, id, { userId: first.userId });
    await expect
      .poll(() => frames.filter(({ kind }) => kind === 'presence'))
      .toMatchObject([
        { version: 2, memberCount: 1, delta: { changed: { online: false } } },
        { version: 3, memberCount: 1, delta: { changed: { online: true } } },
      ]);
  });

  test('[MEMBER-2] without grace the last seat takes its member along, in one announcement', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 1, rev: 1 });
    const first = await joined(stores, id);
    const second = await joined(stores, id, { userId: first.userId });
    const frames = await stores.watch(id);
    await stores.members.release(first, 0);
    expect(await membersOf(stores, id)).toMatchObject([{ online: true }]);
    await Promise.all([1, 2, 3].map(() => stores.members.release(second, 0)));
    expect(await membersOf(stores, id)).toEqual([]);
    const { userId, nickname } = first;
    expect((await logOf(stores, id)).filter(([type]) => type === 'left')).toEqual([
      ['left', { userId, nickname }],
    ]);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 1, memberCount: 0, players: 0 });
    expect(await join(stores, [id, { nickname }])).toBe('joined');
    await expect
      .poll(() => frames.filter(({ kind }) => kind !== 'entry'))
      .toMatchObject([
        { kind: 'presence', version: 2, memberCount: 0, delta: { left: userId } },
        { kind: 'presence', version: 3, memberCount: 1 },
      ]);
  });

  test('[MEMBER-2] a host who leaves without grace begins the absence of the hosts', async () => {
    const stores = await open();
    const settings = { ...SETTINGS, hostGraceSeconds: 1 };
    const { id } = await openRoom(stores, { id: newId('a5'), settings });
    const host = await joined(stores, id, { asHost: true });
    await stores.pass(1_100);
    await stores.members.release(host, 0);
    expect((await stores.members.rights(id, []))?.hostState).toBe('away');
    expect(await stores.people.judgeHosts(['a5'], 10)).toEqual([]);
    await stores.pass(1_100);
    expect(await stores.people.judgeHosts(['a5'], 10)).toEqual([{ roomId: id, outcome: 'gone' }]);
    expect((await stores.members.rights(id, []))?.hostState).toBe('gone');
  });

  test('[MEMBER-2] a seat of somebody who is no member is given up without harm', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    await stores.members.release(joinRequest(id), 0);
    await stores.members.release(joinRequest(newId()), 0);
    expect(await stores.rooms.get(id)).toMatchObject({ presenceVersion: 0, memberCount: 0 });
  });

  test('[MEMBER-3] of many who remove a member one does: log, announcement, place', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { capacity: 1, rev: 1 });
    const { userId, nickname } = await joined(stores, id);
    await joined(stores, id, { userId });
    const frames = await stores.watch(id);
    const removed = await Promise.all([1, 2, 3, 4].map(() => stores.members.leave(id, userId)));
    expect(removed.filter(Boolean)).toHaveLength(1);
    expect(await membersOf(stores, id)).toEqual([]);
    expect((await logOf(stores, id)).filter(([type]) => type === 'left')).toEqual([
      ['left', { userId, nickname }],
    ]);
    await expect
      .poll(() => frames.filter(({ kind }) => kind === 'presence' || kind === 'removed'))
      .toEqual([
        expect.objectContaining({ kind: 'removed', rev: 2, userId, reason: 'left' }),
        expect.objectContaining({ kind: 'presence', memberCount: 0, delta: { left: userId } }),
      ]);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 2, players: 0 });
    expect(await join(stores, [id, { nickname }])).toBe('joined');
  });

  test('[MEMBER-3] who sits nowhere leaves without a change of rights', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { rev: 1 });
    const seat = await joined(stores, id);
    await stores.members.release(seat, 60_000);
    const frames = await stores.watch(id);
    expect(await stores.members.leave(id, seat.userId)).toBe(true);
    await expect.poll(() => frames.map(({ kind }) => kind)).toEqual(['entry', 'presence']);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 1, memberCount: 0 });
  });

  test('[MEMBER-3] who gives up the only seat by leaving changes nobody’s rights, another one does', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { rev: 1 });
    const alone = await joined(stores, id);
    const frames = await stores.watch(id);
    expect(await stores.members.leave(id, alone.userId, alone)).toBe(true);
    await expect.poll(() => frames.map(({ kind }) => kind)).toEqual(['entry', 'presence']);
    const twice = await joined(stores, id);
    await joined(stores, id, { userId: twice.userId });
    expect(await stores.members.leave(id, twice.userId, twice)).toBe(true);
    await expect.poll(() => frames.map(({ kind }) => kind)).toContain('removed');
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 2, memberCount: 0 });
    // The seats are gone from their life, too.
    await stores.members.release(twice, 0);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 2, memberCount: 0 });
  });

  test('[MEMBER-3] a seat that is given up after its member was removed changes nothing', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const seat = await joined(stores, id);
    await stores.members.leave(id, seat.userId);
    await stores.members.release(seat, 0);
    expect(await stores.members.leave(id, seat.userId)).toBe(false);
    expect(await stores.members.leave(newId(), seat.userId)).toBe(false);
    expect((await logOf(stores, id)).filter(([type]) => type === 'left')).toHaveLength(1);
  });

  test('[MEMBER-4] members come in order of joining, page by page', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const userIds: string[] = [];
    for (let n = 0; n < 7; n++) userIds.push((await joined(stores, id)).userId);
    await stores.members.leave(id, userIds[1] ?? '');
    const expected = userIds.filter((_, n) => n !== 1);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await stores.members.list(id, { cursor, limit: 4 });
      expect(page).toMatchObject({ memberCount: 6, presenceVersion: 8 });
      seen.push(...(page?.members ?? []).map((member) => member.userId));
      cursor = page?.nextCursor ?? null;
    } while (cursor !== null);
    expect(seen).toEqual(expected);
    expect(await stores.members.list(newId(), { cursor: null, limit: 4 })).toBeNull();
  });

  test('[MEMBER-5] rights are those of the members asked for, with room and hosts', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { rev: 3 });
    const host = await joined(stores, id, { asHost: true });
    const player = await joined(stores, id);
    const rights = await stores.members.rights(id, [player.userId, newId(), host.userId]);
    expect(rights?.members).toHaveLength(2);
    expect(rights?.members).toEqual(
      expect.arrayContaining([
        { userId: player.userId, nickname: player.nickname, role: 'player', muted: false },
        { userId: host.userId, nickname: host.nickname, role: 'host', muted: false },
      ]),
    );
    expect(rights).toMatchObject({ room: { id, rev: 4, memberCount: 2 }, hostState: 'present' });
    expect(await stores.members.rights(id, [])).toMatchObject({ members: [] });
    expect(await stores.members.rights(newId(), [])).toBeNull();
  });

  test('[MEMBER-5] hosts are away until somebody finds them gone, and back when one comes', async () => {
    const stores = await open();
    const settings = { ...SETTINGS, hostGraceSeconds: 1 };
    const { id } = await openRoom(stores, { id: newId('a5'), settings });
    const hostState = async () => (await stores.members.rights(id, []))?.hostState;
    expect(await hostState()).toBe('away');
    const host = await joined(stores, id, { asHost: true });
    await stores.pass(1_100);
    expect(await hostState()).toBe('present');
    await stores.members.release(host, 60_000);
    expect(await hostState()).toBe('away');
    await stores.pass(1_100);
    expect(await hostState()).toBe('away');
    await stores.people.judgeHosts(['a5'], 10);
    expect(await hostState()).toBe('gone');
    await joined(stores, id, { userId: host.userId });
    expect(await hostState()).toBe('present');
  });

  test('[MEMBER-6] who is not back when the grace ends leaves, exactly once', async () => {
    const stores = await open();
    const id = newId('a6');
    await openRoom(stores, { id });
    const gone = await joined(stores, id);
    const back = await joined(stores, id);
    await stores.members.release(gone, 400);
    await stores.members.release(back, 400);
    expect(await stores.members.removeAway(['a6'], 10)).toBe(0);
    await joined(stores, id, { userId: back.userId });
    await stores.pass(450);
    expect(await stores.members.removeAway(['a7'], 10)).toBe(0);
    const counts = await Promise.all([1, 2, 3].map(() => stores.members.removeAway(['a6'], 10)));
    expect(counts.sort()).toEqual([0, 0, 1]);
    expect(await membersOf(stores, id)).toMatchObject([{ userId: back.userId, online: true }]);
    const left = (await logOf(stores, id)).filter(([type]) => type === 'left');
    expect(left).toEqual([['left', { userId: gone.userId, nickname: gone.nickname }]]);
  });

  test('[MEMBER-6] no more are removed at a time than asked for', async () => {
    const stores = await open();
    const id = newId('b6');
    await openRoom(stores, { id });
    for (let n = 0; n < 5; n++) await stores.members.release(await joined(stores, id), 1);
    await stores.pass(5);
    expect(await stores.members.removeAway(['b7', 'b6'], 3)).toBe(3);
    expect(await stores.members.removeAway(['b6', 'b7'], 3)).toBe(2);
    expect(await stores.members.removeAway(['b6'], 3)).toBe(0);
    expect(await stores.members.removeAway([], 3)).toBe(0);
  });

  test('[MEMBER-7] the seats of an ended life are given up, those of a living one stay', async () => {
    const stores = await open();
    const id = newId('a7');
    await openRoom(stores, { id });
    await stores.leases.renew('life-a', 60_000);
    await stores.leases.renew('life-b', 300);
    const alive = await joined(stores, id, { life: 'life-a' });
    const dead = await joined(stores, id, { life: 'life-b' });
    const both = await joined(stores, id, { life: 'life-a' });
    await joined(stores, id, { life: 'life-b', userId: both.userId });
    expect(await stores.members.releaseDead(['a7'], 300)).toBe(0);
    await stores.pass(400);
    expect(await stores.members.releaseDead(['a8'], 300)).toBe(0);
    expect(await stores.members.releaseDead(['a8', 'a7'], 300)).toBe(2);
    expect(await stores.members.releaseDead(['a7'], 300)).toBe(0);
    const online = (await membersOf(stores, id)).map((member) => [member.userId, member.online]);
    expect(online).toEqual([
      [alive.userId, true],
      [dead.userId, false],
      [both.userId, true],
    ]);
    expect(await stores.members.removeAway(['a7'], 10)).toBe(0);
    await stores.pass(400);
    expect(await stores.members.removeAway(['a7'], 10)).toBe(1);
  });

  test('[MEMBER-7] a life that ended by itself needs no waiting', async () => {
    const stores = await open();
    const id = newId('b7');
    await openRoom(stores, { id });
    await stores.leases.renew('life-c', 60_000);
    await joined(stores, id, { life: 'life-c' });
    await stores.leases.end('life-c');
    expect(await stores.members.releaseDead(['b7'], 60_000)).toBe(1);
    expect(await membersOf(stores, id)).toMatchObject([{ online: false }]);
  });
});
