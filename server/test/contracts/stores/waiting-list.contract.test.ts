import { LIMITS } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type { JoinRequest, Seat } from '../../../src/engine/room/member-store.port.js';
import { MOST_ADMITTED } from '../../../src/engine/room/waiting-list.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { joined, joinRequest, joinWord, newId, openRoom, SETTINGS } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const APPROVAL = { ...SETTINGS, approval: true };

describe.each(STORE_DRIVERS)('WaitingList on $name', (driver) => {
  const open = useStores(driver);

  /** Asks to come in; answers what it came to, and who asked. */
  async function ask(stores: Stores, roomId: string, changes: Partial<JoinRequest> = {}) {
    const request = joinRequest(roomId, changes);
    return { ...request, word: joinWord(await stores.members.join(request)) };
  }
  const namesIn = async (stores: Stores, roomId: string) =>
    (await stores.waiting.list(roomId))?.waiting.map(({ nickname }) => nickname);

  test('[WAIT-1] [WAIT-3] newcomers wait in order, take no place and change nothing that members see', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL, capacity: 1 });
    const host = await joined(stores, id, { asHost: true });
    const before = await stores.rooms.get(id);
    const frames = await stores.watch(id);
    const ann = await ask(stores, id, { nickname: 'Ann "A"' });
    await stores.pass(2);
    const bea = await ask(stores, id, { nickname: 'Bea', role: 'spectator' });
    expect([ann.word, bea.word]).toEqual(['waiting_for_host', 'waiting_for_host']);
    const again = { userId: ann.userId, nickname: 'Zoe' };
    expect((await ask(stores, id, again)).word).toBe('waiting_for_host');
    const list = await stores.waiting.list(id);
    expect(list?.rev).toBe(before?.rev);
    expect(list?.waiting).toEqual([
      {
        userId: ann.userId,
        nickname: 'Ann "A"',
        role: 'player',
        joinedAt: expect.any(Number),
        online: true,
        muted: false,
      },
      expect.objectContaining({ userId: bea.userId, nickname: 'Bea', role: 'spectator' }),
    ]);
    expect(await stores.rooms.get(id)).toEqual(before);
    expect((await stores.members.list(id, { cursor: null, limit: 10 }))?.members).toHaveLength(1);
    await expect.poll(() => frames.map(({ kind }) => kind)).toEqual(['waiting', 'waiting']);
    // A host and who has the key need nobody; nor does who is a member.
    expect((await ask(stores, id, { asHost: true })).word).toBe('joined');
    expect((await ask(stores, id, { userId: host.userId })).word).toBe('joined');
    expect((await ask(stores, id, { isReturning: true })).word).toBe('joined');
    expect(await stores.waiting.list(newId())).toBeNull();
  });

  test('[WAIT-1] who would not hear the decision is not on the list', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    expect((await ask(stores, id, { isAtDoor: false })).word).toBe('waiting_for_host');
    expect(await namesIn(stores, id)).toEqual([]);
  });

  test('[WAIT-1] what is in the way but a place is told at once', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL, capacity: 1 });
    await joined(stores, id, { asHost: true, nickname: 'Hugo' });
    expect((await ask(stores, id, { nickname: 'hugo' })).word).toBe('nickname_taken');
    expect((await ask(stores, id, { nickname: 'Нugo' })).word).toBe('nickname_taken');
    await stores.rooms.update(id, { locked: true, settings: APPROVAL, passcodeHash: 'h' }, null);
    expect((await ask(stores, id)).word).toBe('room_locked');
    await stores.rooms.update(id, { locked: false }, null);
    expect((await ask(stores, id)).word).toBe('passcode_required');
    expect(await namesIn(stores, id)).toEqual([]);
    const names = ['Ann', 'Ann'].map((nickname) =>
      ask(stores, id, { nickname, passcodeHash: 'h' }),
    );
    expect((await Promise.all(names)).map(({ word }) => word)).toEqual([
      'waiting_for_host',
      'waiting_for_host',
    ]);
  });

  test('[PEOPLE-5] the network of who waits is known, also when they wait no more', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const { userId, ...seat } = await ask(stores, id, { network: '203.0.113.7' });
    expect(await stores.people.networkOf(id, userId)).toBe('203.0.113.7');
    await stores.members.release({ ...seat, userId }, 0);
    expect(await stores.people.networkOf(id, userId)).toBe('203.0.113.7');
  });

  test('[WAIT-1] the list is as long as it may be, and no longer', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const words: string[] = [];
    for (let from = 0; from < LIMITS.waiting; from += 250) {
      const some = Array.from({ length: 250 }, (_, n) =>
        ask(stores, id, { nickname: `n${from + n}`, looks: [], socketId: `s${from + n}` }),
      );
      words.push(...(await Promise.all(some)).map(({ word }) => word));
    }
    expect(new Set(words)).toEqual(new Set(['waiting_for_host']));
    expect((await ask(stores, id)).word).toBe('room_full');
    expect(await namesIn(stores, id)).toHaveLength(LIMITS.waiting);
    expect(await stores.waiting.empty(id, null)).toBe(LIMITS.waiting);
  });

  test('[WAIT-4] who is let in is told at the door alone, and joins then, if there is a place', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL, capacity: 1 });
    const [ann, bea] = [await ask(stores, id), await ask(stores, id)];
    const [frames, atDoor] = [await stores.watch(id), await stores.watchDoor(id)];
    for (const { userId } of [ann, bea]) {
      expect(await stores.waiting.decide({ roomId: id, userId, admit: true })).toBe('decided');
    }
    expect(await namesIn(stores, id)).toEqual([]);
    expect((await ask(stores, id, { userId: ann.userId })).word).toBe('joined');
    expect((await ask(stores, id, { userId: bea.userId })).word).toBe('room_full');
    expect(await namesIn(stores, id)).toEqual([]);
    await expect
      .poll(() => atDoor.map((frame) => (frame.kind === 'decided' ? frame : null)))
      .toEqual([ann, bea].map(({ userId }) => ({ kind: 'decided', rev: 1, userId, admit: true })));
    await expect.poll(() => frames.filter(({ kind }) => kind === 'waiting')).toHaveLength(2);
    expect(frames.filter(({ kind }) => kind === 'decided')).toEqual([]);
    // Who was let in may leave and come back, and who is let in beforehand never waits.
    await stores.members.leave(id, ann.userId);
    expect((await ask(stores, id, { userId: ann.userId })).word).toBe('joined');
    const early = newId();
    await stores.waiting.decide({ roomId: id, userId: early, admit: true });
    expect((await ask(stores, id, { userId: early, role: 'spectator' })).word).toBe('joined');
  });

  test('[WAIT-4] who is not let in is told, and may ask again; a kick takes the permission', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const { userId } = await ask(stores, id);
    const atDoor = await stores.watchDoor(id);
    const decide = (admit: boolean) => stores.waiting.decide({ roomId: id, userId, admit });
    await Promise.all([1, 2, 3].map(() => decide(false)));
    await expect.poll(() => atDoor).toMatchObject([{ kind: 'decided', userId, admit: false }]);
    expect((await ask(stores, id, { userId })).word).toBe('waiting_for_host');
    await decide(true);
    await decide(false);
    expect((await ask(stores, id, { userId })).word).toBe('waiting_for_host');
    await decide(true);
    expect((await ask(stores, id, { userId })).word).toBe('joined');
    const kick = { roomId: id, userId, ban: false, byUserId: null, network: null };
    await stores.members.kick(kick);
    expect((await ask(stores, id, { userId })).word).toBe('waiting_for_host');
    await stores.members.kick({ ...kick, ban: true });
    expect((await ask(stores, id, { userId })).word).toBe('banned');
    expect(await namesIn(stores, id)).toEqual([]);
    await expect.poll(() => atDoor.at(-1)).toMatchObject({ userId, admit: false });
    expect(await stores.waiting.decide({ roomId: newId(), userId, admit: true })).toBe('absent');
  });

  test('[WAIT-4] who is let in passes a lock; whom nothing would let in goes on waiting', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL, capacity: 1 });
    const [ann, bea] = [await ask(stores, id), await ask(stores, id)];
    const admit = (userId: string) => stores.waiting.decide({ roomId: id, userId, admit: true });
    await stores.rooms.update(id, { locked: true }, null);
    expect((await ask(stores, id)).word).toBe('room_locked');
    expect(await admit(ann.userId)).toBe('decided');
    expect((await ask(stores, id, { userId: ann.userId })).word).toBe('joined');
    expect(await admit(bea.userId)).toBe('room_full');
    expect(await namesIn(stores, id)).toHaveLength(1);
    const stranger = newId();
    const kick = { roomId: id, userId: stranger, ban: true, byUserId: null, network: null };
    await stores.members.kick(kick);
    expect(await admit(stranger)).toBe('banned');
  });

  test('[WAIT-4] the longest ago of too many who were let in has to ask again', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const [first, second] = [newId(), newId()];
    const admit = (userId: string) => stores.waiting.decide({ roomId: id, userId, admit: true });
    await admit(first);
    await stores.pass(2);
    await admit(second);
    await stores.pass(2);
    for (let from = 0; from < MOST_ADMITTED - 1; from += 500) {
      const count = Math.min(500, MOST_ADMITTED - 1 - from);
      await Promise.all(Array.from({ length: count }, (_, n) => admit(`user-${from + n}`)));
    }
    expect((await ask(stores, id, { userId: first })).word).toBe('waiting_for_host');
    expect((await ask(stores, id, { userId: second })).word).toBe('joined');
  });

  test('[WAIT-1] who joins in another way waits no more, on no device', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const { userId } = await ask(stores, id);
    await ask(stores, id, { userId });
    const atDoor = await stores.watchDoor(id);
    expect((await ask(stores, id, { userId, asHost: true })).word).toBe('joined');
    expect(await namesIn(stores, id)).toEqual([]);
    await expect.poll(() => atDoor).toMatchObject([{ userId, admit: true }]);
  });

  test('[WAIT-2] the last socket takes its user off the list, with or without a life', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    await stores.leases.renew('living', 60_000);
    await stores.leases.renew('dying', 200);
    const one = await ask(stores, id, { nickname: 'Ann', life: 'living' });
    const other = await ask(stores, id, { userId: one.userId, life: 'living' });
    const bea = await ask(stores, id, { nickname: 'Bea', life: 'dying' });
    const both = await ask(stores, id, { nickname: 'Cleo', life: 'dying' });
    await ask(stores, id, { userId: both.userId, life: 'living' });
    const frames = await stores.watch(id);
    const release = (seat: Seat) => stores.members.release(seat, 60_000);
    // Who asked in the same millisecond comes in any order.
    const names = async () => (await namesIn(stores, id))?.toSorted();
    await release(one);
    await release(one);
    expect(await names()).toEqual(['Ann', 'Bea', 'Cleo']);
    await release(other);
    expect(await names()).toEqual(['Bea', 'Cleo']);
    await stores.pass(300);
    expect(await stores.members.releaseDead([id.slice(-2)], 60_000)).toBe(2);
    expect(await names()).toEqual(['Cleo']);
    expect(bea.word).toBe('waiting_for_host');
    await expect.poll(() => frames.map(({ kind }) => kind)).toEqual(['waiting', 'waiting']);
    expect(await stores.members.releaseDead([id.slice(-2)], 60_000)).toBe(0);
  });

  test('[WAIT-5] when the door opens all are told to come in, when the room closes that it has', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { settings: APPROVAL });
    const atDoor = await stores.watchDoor(id);
    const frames = await stores.watch(id);
    const { userId } = await ask(stores, id);
    await ask(stores, id);
    await stores.rooms.update(id, { settings: SETTINGS }, null);
    expect(await stores.waiting.empty(id, null)).toBe(2);
    expect(await stores.waiting.empty(id, null)).toBe(0);
    await expect.poll(() => atDoor).toMatchObject([{ kind: 'decided', userId: null, admit: true }]);
    expect((await ask(stores, id, { userId })).word).toBe('joined');
    await stores.rooms.update(id, { settings: APPROVAL }, null);
    const last = await ask(stores, id);
    await stores.rooms.close(id, 'closed', null);
    const decision = { roomId: id, userId: last.userId, admit: true };
    expect(await stores.waiting.decide(decision)).toBe('room_closed');
    expect(await stores.waiting.empty(id, 'closed')).toBe(1);
    await expect
      .poll(() => [...atDoor, ...frames])
      .toContainEqual({ kind: 'closed', rev: expect.any(Number), reason: 'closed' });
    expect(await namesIn(stores, id)).toEqual([]);
  });
});
