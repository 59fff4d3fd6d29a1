import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { ARCHIVE_DRIVERS, anyPin, FIRST_START_MS, roomRecord } from './archive-drivers.js';

const PIN_UNTIL = 91_000_000;
const plain = { createKey: null, pinUntil: PIN_UNTIL };

describe.each(ARCHIVE_DRIVERS)('room archive on $name', ({ open }) => {
  let rooms: PostgresRoomArchive;
  beforeAll(async () => {
    rooms = new PostgresRoomArchive(await open());
  }, FIRST_START_MS);

  describe('insertRoom', () => {
    it('[ROOM-8] keeps the room, its hosts and its PIN', async () => {
      const room = roomRecord({ hostIds: [randomUUID(), randomUUID(), randomUUID()] });
      expect(await rooms.insertRoom(room, plain)).toEqual({ kind: 'inserted' });
      expect(await rooms.findRoom(room.id)).toEqual(room);
      expect(await rooms.findRoomByPin(room.pin)).toEqual(room);
    });

    it('[ROOM-8] a PIN in use is refused, and nothing of the room stays', async () => {
      const first = roomRecord();
      await rooms.insertRoom(first, plain);
      const second = roomRecord({ pin: first.pin, createdAt: PIN_UNTIL + 1 });
      expect(await rooms.insertRoom(second, { createKey: 'k', pinUntil: PIN_UNTIL * 2 })).toEqual({
        kind: 'pin_taken',
      });
      expect(await rooms.findRoom(second.id)).toBeNull();
      expect(await rooms.findRoomByPin(first.pin)).toEqual(first);
    });

    it('[ROOM-8] a resting PIN is refused until its rest has ended', async () => {
      const first = roomRecord();
      await rooms.insertRoom(first, plain);
      await rooms.closeRoom(first.id, {
        at: 2_000_000,
        reason: 'closed',
        pinRestsUntil: 3_000_000,
      });
      const early = roomRecord({ pin: first.pin, createdAt: 2_999_999 });
      expect((await rooms.insertRoom(early, plain)).kind).toBe('pin_taken');
      const later = roomRecord({ pin: first.pin, createdAt: 3_000_000 });
      expect((await rooms.insertRoom(later, plain)).kind).toBe('inserted');
      expect((await rooms.findRoomByPin(first.pin))?.id).toBe(later.id);
    });

    it('[ROOM-8] closing the old room again does not touch its successor', async () => {
      const old = roomRecord();
      await rooms.insertRoom(old, plain);
      const closed = { at: 2_000_000, reason: 'expired', pinRestsUntil: 2_000_001 };
      await rooms.closeRoom(old.id, closed);
      const successor = roomRecord({ pin: old.pin, createdAt: 2_000_001 });
      expect((await rooms.insertRoom(successor, plain)).kind).toBe('inserted');
      await rooms.closeRoom(old.id, closed);
      expect(await rooms.findRoomByPin(old.pin)).toEqual(successor);
    });

    it('[ROOM-8] the same key of the same user gives the first room and takes no PIN', async () => {
      const first = roomRecord();
      await rooms.insertRoom(first, { createKey: 'once', pinUntil: PIN_UNTIL });
      const again = roomRecord({ createdBy: first.createdBy });
      expect(await rooms.insertRoom(again, { createKey: 'once', pinUntil: PIN_UNTIL })).toEqual({
        kind: 'same_key',
        room: first,
      });
      const another = roomRecord({ pin: again.pin });
      expect((await rooms.insertRoom(another, { ...plain, createKey: 'once' })).kind).toBe(
        'inserted',
      );
    });

    it('[ROOM-8] of ten callers with one key, one opens a room and nine are given it', async () => {
      const createdBy = randomUUID();
      const candidates = Array.from({ length: 10 }, () => roomRecord({ createdBy }));
      const outcomes = await Promise.all(
        candidates.map((room) => rooms.insertRoom(room, { ...plain, createKey: 'race' })),
      );
      const winner = candidates[outcomes.findIndex(({ kind }) => kind === 'inserted')];
      const others = outcomes.filter(({ kind }) => kind !== 'inserted');
      expect(others).toEqual(Array.from({ length: 9 }, () => ({ kind: 'same_key', room: winner })));
      expect((await rooms.listRooms(createdBy, { cursor: null, limit: 50 })).rooms).toEqual([
        winner,
      ]);
    });

    it('[ROOM-8] of ten callers with one PIN, one gets it', async () => {
      const pin = anyPin();
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => rooms.insertRoom(roomRecord({ pin }), plain)),
      );
      expect(outcomes.filter(({ kind }) => kind === 'inserted')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'pin_taken')).toHaveLength(9);
    });

    it('[ROOM-8] repeating a call whose answer was lost says inserted again', async () => {
      const room = roomRecord();
      await rooms.insertRoom(room, { createKey: 'lost', pinUntil: PIN_UNTIL });
      expect(await rooms.insertRoom(room, { createKey: 'lost', pinUntil: PIN_UNTIL })).toEqual({
        kind: 'inserted',
      });
    });
  });

  describe('findRoom', () => {
    it('[ROOM-9] an unknown room is null', async () => {
      expect(await rooms.findRoom(randomUUID())).toBeNull();
    });

    it('[ROOM-9] settings come back as they were, whatever characters they hold', async () => {
      const settings = {
        ...roomRecord().settings,
        typesByRole: { player: ['\u0000', '\ud800', '"\\'] },
      };
      const room = roomRecord({ settings });
      await rooms.insertRoom(room, plain);
      expect((await rooms.findRoom(room.id))?.settings).toEqual(settings);
    });
  });

  it('[ROOM-10] neither an unknown PIN nor that of a closed room leads anywhere', async () => {
    const room = roomRecord();
    expect(await rooms.findRoomByPin(room.pin)).toBeNull();
    await rooms.insertRoom(room, plain);
    await rooms.closeRoom(room.id, { at: 5_000_000, reason: 'closed', pinRestsUntil: 9_000_000 });
    expect(await rooms.findRoomByPin(room.pin)).toBeNull();
  });

  describe('saveRoom', () => {
    it('[ROOM-11] keeps title, hosts, lock, capacity and settings', async () => {
      const room = roomRecord();
      await rooms.insertRoom(room, plain);
      const changed = {
        ...room,
        title: 'Another',
        hostIds: [randomUUID(), room.createdBy],
        locked: true,
        capacity: 7,
        settings: { ...room.settings, approval: true, passcodeRequired: true },
        passcodeHash: 'a hash',
        rev: 5,
      };
      await rooms.saveRoom(changed);
      await rooms.saveRoom(changed);
      expect(await rooms.findRoom(room.id)).toEqual(changed);
    });

    it('[ROOM-11] a lower rev changes nothing, in whatever order the savers come', async () => {
      const room = roomRecord();
      await rooms.insertRoom(room, plain);
      const versions = Array.from({ length: 12 }, (_, n) => ({
        ...room,
        pin: anyPin(),
        title: `title ${n}`,
        hostIds: [randomUUID(), randomUUID()],
        rev: 2 + n,
      }));
      await Promise.all(versions.toReversed().map((version) => rooms.saveRoom(version)));
      await rooms.saveRoom(versions[0] ?? room);
      expect(await rooms.findRoom(room.id)).toEqual(versions.at(-1));
    });
  });

  it('[ROOM-12] the first closing counts, however often it is repeated', async () => {
    const room = roomRecord();
    await rooms.insertRoom(room, plain);
    await rooms.closeRoom(room.id, { at: 4_000_000, reason: 'closed', pinRestsUntil: 95_000_000 });
    await rooms.closeRoom(room.id, { at: 4_500_000, reason: 'expired', pinRestsUntil: 97_000_000 });
    expect(await rooms.findRoom(room.id)).toEqual({
      ...room,
      closedAt: 4_000_000,
      closeReason: 'closed',
    });
    expect((await rooms.listPins(94_000_000)).filter(({ pin }) => pin === room.pin)).toEqual([
      { pin: room.pin, roomId: null, until: 95_000_000 },
    ]);
  });

  describe('listRooms', () => {
    it('[ROOM-13] pages through the rooms that a user hosts, newest first, each once', async () => {
      const host = randomUUID();
      const created = [10, 30, 20, 30, 30, 40];
      for (const createdAt of created) {
        await rooms.insertRoom(roomRecord({ hostIds: [randomUUID(), host], createdAt }), plain);
      }
      const seen = [];
      let cursor: string | null = null;
      do {
        const page = await rooms.listRooms(host, { cursor, limit: 2 });
        expect(page.rooms.length).toBeLessThanOrEqual(2);
        seen.push(...page.rooms);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen.map((room) => room.createdAt)).toEqual([40, 30, 30, 30, 20, 10]);
      expect(new Set(seen.map((room) => room.id)).size).toBe(created.length);
    });

    it('[ROOM-13] nothing for one who hosts nothing; a foreign cursor is a bad request', async () => {
      const nobody = randomUUID();
      expect(await rooms.listRooms(nobody, { cursor: null, limit: 5 })).toEqual({
        rooms: [],
        nextCursor: null,
      });
      await expect(rooms.listRooms(nobody, { cursor: "1_'x", limit: 5 })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });
  });

  it('[ROOM-14] lists PINs in use and resting, and forgets those whose rest is over', async () => {
    const base = 200_000_000;
    const open = roomRecord();
    const resting = roomRecord();
    const free = roomRecord();
    const ours = new Set([open.pin, resting.pin, free.pin]);
    for (const room of [open, resting, free]) {
      await rooms.insertRoom(room, { createKey: null, pinUntil: base + 900 });
    }
    await rooms.closeRoom(resting.id, { at: base, reason: 'closed', pinRestsUntil: base + 500 });
    await rooms.closeRoom(free.id, { at: base, reason: 'closed', pinRestsUntil: base + 100 });
    const listed = (await rooms.listPins(base + 100)).filter(({ pin }) => ours.has(pin));
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual({ pin: open.pin, roomId: open.id, until: base + 900 });
    expect(listed).toContainEqual({ pin: resting.pin, roomId: null, until: base + 500 });
    const next = roomRecord({ pin: free.pin, createdAt: 0 });
    expect((await rooms.insertRoom(next, plain)).kind).toBe('inserted');
  });

  it('[ROOM-15] lists open rooms created in the window or past their end, at most as many as asked', async () => {
    const base = 700_000_000;
    const make = async (createdAt: number, maxUntil: number) => {
      const room = roomRecord({ createdAt: base + createdAt, maxUntil: base + maxUntil });
      await rooms.insertRoom(room, { createKey: null, pinUntil: base * 2 });
      return room.id;
    };
    const before = await make(99, 1_000_000);
    const first = await make(100, 1_000_000);
    const inside = await make(150, 1_000_000);
    const end = await make(200, 1_000_000);
    const overdue = await make(300, 400);
    const closed = await make(160, 1_000_000);
    await rooms.closeRoom(closed, { at: base, reason: 'closed', pinRestsUntil: base });
    const bounds = { from: base + 100, to: base + 200, expiredBefore: base + 401, limit: 10_000 };
    const ids = (await rooms.listSuspects(bounds)).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([first, inside, overdue]));
    for (const other of [before, end, closed]) expect(ids).not.toContain(other);
    expect(await rooms.listSuspects({ ...bounds, limit: 2 })).toHaveLength(2);
  });
});
