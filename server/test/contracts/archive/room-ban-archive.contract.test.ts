import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresRoomBanArchive } from '../../../src/drivers/postgres/postgres-room-ban-archive.js';
import type { Ban } from '../../../src/engine/room/room-ban-archive.port.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS } from './archive-drivers.js';

function usersOf(bans: readonly Ban[]): string[] {
  return bans.map(({ userId }) => userId);
}

describe.each(ARCHIVE_DRIVERS)('room ban archive on $name', ({ open }) => {
  let bans: PostgresRoomBanArchive;
  beforeAll(async () => {
    bans = new PostgresRoomBanArchive(await open());
  }, FIRST_START_MS);

  it('[ROOM-16] of many who ban a user from a room one does, and the first time stays', async () => {
    const [roomId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await bans.saveBan(roomId, { userId: first, network: null }, 1);
    await bans.saveBan(roomId, { userId: second, network: null }, 2);
    await Promise.all(
      [3, 4, 5].map((at) => bans.saveBan(roomId, { userId: first, network: null }, at)),
    );
    expect(usersOf(await bans.listBans(roomId))).toEqual([first, second]);
  });

  it('[ROOM-16] a ban may take in the network, also later, and keeps it then', async () => {
    const [roomId, userId] = [randomUUID(), randomUUID()];
    await bans.saveBan(roomId, { userId, network: null }, 1);
    const network = '203.0.113.7';
    await bans.saveBan(roomId, { userId, network }, 2);
    await bans.saveBan(roomId, { userId, network: null }, 3);
    expect(await bans.listBans(roomId)).toEqual([{ userId, network }]);
  });

  it('[ROOM-17] the banned users of one room come in the order of their bans', async () => {
    const [roomId, other] = [randomUUID(), randomUUID()];
    const userIds = [1, 2, 3].map(() => randomUUID());
    for (const [at, userId] of userIds.entries())
      await bans.saveBan(roomId, { userId, network: null }, at);
    await bans.saveBan(other, { userId: randomUUID(), network: null }, 1);
    expect(usersOf(await bans.listBans(roomId))).toEqual(userIds);
    expect(await bans.listBans(randomUUID())).toEqual([]);
  });
});
