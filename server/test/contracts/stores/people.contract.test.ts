import { LIMITS } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type { HostRequest, MuteRequest } from '../../../src/engine/room/people.port.js';
import { nicknameForms } from '../../../src/engine/room/text.js';
import { STORE_DRIVERS } from './drivers.js';
import {
  appendRequest,
  appendWord,
  joined,
  joinRequest,
  joinWord,
  logOf,
  newId,
  openRoom,
} from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const refused = (code: string) => ({ kind: 'refused', code });

function rename(stores: Stores, roomId: string, userId: string, nickname: string) {
  return stores.people.rename({ roomId, userId, ...nicknameForms(nickname) });
}

async function memberOf(stores: Stores, roomId: string, userId: string) {
  const list = await stores.members.list(roomId, { cursor: null, limit: 100 });
  return list?.members.find((member) => member.userId === userId);
}

async function say(stores: Stores, roomId: string, userId: string): Promise<string> {
  const sender = { userId, nickname: 'x' };
  return appendWord(await stores.feed.append(appendRequest(roomId, { sender })));
}

async function roomWithHost(stores: Stores) {
  const host = newId();
  const { id } = await openRoom(stores, { hostIds: [host], rev: 1 });
  await joined(stores, id, { userId: host, ...nicknameForms('Hugo') });
  const player = await joined(stores, id, nicknameForms('Paula'));
  return { id, host, player: player.userId, seat: player };
}

describe.each(STORE_DRIVERS)('People on $name', (driver) => {
  const open = useStores(driver);

  test('[PEOPLE-1] a member gets another nickname, and the old one is free at once', async () => {
    const stores = await open();
    const { id, player } = await roomWithHost(stores);
    const frames = await stores.watch(id);
    const outcome = await rename(stores, id, player, 'Paul');
    const self = { userId: player, nickname: 'Paul', role: 'player', online: true };
    expect(outcome).toMatchObject({ kind: 'renamed', self });
    await expect
      .poll(() => frames)
      .toMatchObject([
        { kind: 'entry', rev: 1, channel: 'log' },
        { kind: 'presence', rev: 1, memberCount: 2, delta: { changed: self } },
      ]);
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'renamed',
      { userId: player, nickname: 'Paul', before: 'Paula', role: 'player' },
    ]);
    await joined(stores, id, nicknameForms('Paula'));
    const sender = { userId: player, nickname: 'x' };
    await stores.feed.append(appendRequest(id, { sender }));
    const range = { roomId: id, channel: 'room', after: null, before: null, limit: 1 } as const;
    const { entries } = await stores.feed.read({ ...range, take: 'newest' });
    expect(entries[0]?.from?.nickname).toBe('Paul');
  });

  test('[PEOPLE-1] nobody takes another’s nickname, or one that looks like a host’s', async () => {
    const stores = await open();
    const { id, host, player } = await roomWithHost(stores);
    await joined(stores, id, nicknameForms('Ann'));
    for (const nickname of ['ANN', 'Hug0', 'HUGO']) {
      expect(await rename(stores, id, player, nickname)).toEqual(refused('nickname_taken'));
    }
    expect(await rename(stores, id, player, 'paula')).toMatchObject({ kind: 'renamed' });
    expect(await rename(stores, id, player, 'paula')).toMatchObject({ kind: 'renamed' });
    expect(await rename(stores, id, host, 'Hug0')).toMatchObject({ kind: 'renamed' });
    expect((await logOf(stores, id)).filter(([type]) => type === 'renamed')).toHaveLength(2);
    expect(await rename(stores, id, newId(), 'Zoe')).toEqual(refused('not_in_room'));
    await stores.rooms.close(id, 'closed', null);
    expect(await rename(stores, id, player, 'Zoe')).toEqual(refused('room_closed'));
    expect(await rename(stores, newId(), player, 'Zoe')).toEqual({ kind: 'absent' });
  });

  test('[PEOPLE-2] of some nicknames the first free one is found', async () => {
    const stores = await open();
    const { id } = await roomWithHost(stores);
    const find = (...names: string[]) => stores.people.firstFree(id, names.map(nicknameForms));
    expect(await find('paula', 'Hvgo', 'HUG0', 'Zoe')).toBe(1);
    expect(await find('paula', 'Hug0', 'Zoe')).toBe(2);
    expect(await find('paula', 'hugo')).toBeNull();
    expect(await stores.people.firstFree(newId(), [nicknameForms('Zoe')])).toBeNull();
  });

  test('[PEOPLE-3] who is muted reads and does not send, nor take another nickname', async () => {
    const stores = await open();
    const { id, host, player, seat } = await roomWithHost(stores);
    const request: MuteRequest = { roomId: id, userId: player, muted: true, byUserId: host };
    const frames = await stores.watch(id);
    for (let n = 0; n < 2; n++) expect(await stores.people.mute(request)).toEqual({ kind: 'done' });
    await expect
      .poll(() => frames)
      .toMatchObject([
        { kind: 'entry', rev: 1, channel: 'log' },
        { kind: 'presence', rev: 1, delta: { changed: { userId: player, muted: true } } },
      ]);
    expect(await say(stores, id, player)).toBe('muted');
    expect(await rename(stores, id, player, 'Zoe')).toEqual(refused('muted'));
    await stores.members.release(seat, 0);
    // Under another nickname, too, and held to the one of before.
    await joined(stores, id, { userId: player });
    expect(await memberOf(stores, id, player)).toMatchObject({ nickname: 'Paula', muted: true });
    expect(await say(stores, id, player)).toBe('muted');
    await stores.people.mute({ ...request, muted: false });
    expect(await say(stores, id, player)).toBe('appended');
    const log = (await logOf(stores, id)).filter(([type]) => type.endsWith('muted'));
    expect(log.map(([type]) => type)).toEqual(['muted', 'unmuted']);
    expect(log[0]?.[1]).toEqual({ userId: player, nickname: 'Paula', by: host });
  });

  test('[PEOPLE-3] only hosts mute, only members are muted, and no host is', async () => {
    const stores = await open();
    const { id, host, player } = await roomWithHost(stores);
    const request: MuteRequest = { roomId: id, userId: player, muted: true, byUserId: host };
    const { mute } = stores.people;
    const ask = (changes: Partial<MuteRequest>) =>
      mute.call(stores.people, { ...request, ...changes });
    expect(await ask({ byUserId: player })).toEqual(refused('forbidden'));
    expect(await ask({ userId: newId() })).toEqual(refused('not_found'));
    expect(await ask({ userId: host })).toEqual(refused('conflict'));
    expect(await ask({ roomId: newId() })).toEqual({ kind: 'absent' });
    await ask({});
    await joined(stores, id, { userId: player, asHost: true });
    expect(await memberOf(stores, id, player)).toMatchObject({ role: 'host', muted: false });
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'host',
      { userId: player, nickname: 'Paula', action: 'key', by: player },
    ]);
    await stores.rooms.close(id, 'closed', null);
    expect(await ask({})).toEqual(refused('room_closed'));
  });

  test('[PEOPLE-3] who was muted when the data was lost is given back muted', async () => {
    const stores = await open();
    const { id } = await roomWithHost(stores);
    const { userId } = await joined(stores, id, { isReturning: true, isMuted: true });
    expect(await say(stores, id, userId)).toBe('muted');
  });

  test('[PEOPLE-4] a member becomes a host and a host a player, rights before what comes with it', async () => {
    const stores = await open();
    const { id, host, player } = await roomWithHost(stores);
    const frames = await stores.watch(id);
    const grant: HostRequest = { roomId: id, userId: player, action: 'grant', byUserId: host };
    for (let n = 0; n < 2; n++) {
      expect(await stores.people.changeHost(grant)).toMatchObject({
        kind: 'changed',
        room: { hostIds: [host, player], rev: 2, players: 0 },
      });
    }
    await expect
      .poll(() => frames)
      .toMatchObject([
        { kind: 'entry', rev: 2, channel: 'log' },
        { kind: 'presence', rev: 2, delta: { changed: { userId: player, role: 'host' } } },
        { kind: 'updated', rev: 2 },
      ]);
    expect((await logOf(stores, id)).at(-1)).toEqual([
      'host',
      { userId: player, nickname: 'Paula', action: 'grant', by: host },
    ]);
    const revoke: HostRequest = { roomId: id, userId: host, action: 'revoke', byUserId: player };
    expect(await stores.people.changeHost(revoke)).toMatchObject({
      kind: 'changed',
      room: { hostIds: [player], rev: 3, players: 1 },
    });
    expect(await memberOf(stores, id, host)).toMatchObject({ role: 'player' });
    expect(await stores.people.changeHost({ ...revoke, userId: player })).toEqual(
      refused('conflict'),
    );
    expect(await stores.people.changeHost({ ...grant, byUserId: host })).toEqual(
      refused('forbidden'),
    );
    expect(joinWord(await stores.members.join(joinRequest(id, { userId: host })))).toBe('joined');
    expect(await memberOf(stores, id, host)).toMatchObject({ role: 'player' });
  });

  test('[PEOPLE-4] a room has fifty hosts at most, by whatever way they come', async () => {
    const stores = await open();
    const hostIds = Array.from({ length: LIMITS.hosts - 1 }, () => newId());
    const { id } = await openRoom(stores, { hostIds });
    const [byUserId = ''] = hostIds;
    const [last, tooMany] = [await joined(stores, id), await joined(stores, id)];
    const grant = (userId: string) =>
      stores.people.changeHost({ roomId: id, userId, action: 'grant', byUserId });
    expect(await grant(last.userId)).toMatchObject({ kind: 'changed' });
    expect(await grant(last.userId)).toMatchObject({ kind: 'changed' });
    expect(await grant(tooMany.userId)).toEqual(refused('room_full'));
    for (const userId of [tooMany.userId, newId()]) {
      const outcome = await stores.members.join(joinRequest(id, { userId, asHost: true }));
      expect(joinWord(outcome)).toBe('room_full');
    }
    expect(joinWord(await stores.members.join(joinRequest(id, { userId: byUserId })))).toBe(
      'joined',
    );
  });

  test('[PEOPLE-4] a host hands the room over, and takes the part off a host who is not here', async () => {
    const stores = await open();
    const { id, host, player } = await roomWithHost(stores);
    const ask = (changes: Partial<HostRequest>) =>
      stores.people.changeHost({
        roomId: id,
        userId: player,
        action: 'transfer',
        byUserId: host,
        ...changes,
      });
    expect(await ask({ userId: newId() })).toEqual(refused('not_found'));
    expect(await ask({ action: 'revoke' })).toEqual(refused('not_found'));
    expect(await ask({})).toMatchObject({ room: { hostIds: [player], rev: 2, players: 1 } });
    expect(await memberOf(stores, id, host)).toMatchObject({ role: 'player' });
    expect((await stores.members.rights(id, []))?.hostState).toBe('present');
    expect(await ask({ byUserId: player })).toMatchObject({ room: { hostIds: [player], rev: 2 } });
    expect(await ask({ roomId: newId() })).toEqual({ kind: 'absent' });
    const far = newId();
    const other = await openRoom(stores, { hostIds: [host, far] });
    const revoke = { roomId: other.id, userId: far, action: 'revoke' } as const;
    expect(await ask(revoke)).toMatchObject({ room: { hostIds: [host] } });
    await stores.rooms.close(other.id, 'closed', null);
    expect(await ask(revoke)).toEqual(refused('room_closed'));
  });

  test('[PEOPLE-4] a host whom no node knows to be none any more does not become one again by coming back', async () => {
    const stores = await open();
    const [stays, goes] = [newId(), newId()];
    const { id } = await openRoom(stores, { hostIds: [stays, goes] });
    await joined(stores, id, { userId: stays });
    const seat = await joined(stores, id, { userId: goes });
    const change = { roomId: id, userId: goes, action: 'revoke', byUserId: stays } as const;
    await stores.people.changeHost(change);
    await joined(stores, id, { ...seat, asHost: true, isReturning: true });
    expect((await stores.rooms.get(id))?.hostIds).toEqual([stays]);
    const rights = await stores.members.rights(id, [goes]);
    expect(rights?.members).toMatchObject([{ role: 'player' }]);
  });

  test('[PEOPLE-5] [PEOPLE-7] the network is the one from which the user came last, also after leaving, until it is forgotten', async () => {
    const stores = await open();
    const { id } = await roomWithHost(stores);
    const seat = await joined(stores, id, { network: '203.0.113.1' });
    await joined(stores, id, { userId: seat.userId, network: '203.0.113.2' });
    await stores.members.leave(id, seat.userId);
    expect(await stores.people.networkOf(id, seat.userId)).toBe('203.0.113.2');
    expect(await stores.people.networkOf(id, newId())).toBeNull();
    for (let n = 0; n < 2; n++) await stores.people.forgetNetwork(id, seat.userId);
    expect(await stores.people.networkOf(id, seat.userId)).toBeNull();
  });
});
