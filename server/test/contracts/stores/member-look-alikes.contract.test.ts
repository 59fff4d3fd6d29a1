import { describe, expect, test } from 'vitest';
import type { JoinRequest } from '../../../src/engine/room/member-store.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { joined, joinRequest, joinWord, newId, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** `Hugo` with Cyrillic letters, with a zero, and with signs between. */
const LOOK_ALIKES = ['Hug\u043e', 'Hug0', 'H.u.g.o'];

describe.each(STORE_DRIVERS)('MemberStore on $name: a nickname like a host’s', (driver) => {
  const open = useStores(driver);

  /** What becomes of each who comes with one of these nicknames. */
  async function come(
    stores: Stores,
    roomId: string,
    nicknames: readonly string[] = LOOK_ALIKES,
    changes: Partial<JoinRequest> = {},
  ): Promise<string[]> {
    const words: string[] = [];
    for (const nickname of nicknames) {
      const request = joinRequest(roomId, { ...changes, nickname });
      words.push(joinWord(await stores.members.join(request)));
    }
    return words;
  }

  const all = (word: string) => LOOK_ALIKES.map(() => word);

  /** A room with its host in it. */
  async function roomOfHugo(stores: Stores) {
    const userId = newId();
    const { id } = await openRoom(stores, { hostIds: [userId] });
    return { id, host: await joined(stores, id, { userId, nickname: 'Hugo' }) };
  }

  test('[MEMBER-11] is refused to players and spectators, and leaves nothing behind', async () => {
    const stores = await open();
    const { id } = await roomOfHugo(stores);
    const before = await stores.rooms.get(id);
    expect(await come(stores, id)).toEqual(all('nickname_taken'));
    expect(await come(stores, id, LOOK_ALIKES, { role: 'spectator' })).toEqual(
      all('nickname_taken'),
    );
    expect(await stores.rooms.get(id)).toEqual(before);
    expect(await come(stores, id, ['Hugh', 'Hugo 2'])).toEqual(['joined', 'joined']);
  });

  test('[MEMBER-11] is refused to each of many who come at once', async () => {
    const stores = await open();
    const { id } = await roomOfHugo(stores);
    const words = await Promise.all(Array.from({ length: 20 }, () => come(stores, id)));
    expect(new Set(words.flat())).toEqual(new Set(['nickname_taken']));
  });

  test('[MEMBER-11] is refused while the host is away, until the host has left', async () => {
    const stores = await open();
    const { host, id } = await roomOfHugo(stores);
    await stores.members.release(host, 60_000);
    expect(await come(stores, id)).toEqual(all('nickname_taken'));
    await stores.members.leave(id, host.userId);
    expect(await come(stores, id)).toEqual(all('joined'));
  });

  test('[MEMBER-11] is not refused any more when the host is kicked and is none', async () => {
    const stores = await open();
    const { host, id } = await roomOfHugo(stores);
    await stores.members.kick({
      roomId: id,
      userId: host.userId,
      ban: false,
      network: null,
      byUserId: null,
    });
    expect(await come(stores, id)).toEqual(all('joined'));
    // Who was kicked comes back as a player, whose name is not kept from look-alikes.
    await joined(stores, id, { userId: host.userId, nickname: 'Hugo' });
    expect(await come(stores, id, ['Hu\u0261o'])).toEqual(['joined']);
  });

  test('[MEMBER-11] is no hindrance between players, but the same one to a reader is', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { hostIds: [newId()] });
    expect(await come(stores, id, ['Hugo', ...LOOK_ALIKES, 'HUGO'])).toEqual([
      'joined',
      ...all('joined'),
      'nickname_taken',
    ]);
  });

  test('[MEMBER-11] does not keep the host out who comes after it, and keeps its place', async () => {
    const stores = await open();
    const userId = newId();
    const { id } = await openRoom(stores, { hostIds: [userId] });
    const early = await joined(stores, id, { nickname: 'Hug0' });
    await joined(stores, id, { userId, nickname: 'Hugo' });
    // The one who was here first stays, with another device too, and after a while away.
    const again = joinRequest(id, { userId: early.userId, nickname: 'Hug0' });
    expect(await stores.members.join(again)).toMatchObject({ kind: 'joined', isNew: false });
    await stores.members.release(early, 60_000);
    expect(await stores.members.join(again)).toMatchObject({ kind: 'joined', isNew: false });
    // Who leaves comes back as somebody new.
    await stores.members.leave(id, early.userId);
    expect(joinWord(await stores.members.join(again))).toBe('nickname_taken');
  });

  test('[MEMBER-11] is given to a host, beside another host too; the same one is not', async () => {
    const stores = await open();
    const { id } = await roomOfHugo(stores);
    const asHost = { asHost: true };
    expect(await come(stores, id, ['Hug0', 'HUGO'], asHost)).toEqual(['joined', 'nickname_taken']);
  });

  test('[MEMBER-11] is refused from when on a player becomes a host', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const player = await joined(stores, id, { nickname: 'Hugo' });
    expect(await come(stores, id, ['Hug0'])).toEqual(['joined']);
    await joined(stores, id, { userId: player.userId, nickname: 'Another', asHost: true });
    expect(await come(stores, id, ['Hug\u043e', 'An0ther'])).toEqual(['nickname_taken', 'joined']);
  });

  test('[MEMBER-11] is kept by who had a seat when the data was lost', async () => {
    const stores = await open();
    const { id } = await roomOfHugo(stores);
    const returning = { isReturning: true };
    expect(await come(stores, id, ['Hug0'], returning)).toEqual(['joined']);
    expect(await come(stores, id, ['Hug\u043e'])).toEqual(['nickname_taken']);
  });

  test('[MEMBER-11] of signs alone is like no other', async () => {
    const stores = await open();
    const userId = newId();
    const { id } = await openRoom(stores, { hostIds: [userId] });
    await joined(stores, id, { userId, nickname: '!!!' });
    expect(await come(stores, id, ['???', '!!!'])).toEqual(['joined', 'nickname_taken']);
  });
});
