import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { PostgresEntryArchive } from '../../../src/drivers/postgres/postgres-entry-archive.js';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresRoomBanArchive } from '../../../src/drivers/postgres/postgres-room-ban-archive.js';
import { PostgresRoomMemberArchive } from '../../../src/drivers/postgres/postgres-room-member-archive.js';
import { PostgresSessionArchive } from '../../../src/drivers/postgres/postgres-session-archive.js';
import type { ArchiveRow } from '../../../src/engine/history/entry-archive.port.js';
import type { ArchivedMember } from '../../../src/engine/room/room-member-archive.port.js';
import { RowsRefused } from '../../../src/engine/runtime/rows-refused.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS, patiently, roomRecord } from './archive-drivers.js';

function member(changes: Partial<ArchivedMember> = {}): ArchivedMember {
  return {
    roomId: randomUUID(),
    userId: randomUUID(),
    nickname: 'Zoë 🐙',
    role: 'player',
    joinedAt: 1_760_000_000_000,
    ...changes,
  };
}

function entry(roomId: string, seq: number, changes: Partial<ArchiveRow> = {}): ArchiveRow {
  return {
    roomId,
    channel: 'room',
    epoch: 1,
    seq,
    at: 1,
    type: 'chat',
    userId: null,
    nickname: null,
    payload: '1',
    key: null,
    after: null,
    ...changes,
  };
}

describe.each(ARCHIVE_DRIVERS)('room member archive on $name', ({ open }) => {
  let database: Database;
  let members: PostgresRoomMemberArchive;
  let bans: PostgresRoomBanArchive;
  let entries: PostgresEntryArchive;
  let rooms: PostgresRoomArchive;
  let sessions: PostgresSessionArchive;
  beforeAll(async () => {
    database = await open();
    members = new PostgresRoomMemberArchive(database);
    bans = new PostgresRoomBanArchive(database);
    entries = new PostgresEntryArchive(database);
    rooms = new PostgresRoomArchive(database);
    sessions = new PostgresSessionArchive(database);
  }, FIRST_START_MS);

  const read = (roomId: string, channel: string) =>
    entries.readEntries({
      roomId,
      channel,
      after: null,
      before: null,
      limit: 10_000,
      take: 'oldest',
    });

  /** Every row of every table in which the text stands. */
  const rowsWith = async (text: string) => {
    const found: string[] = [];
    const ofRooms = ['rooms', 'room_hosts', 'room_members', 'room_bans', 'room_states'];
    for (const table of [...ofRooms, 'pins', 'entries', 'sessions']) {
      const { rows } = await sql<{ row: string }>`
        select each::text as row from ${sql.table(table)} as each
        where each::text like ${`%${text}%`}`.execute(database.queries);
      found.push(...rows.map(({ row }) => `${table}: ${row}`));
    }
    return found;
  };

  describe('members', () => {
    it('[MEMBER-8] inserts and overwrites, many at once, the last of a call counts', async () => {
      const many = Array.from({ length: 500 }, () => member());
      await members.saveMembers(many);
      const [one = member()] = many;
      const renamed = { ...one, nickname: 'Another', role: 'host' as const };
      await members.saveMembers([...many, renamed]);
      await members.saveMembers([...many, renamed]);
      expect(await members.findMember(one.roomId, one.userId)).toEqual(renamed);
      await members.saveMembers([]);
    });

    it('[MEMBER-8] refuses rows that can never be kept, and keeps none of them', async () => {
      const [good, bad] = [member(), member({ nickname: 'a\u0000b' })];
      await expect(members.saveMembers([good, bad])).rejects.toBeInstanceOf(RowsRefused);
      expect(await members.findMember(good.roomId, good.userId)).toBeNull();
    });

    it('[MEMBER-9] who was put out is null until let in again, whatever older news come again', async () => {
      const one = member();
      const removed = {
        ...one,
        nickname: '',
        role: 'removed' as const,
        joinedAt: one.joinedAt + 5,
      };
      await members.saveMembers([one]);
      await members.saveMembers([removed]);
      await members.saveMembers([one]);
      expect(await members.findMember(one.roomId, one.userId)).toBeNull();
      const back = { ...one, joinedAt: one.joinedAt + 9 };
      await members.saveMembers([back]);
      await members.saveMembers([one, removed]);
      expect(await members.findMember(one.roomId, one.userId)).toEqual(back);
    });

    it('[MEMBER-9] who was never a member is null', async () => {
      const one = member();
      await members.saveMembers([one]);
      expect(await members.findMember(one.roomId, randomUUID())).toBeNull();
      expect(await members.findMember(randomUUID(), one.userId)).toBeNull();
    });
  });

  it('[MEMBER-9] who is banned from the room is null, in that room alone', async () => {
    const [one, other] = [member(), member()];
    const elsewhere = { ...one, roomId: other.roomId };
    await members.saveMembers([one, other, elsewhere]);
    await bans.saveBan(one.roomId, { userId: one.userId, network: null }, 1);
    expect(await members.findMember(one.roomId, one.userId)).toBeNull();
    expect(await members.findMember(other.roomId, one.userId)).toEqual(elsewhere);
    expect(await members.findMember(other.roomId, other.userId)).toEqual(other);
  });

  describe('deleteRoom', () => {
    it('[ERASE-1] nothing of the room stays but its PIN, which rests; others are untouched', async () => {
      const [room, other] = [roomRecord(), roomRecord()];
      for (const { id } of [room, other]) {
        await members.saveMembers([member({ roomId: id })]);
        await bans.saveBan(id, { userId: randomUUID(), network: null }, 1);
        await entries.insert([entry(id, 0), entry(id, 1), entry(id, 0, { channel: 'log' })]);
      }
      await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
      await rooms.insertRoom(other, { createKey: null, pinUntil: 9_000_000 });
      await members.deleteRoom(room.id);
      await members.deleteRoom(room.id);
      const left = await rowsWith(room.id);
      expect(left).toHaveLength(1);
      expect(left[0]).toMatch(/^pins: /);
      expect(await rooms.findRoomByPin(room.pin)).toBeNull();
      expect(await rooms.findRoom(other.id)).toEqual(other);
      expect(await read(other.id, 'room')).toHaveLength(2);
      expect(await bans.listBans(other.id)).toHaveLength(1);
    });

    it('[ERASE-1] a room with many entries', async () => {
      const room = roomRecord();
      for (let from = 0; from < 25_000; from += 5_000) {
        const some = Array.from({ length: 5_000 }, (_, n) => entry(room.id, from + n));
        await patiently(() => entries.insert(some));
      }
      await patiently(() => members.deleteRoom(room.id));
      expect(await entries.lastIds(room.id)).toEqual(new Map());
    });
  });

  describe('eraseUser', () => {
    const nickname = () => `nick-${randomUUID()}`;

    async function roomWith(userId: string, name: string) {
      const room = roomRecord({ createdBy: userId, hostIds: [userId, randomUUID()] });
      await rooms.insertRoom(room, { createKey: 'key', pinUntil: 9_000_000 });
      await members.saveMembers([
        member({ roomId: room.id, userId, nickname: name }),
        member({ roomId: room.id }),
      ]);
      await entries.insert([
        entry(room.id, 0, { userId, nickname: name }),
        entry(room.id, 1, { userId: randomUUID(), nickname: 'Other' }),
        entry(room.id, 2, { userId, nickname: name, payload: '{"b":1, "a":2}' }),
        entry(room.id, 0, { channel: `user:${userId}`, payload: '"psst"' }),
        entry(room.id, 0, {
          channel: 'log',
          type: 'joined',
          payload: JSON.stringify({ member: { userId, nickname: name, role: 'player' } }),
        }),
        entry(room.id, 1, {
          channel: 'log',
          type: 'kicked',
          payload: JSON.stringify({ userId, nickname: name, by: userId }),
        }),
      ]);
      return room;
    }

    it('[ERASE-2] neither id nor nickname stays anywhere, and the rest does', async () => {
      const [userId, name] = [randomUUID(), nickname()];
      const first = await roomWith(userId, name);
      const elsewhere = randomUUID();
      await entries.insert([entry(elsewhere, 0, { userId, nickname: name })]);
      const record = {
        id: randomUUID(),
        userId,
        nickname: name,
        salt: 's',
        generation: 1,
        createdAt: 1,
        rotatedAt: 1,
        seenAt: null,
        expiresAt: 9_000_000,
        endedAt: null,
        lastUsedAt: 1_000,
        address: `of ${name}`,
        userAgent: `browser of ${name}`,
      };
      await sessions.saveSessions([record]);
      expect(await members.eraseUser(userId)).toEqual([first.id, elsewhere].sort());
      expect(await rowsWith(userId)).toEqual([]);
      expect(await rowsWith(name)).toEqual([]);
      // A node that has not heard of it yet writes the session down late.
      await sessions.saveSessions([{ ...record, generation: 2 }]);
      expect(await rowsWith(name)).toEqual([]);
      expect(await sessions.listSessionIds(userId, 1)).toEqual([]);
      const kept = await read(first.id, 'room');
      expect(kept.map(({ id, from }) => [id, from?.nickname ?? null])).toEqual([
        ['1-0', null],
        ['1-1', 'Other'],
        ['1-2', null],
      ]);
      expect(await read(first.id, 'log')).toHaveLength(2);
      const left = await rooms.findRoom(first.id);
      expect(left?.hostIds).toEqual(first.hostIds.slice(1));
      expect(left?.title).toBe(first.title);
    });

    it('[ERASE-2] a ban of somebody who was never there goes too, with what the log says of it', async () => {
      const userId = randomUUID();
      const room = roomRecord();
      await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
      await bans.saveBan(room.id, { userId: userId, network: null }, 1);
      const payload = JSON.stringify({ userId, nickname: null, by: randomUUID() });
      await entries.insert([entry(room.id, 0, { channel: 'log', type: 'banned', payload })]);
      expect(await members.listOpenRooms(userId)).toEqual([room.id]);
      expect(await members.eraseUser(userId)).toEqual([room.id]);
      expect(await rowsWith(userId)).toEqual([]);
      expect(await read(room.id, 'log')).toHaveLength(1);
    });

    it('[ERASE-2] a network that was banned with a user stays so, with nobody’s name on it', async () => {
      const userId = randomUUID();
      const room = roomRecord();
      await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
      await bans.saveBan(room.id, { userId, network: '203.0.113.7' }, 1);
      await members.eraseUser(userId);
      expect(await rowsWith(userId)).toEqual([]);
      expect(await bans.listBans(room.id)).toMatchObject([{ network: '203.0.113.7' }]);
    });

    it('[ERASE-2] can be repeated, and two erased users do not collide', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      const name = nickname();
      const room = await roomWith(a, name);
      await entries.insert([entry(room.id, 0, { channel: `user:${b}`, payload: '"hey"' })]);
      await members.saveMembers([member({ roomId: room.id, userId: b, nickname: name })]);
      await roomWith(b, name);
      await members.eraseUser(a);
      await members.eraseUser(b);
      expect(await members.eraseUser(a)).toEqual([]);
      expect(await rowsWith(name)).toEqual([]);
      expect((await entries.lastIds(room.id)).size).toBe(4);
    });

    it('[ERASE-2] the archive taking the erased entries once more is no conflict', async () => {
      const [userId, name] = [randomUUID(), nickname()];
      const roomId = randomUUID();
      const rows = [entry(roomId, 0, { userId, nickname: name }), entry(roomId, 1)];
      await entries.insert(rows);
      await members.eraseUser(userId);
      await entries.insert(rows);
      expect((await read(roomId, 'room'))[0]?.from).toBeNull();
    });

    it('[ERASE-2] a user with many entries', async () => {
      const [userId, name] = [randomUUID(), nickname()];
      const roomId = randomUUID();
      const many = Array.from({ length: 7_000 }, (_, seq) =>
        entry(roomId, seq, { userId, nickname: name }),
      );
      await patiently(() => entries.insert(many));
      await members.saveMembers([member({ roomId, userId, nickname: name })]);
      expect(await patiently(() => members.eraseUser(userId))).toEqual([roomId]);
      expect(await rowsWith(name)).toEqual([]);
    });
  });

  it('[ERASE-3] the open rooms are those where the user was a member, host, creator or author', async () => {
    const userId = randomUUID();
    const closed = roomRecord({ createdBy: userId, closedAt: 5, closeReason: 'closed' });
    const [seated, hosted, written, strange] = [1, 2, 3, 4].map(() => roomRecord());
    const created = roomRecord({ createdBy: userId, hostIds: [] });
    const open = [seated, hosted, written, strange].filter((room) => room !== undefined);
    for (const room of [closed, created, ...open]) {
      const hostIds = room === hosted ? [...room.hostIds, userId] : room.hostIds;
      await rooms.insertRoom({ ...room, hostIds }, { createKey: null, pinUntil: 9_000_000 });
    }
    await rooms.closeRoom(closed.id, { at: 5, reason: 'closed', pinRestsUntil: 9_000_000 });
    await members.saveMembers([
      member({ roomId: seated?.id ?? '', userId }),
      member({ roomId: closed.id, userId }),
      // A room that is not there any more.
      member({ userId }),
      member({ roomId: strange?.id ?? '' }),
    ]);
    await entries.insert([entry(written?.id ?? '', 0, { userId, nickname: 'Ada' })]);
    const expected = [seated, hosted, written, created].map((room) => room?.id).sort();
    expect(await members.listOpenRooms(userId)).toEqual(expected);
    expect(await members.listOpenRooms(randomUUID())).toEqual([]);
    await members.eraseUser(userId);
    expect(await members.listOpenRooms(userId)).toEqual([]);
  });
});
