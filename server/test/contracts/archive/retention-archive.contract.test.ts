import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { PostgresRetentionArchive } from '../../../src/drivers/postgres/postgres-retention-archive.js';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresSessionArchive } from '../../../src/drivers/postgres/postgres-session-archive.js';
import type { SessionRecord } from '../../../src/engine/auth/session-store.port.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS, roomRecord } from './archive-drivers.js';

function session(changes: Partial<SessionRecord>): SessionRecord {
  return {
    id: randomUUID(),
    userId: randomUUID(),
    nickname: 'Ann',
    salt: 'salt',
    generation: 1,
    createdAt: 1,
    rotatedAt: 1,
    seenAt: null,
    expiresAt: 10_000,
    endedAt: null,
    lastUsedAt: 1_000,
    address: '192.0.2.7',
    userAgent: 'Firefox',
    ...changes,
  };
}

describe.each(ARCHIVE_DRIVERS)('retention on $name', ({ open }) => {
  let database: Database;
  let retention: PostgresRetentionArchive;
  beforeAll(async () => {
    database = await open();
    retention = new PostgresRetentionArchive(database);
  }, FIRST_START_MS);

  it('[KEEP-1] names rooms that were closed before a time, the longest closed first', async () => {
    const rooms = new PostgresRoomArchive(database);
    const closed: [string, number][] = [];
    for (const [pin, at] of [
      ['1001', 300],
      ['1002', 100],
      ['1003', 900],
    ] as const) {
      const room = roomRecord({ pin });
      await rooms.insertRoom(room, { createKey: null, pinUntil: 1_000 });
      await rooms.closeRoom(room.id, { at, reason: 'closed', pinRestsUntil: 1_000 });
      closed.push([room.id, at]);
    }
    await rooms.insertRoom(roomRecord({ pin: '1004' }), { createKey: null, pinUntil: 1_000 });
    const old = closed.filter(([, at]) => at < 500).sort((a, b) => a[1] - b[1]);
    expect(await retention.listClosedBefore(500, 10)).toEqual(old.map(([id]) => id));
    expect(await retention.listClosedBefore(500, 1)).toEqual([old[0]?.[0]]);
  });

  it('[KEEP-2] forgets sessions that are over or ended, and no others', async () => {
    const sessions = new PostgresSessionArchive(database);
    const over = session({ expiresAt: 400 });
    const ended = session({ endedAt: 300 });
    const alive = session({});
    const endedLately = session({ endedAt: 600 });
    await sessions.saveSessions([over, ended, alive, endedLately]);
    expect(await retention.forgetSessions(500, 100)).toBe(2);
    const left = await Promise.all(
      [over, ended, alive, endedLately].map(({ id }) => sessions.findSession(id)),
    );
    expect(left.map((found) => found !== null)).toEqual([false, false, true, true]);
  });
});
