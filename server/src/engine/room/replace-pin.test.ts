import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import type { Caller } from '../auth/caller.port.js';
import { AppError, unavailable } from '../runtime/app-error.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { OwedWork } from '../runtime/owed-work.js';
import { systemRandom } from '../runtime/random.js';
import type { RoomAccess } from './access.js';
import { PinReplacer } from './replace-pin.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomPinArchive } from './room-pin-archive.port.js';
import { DEFAULT_SETTINGS } from './room-settings.js';

const ROOM_ID = '01890000-0000-7000-8000-0000000000aa';
const FIRST = '123456';
const CALLER = { kind: 'user', userId: 'host', network: 'n' } as Caller;

async function setUp(budget = 10) {
  const stores = createMemoryStores({ clock: systemClock, channelKeep: 10, backlogEntries: 100 });
  const { pins, rooms } = stores;
  const until = Date.now() + 60_000;
  await pins.fill([{ pin: FIRST, roomId: ROOM_ID, until }]);
  await pins.markComplete();
  await rooms.put(
    {
      id: ROOM_ID,
      pin: FIRST,
      title: '',
      createdBy: 'host',
      hostIds: ['host'],
      locked: false,
      capacity: 10,
      settings: DEFAULT_SETTINGS,
      passcodeHash: null,
      rev: 1,
      createdAt: Date.now(),
      ttlMs: 60_000,
      maxUntil: until,
      closedAt: null,
      closeReason: null,
    },
    { epochFloor: 0, lastIds: new Map(), closedTtlMs: 0, isNew: true, bans: [], state: null },
  );
  /** What the archive has been told; while it is away, everything asked of it fails. */
  const archived = { isAway: false, taken: [] as string[], resting: [] as string[], pin: FIRST };
  const there = () => {
    if (archived.isAway) throw unavailable('The archive');
  };
  const pinArchive: RoomPinArchive = {
    async takePin(_roomId, pin) {
      there();
      archived.taken.push(pin);
      return 'taken';
    },
    async restPin(_roomId, pin) {
      there();
      archived.resting.push(pin);
    },
    async hasPin(_roomId, pin) {
      there();
      return pin === FIRST || archived.taken.includes(pin);
    },
  };
  const archive: Pick<RoomArchive, 'saveRoom'> = {
    async saveRoom({ pin }) {
      there();
      archived.pin = pin;
    },
  };
  const access: Pick<RoomAccess, 'ofHost'> = {
    async ofHost() {
      const room = await rooms.get(ROOM_ID);
      if (!room) throw new Error('the room is gone');
      return { room, role: 'host', muted: false, nickname: null };
    },
  };
  let left = budget;
  const limiter = {
    async take() {
      if (left === 0) throw new AppError('rate_limited');
      left -= 1;
    },
    async giveBack() {
      left += 1;
    },
  };
  const owed = new OwedWork(systemClock, silentLogger);
  const replacer = new PinReplacer({
    pins,
    rooms,
    pinArchive,
    owed,
    archive: archive as RoomArchive,
    access: access as RoomAccess,
    directory: { rebuildPinsSoon() {} } as RoomDirectory,
    clock: systemClock,
    metrics: noMetrics,
    random: systemRandom,
    pinPolicy: { minLength: 6, maxLength: 6, density: 1, quarantineMs: 60_000 },
    limiters: {
      rooms: limiter,
      roomsOfNetwork: { take: async () => {}, giveBack: async () => {} },
    },
  });
  const replace = async (current: string) =>
    (await replacer.replace(CALLER, { roomId: ROOM_ID, current })).room.pin ?? '';
  return { archived, left: () => left, owed, pins, replace, rooms };
}

describe('another PIN for a room', () => {
  it('is refused while the archive is away, and nothing is as before but the time', async () => {
    const { archived, left, pins, replace, rooms } = await setUp();
    archived.isAway = true;
    await expect(replace(FIRST)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await pins.lookup(FIRST)).toEqual({ kind: 'room', roomId: ROOM_ID });
    expect(await rooms.get(ROOM_ID)).toMatchObject({ pin: FIRST, rev: 1 });
    expect(left()).toBe(10);
    archived.isAway = false;
    const next = await replace(FIRST);
    expect(archived).toMatchObject({ pin: next, taken: [next], resting: [FIRST] });
    expect(await pins.lookup(FIRST)).toEqual({ kind: 'none' });
    expect(await pins.lookup(next)).toEqual({ kind: 'room', roomId: ROOM_ID });
  });

  it('stays, where the archive goes away once it is decided, and is written down later', async () => {
    const { archived, owed, pins, replace, rooms } = await setUp();
    const update = rooms.update.bind(rooms);
    rooms.update = async (...given) => {
      archived.isAway = true;
      return update(...given);
    };
    const next = await replace(FIRST);
    expect((await rooms.get(ROOM_ID))?.pin).toBe(next);
    expect(archived).toMatchObject({ pin: FIRST, resting: [] });
    archived.isAway = false;
    await owed.stop();
    expect(archived).toMatchObject({ pin: next, resting: [FIRST] });
    expect(await pins.lookup(FIRST)).toEqual({ kind: 'none' });
  });

  it('counts like a room that is opened; asking again for what was done does not', async () => {
    const { replace } = await setUp(2);
    const second = await replace(FIRST);
    const third = await replace(second);
    expect(await replace(FIRST)).toBe(third);
    expect(await replace(second)).toBe(third);
    await expect(replace(third)).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
