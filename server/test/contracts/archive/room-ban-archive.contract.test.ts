import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresRoomBanArchive } from '../../../src/drivers/postgres/postgres-room-ban-archive.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS } from './archive-drivers.js';

describe.each(ARCHIVE_DRIVERS)('room ban archive on $name', ({ open }) => {
  let bans: PostgresRoomBanArchive;
  beforeAll(async () => {
    bans = new PostgresRoomBanArchive(await open());
  }, FIRST_START_MS);

  it('[ROOM-16] of many who ban a user from a room one does, and the first time stays', async () => {
    const [roomId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await bans.saveBan(roomId, first, 1);
    await bans.saveBan(roomId, second, 2);
    await Promise.all([3, 4, 5].map((at) => bans.saveBan(roomId, first, at)));
    expect(await bans.listBanned(roomId)).toEqual([first, second]);
  });

  it('[ROOM-17] the banned users of one room come in the order of their bans', async () => {
    const [roomId, other] = [randomUUID(), randomUUID()];
    const userIds = [1, 2, 3].map(() => randomUUID());
    for (const [at, userId] of userIds.entries()) await bans.saveBan(roomId, userId, at);
    await bans.saveBan(other, randomUUID(), 1);
    expect(await bans.listBanned(roomId)).toEqual(userIds);
    expect(await bans.listBanned(randomUUID())).toEqual([]);
  });
});
