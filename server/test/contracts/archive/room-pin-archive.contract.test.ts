import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresRoomPinArchive } from '../../../src/drivers/postgres/postgres-room-pin-archive.js';
import {
  ARCHIVE_DRIVERS,
  anyPin,
  FIRST_START_MS,
  patiently,
  roomRecord,
} from './archive-drivers.js';

const PIN_UNTIL = 91_000_000;
const TIMES = { at: 5_000_000, until: PIN_UNTIL };

describe.each(ARCHIVE_DRIVERS)('room PIN archive on $name', ({ open }) => {
  let rooms: PostgresRoomArchive;
  let pins: PostgresRoomPinArchive;
  beforeAll(async () => {
    const database = await open();
    rooms = new PostgresRoomArchive(database);
    pins = new PostgresRoomPinArchive(database);
  }, FIRST_START_MS);

  async function openRoom() {
    const room = roomRecord();
    await rooms.insertRoom(room, { createKey: null, pinUntil: PIN_UNTIL });
    return room;
  }

  /** What is known of these PINs at a time. */
  const known = async (now: number, ...wanted: readonly string[]) =>
    (await rooms.listPins(now)).filter(({ pin }) => wanted.includes(pin));

  it('[NEWPIN-1] an open room takes one more PIN, which is nobody else’s then; again changes nothing', async () => {
    const [room, other] = [await openRoom(), await openRoom()];
    const pin = anyPin();
    expect(await pins.takePin(room.id, pin, TIMES)).toBe('taken');
    expect(await pins.takePin(room.id, pin, TIMES)).toBe('taken');
    expect(await pins.takePin(other.id, pin, TIMES)).toBe('pin_taken');
    expect(await pins.takePin(other.id, room.pin, TIMES)).toBe('pin_taken');
    const rival = roomRecord({ pin, createdAt: PIN_UNTIL + 1 });
    const options = { createKey: null, pinUntil: PIN_UNTIL };
    expect(await rooms.insertRoom(rival, options)).toEqual({ kind: 'pin_taken' });
    expect(await known(TIMES.at, pin, room.pin)).toHaveLength(2);
  });

  it('[NEWPIN-1] of many rooms that want a PIN one gets it, and a closed one gets none', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(openRoom));
    const pin = anyPin();
    const outcomes = await Promise.all(opened.map(({ id }) => pins.takePin(id, pin, TIMES)));
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1);
    const [room] = opened;
    const closed = { at: 6_000_000, reason: 'closed', pinRestsUntil: 7_000_000 };
    await rooms.closeRoom(room?.id ?? '', closed);
    expect(await pins.takePin(room?.id ?? '', anyPin(), TIMES)).toBe('closed');
    expect(await pins.takePin(randomUUID(), anyPin(), TIMES)).toBe('closed');
  });

  it('[ROOM-12] a room that is closed while it takes PINs leaves none of them in use', async () => {
    const closed = { at: 6_000_000, reason: 'closed', pinRestsUntil: 7_000_000 };
    for (let round = 0; round < 8; round++) {
      const room = await openRoom();
      const wanted = [anyPin(), anyPin(), anyPin()];
      // Many at once for few connections: who does not get one in time asks again.
      const [held] = await Promise.all([
        patiently(() => rooms.closeRoom(room.id, closed)),
        ...wanted.map((pin) => patiently(() => pins.takePin(room.id, pin, TIMES))),
      ]);
      const left = await known(6_000_000, room.pin, ...wanted);
      expect(left.filter(({ roomId }) => roomId !== null)).toEqual([]);
      expect(held.toSorted()).toEqual(left.map(({ pin }) => pin).toSorted());
    }
  });

  it('[NEWPIN-2] a former PIN rests, and is another’s only after that', async () => {
    const [room, other] = [await openRoom(), await openRoom()];
    const next = anyPin();
    await pins.takePin(room.id, next, TIMES);
    await pins.restPin(other.id, room.pin, 1);
    await pins.restPin(room.id, room.pin, 8_000_000);
    await pins.restPin(room.id, room.pin, 9_000_000);
    expect(await known(7_000_000, room.pin, next)).toEqual(
      expect.arrayContaining([
        { pin: room.pin, roomId: null, until: 8_000_000 },
        { pin: next, roomId: room.id, until: PIN_UNTIL },
      ]),
    );
    const early = { at: 7_999_999, until: PIN_UNTIL };
    expect(await pins.takePin(other.id, room.pin, early)).toBe('pin_taken');
    expect(await pins.takePin(other.id, room.pin, { ...early, at: 8_000_000 })).toBe('taken');
    await pins.restPin(room.id, room.pin, 9_000_000);
    expect((await known(8_500_000, room.pin))[0]?.roomId).toBe(other.id);
  });

  it('[NEWPIN-3] a room’s PIN is known as its own, in use and at rest', async () => {
    const room = await openRoom();
    const next = anyPin();
    expect(await pins.hasPin(room.id, next)).toBe(false);
    await pins.takePin(room.id, next, TIMES);
    await pins.restPin(room.id, room.pin, 8_000_000);
    expect(await pins.hasPin(room.id, next)).toBe(true);
    expect(await pins.hasPin(room.id, room.pin)).toBe(true);
    expect(await pins.hasPin(randomUUID(), room.pin)).toBe(false);
  });
});
