import { describe, expect, test } from 'vitest';
import type { JoinRequest, KickRequest } from '../../../src/engine/room/member-store.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { joined, joinRequest, joinWord, logOf, newId, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

function kickRequest(roomId: string, changes: Partial<KickRequest> = {}): KickRequest {
  return { roomId, userId: newId(), ban: false, network: null, byUserId: null, ...changes };
}

async function comeBack(stores: Stores, roomId: string, userId: string): Promise<string> {
  return joinWord(await stores.members.join(joinRequest(roomId, { userId })));
}

const DONE = { kind: 'kicked', wasHost: false };

describe.each(STORE_DRIVERS)('MemberStore on $name: kicking', (driver) => {
  const open = useStores(driver);

  test('[MEMBER-10] of many who kick a member one does; why is told before what comes with it', async () => {
    const stores = await open();
    const byUserId = newId();
    const { id } = await openRoom(stores, { capacity: 1, rev: 1, hostIds: [byUserId] });
    const { userId, nickname } = await joined(stores, id);
    await joined(stores, id, { userId });
    const frames = await stores.watch(id);
    const request = kickRequest(id, { userId, byUserId });
    const outcomes = await Promise.all([1, 2, 3].map(() => stores.members.kick(request)));
    expect(outcomes.filter(({ kind }) => kind === 'kicked')).toEqual([DONE]);
    expect(outcomes).toContainEqual({ kind: 'refused', code: 'not_found' });
    await expect
      .poll(() => frames)
      .toMatchObject([
        { kind: 'removed', rev: 2, userId, reason: 'kicked' },
        { kind: 'entry', rev: 2, channel: 'log' },
        { kind: 'presence', rev: 2, memberCount: 0, delta: { left: userId } },
      ]);
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'kicked',
      { userId, nickname, by: byUserId },
    ]);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 2, memberCount: 0, players: 0 });
    expect(joinWord(await stores.members.join(joinRequest(id, { nickname })))).toBe('joined');
  });

  test('[MEMBER-10] who is kicked may come back, who is banned may not, with no right at all', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const { userId } = await joined(stores, id);
    expect(await stores.members.kick(kickRequest(id, { userId }))).toEqual(DONE);
    expect(await comeBack(stores, id, userId)).toBe('joined');
    const frames = await stores.watch(id);
    expect(await stores.members.kick(kickRequest(id, { userId, ban: true }))).toEqual(DONE);
    expect(await comeBack(stores, id, userId)).toBe('banned');
    for (const right of [{ asHost: true }, { isReturning: true }]) {
      const outcome = await stores.members.join(joinRequest(id, { userId, ...right }));
      expect(joinWord(outcome)).toBe('banned');
    }
    await expect.poll(() => frames[0]).toMatchObject({ kind: 'removed', userId, reason: 'banned' });
    expect((await logOf(stores, id)).at(-1)?.[0]).toBe('banned');
    expect(await comeBack(stores, id, newId())).toBe('joined');
    expect(await comeBack(stores, (await openRoom(stores)).id, userId)).toBe('joined');
  });

  test('[MEMBER-10] a ban needs no member, is logged once, and changes nobody’s rights', async () => {
    const stores = await open();
    const [userId, byUserId] = [newId(), newId()];
    const { id } = await openRoom(stores, { rev: 1, hostIds: [byUserId] });
    const request = kickRequest(id, { userId, byUserId, ban: true });
    for (let n = 0; n < 2; n++) expect(await stores.members.kick(request)).toEqual(DONE);
    expect(await comeBack(stores, id, userId)).toBe('banned');
    expect((await logOf(stores, id)).slice(1)).toEqual([
      ['banned', { userId, nickname: null, by: byUserId }],
    ]);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 1, presenceVersion: 0 });
  });

  test('[MEMBER-10] a host is one no more, whether there or not, and comes back as a player', async () => {
    const stores = await open();
    const [first, away, last] = [newId(), newId(), newId()];
    const { id } = await openRoom(stores, { hostIds: [first, away, last], rev: 1 });
    const frames = await stores.watch(id);
    await joined(stores, id, { userId: first });
    const kicked = await stores.members.kick(kickRequest(id, { userId: first }));
    expect(kicked).toEqual({ kind: 'kicked', wasHost: true });
    expect(await stores.rooms.get(id)).toMatchObject({ hostIds: [away, last], rev: 2 });
    expect((await stores.members.rights(id, []))?.hostState).toBe('away');
    const back = await stores.members.join(joinRequest(id, { userId: first }));
    expect(back).toMatchObject({ kind: 'joined', self: { role: 'player' } });
    const notHere = kickRequest(id, { userId: away });
    expect(await stores.members.kick(notHere)).toEqual({ kind: 'refused', code: 'not_found' });
    const banned = await stores.members.kick({ ...notHere, ban: true });
    expect(banned).toEqual({ kind: 'kicked', wasHost: true });
    expect(await stores.rooms.get(id)).toMatchObject({ hostIds: [last], rev: 3 });
    await expect
      .poll(() => frames.filter(({ kind }) => kind === 'removed'))
      .toMatchObject([
        { rev: 2, userId: first, reason: 'kicked' },
        { rev: 3, userId: away, reason: 'banned' },
      ]);
  });

  test('[MEMBER-10] who is away is removed, too: no grace is left and no seat comes back', async () => {
    const stores = await open();
    const id = newId('a9');
    await openRoom(stores, { id, rev: 1 });
    await stores.leases.renew('life-1', 60_000);
    const seat = await joined(stores, id);
    await stores.members.release(seat, 1);
    expect(await stores.members.kick(kickRequest(id, { userId: seat.userId }))).toEqual(DONE);
    await stores.pass(5);
    expect(await stores.members.removeAway(['a9'], 10)).toBe(0);
    const seated = await joined(stores, id);
    await stores.members.kick(kickRequest(id, { userId: seated.userId }));
    await stores.leases.end('life-1');
    expect(await stores.members.releaseDead(['a9'], 60_000)).toBe(0);
    expect(await stores.rooms.get(id)).toMatchObject({ rev: 3, memberCount: 0 });
  });

  test('[MEMBER-10] of two hosts who kick each other at once one stays', async () => {
    const stores = await open();
    const [one, two] = [newId(), newId()];
    const { id } = await openRoom(stores, { hostIds: [one, two] });
    await joined(stores, id, { userId: one });
    await joined(stores, id, { userId: two });
    const outcomes = await Promise.all([
      stores.members.kick(kickRequest(id, { userId: two, byUserId: one })),
      stores.members.kick(kickRequest(id, { userId: one, byUserId: two, ban: true })),
    ]);
    expect(outcomes).toContainEqual({ kind: 'refused', code: 'forbidden' });
    expect((await stores.rooms.get(id))?.hostIds).toHaveLength(1);
  });

  test('[MEMBER-10] nobody new comes from a banned network, but hosts and who was in already', async () => {
    const stores = await open();
    const hostId = newId();
    const { id } = await openRoom(stores, { hostIds: [hostId] });
    const network = '203.0.113.7';
    const inside = await joined(stores, id, { network });
    const troll = await joined(stores, id, { network });
    const request = kickRequest(id, { userId: troll.userId, ban: true, network });
    expect(await stores.members.kick(request)).toEqual(DONE);
    const come = async (changes: Partial<JoinRequest>) =>
      joinWord(await stores.members.join(joinRequest(id, { network, ...changes })));
    expect(await come({})).toBe('banned');
    expect(await come({ role: 'spectator' })).toBe('banned');
    expect(await come({ network: '203.0.113.8' })).toBe('joined');
    expect(await come({ userId: inside.userId })).toBe('joined');
    expect(await come({ userId: hostId })).toBe('joined');
    expect(await come({ asHost: true })).toBe('joined');
    expect(await come({ isReturning: true })).toBe('joined');
    const other = await openRoom(stores);
    expect(joinWord(await stores.members.join(joinRequest(other.id, { network })))).toBe('joined');
  });

  test('[MEMBER-10] nobody is removed from a closed room, an absent one is told', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const { userId } = await joined(stores, id);
    await stores.rooms.close(id, 'closed', null);
    const closed = { kind: 'refused', code: 'room_closed' };
    expect(await stores.members.kick(kickRequest(id, { userId }))).toEqual(closed);
    expect(await stores.members.kick(kickRequest(id, { userId, ban: true }))).toEqual(closed);
    expect(await stores.members.kick(kickRequest(newId()))).toEqual({ kind: 'absent' });
  });
});
