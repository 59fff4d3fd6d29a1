import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { guardProcess } from '../../../infra/left-behind.mjs';
import { parseEntries } from '../../src/drivers/redis/entry-fields.js';
import { streamKey } from '../../src/drivers/redis/keys.js';
import { systemRandom, uuidv7 } from '../../src/engine/runtime/random.js';
import { type Backends, startBackends } from '../support/backends.js';
import { type House, openHouse } from '../support/opening-house.js';
import { until } from '../support/until.js';

const WORKER = fileURLToPath(new URL('../support/opening-worker.mjs', import.meta.url));
/** Quarantine is short, the space small and all of it in use: PINs are wanted again at once. */
const PIN_POLICY = { minLength: 4, maxLength: 4, density: 1, quarantineMs: 700 };
/** Of the process that dies; the others have longer, so that a busy machine is no failure. */
const RESERVE_MS = 800;
const RIVALS_RESERVE_MS = 2_000;
const OPENING_MS = 3_000;
/** A room that nobody uses closes after this long. */
const ROOM_TTL_MS = 3_000;
const RIVALS = 96;
const AT_ONCE = 12;

const STEPS = ['reserve', 'insertRoom', 'put', 'confirm'] as const;
type Step = (typeof STEPS)[number];

interface RoomRow {
  readonly id: string;
  readonly pin: string;
  readonly closed_at: number | null;
}

let backends: Backends;
beforeAll(async () => {
  backends = await startBackends();
});

const newUser = () => uuidv7(Date.now(), systemRandom);

let nextPin = 1_100;
/** One that this file has not asked for before; others may have it by chance, so it is looked for. */
async function freshPin(house: House): Promise<string> {
  for (;;) {
    nextPin += 37;
    const pin = `${nextPin}`;
    if ((await house.redis.exists(`pr:{pin}:${pin}`)) === 0) return pin;
  }
}

function house(roomTtlMs = 600_000): Promise<House> {
  return openHouse({
    redisUrl: backends.redis.url,
    databaseUrl: backends.database.url,
    pinPolicy: PIN_POLICY,
    reserveMs: RIVALS_RESERVE_MS,
    openingMs: OPENING_MS,
    roomTtlMs,
  });
}

/** A process opens a room with this PIN and is killed right after a step of it. */
async function dieOpening(
  dieAfter: Step,
  wish: { userId: string; pin: string; key?: string; roomTtlMs?: number },
): Promise<void> {
  const options = {
    redisUrl: backends.redis.url,
    databaseUrl: backends.database.url,
    pinPolicy: PIN_POLICY,
    reserveMs: RESERVE_MS,
    roomTtlMs: 600_000,
    dieAfter,
    ...wish,
  };
  const worker = fork(WORKER, [JSON.stringify(options)]);
  const forget = guardProcess(worker.pid ?? 0);
  const [, signal] = await once(worker, 'exit');
  forget();
  expect(signal).toBe('SIGKILL');
}

async function rowOf(house: House, userId: string): Promise<RoomRow | undefined> {
  const rows = await house.query<RoomRow>('SELECT * FROM rooms WHERE created_by = $1', [userId]);
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0];
}

/** Opens many rooms that all want this PIN first; answers the PINs that they got. */
async function openRivals(house: House, wanted: string): Promise<(string | null)[]> {
  const pins: (string | null)[] = [];
  for (let from = 0; from < RIVALS; from += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => house.open({ userId: newUser(), wanted }));
    pins.push(...(await Promise.all(batch)).map(({ pin }) => pin));
  }
  return pins;
}

/** No PIN belongs to two open rooms: not in the archive, not in the store. */
async function expectNoPinTwice(house: House): Promise<void> {
  const twice = await house.query(
    'SELECT pin FROM rooms WHERE closed_at IS NULL GROUP BY pin HAVING count(*) > 1',
  );
  expect(twice).toEqual([]);
  const open: string[] = [];
  for (const key of await house.redis.keys('pr:{*}:room:*')) {
    const [pin, closedAt] = await house.redis.hmget(key, 'pin', 'closedAt');
    if (pin && closedAt === '') open.push(pin);
  }
  expect(open.filter((pin, index) => open.indexOf(pin) !== index)).toEqual([]);
}

/** Waits until a room that wants the PIN gets it. */
async function untilGivenOut(house: House, pin: string): Promise<void> {
  await until(async () => {
    const room = await house.open({ userId: newUser(), wanted: pin });
    return room.pin === pin;
  }, 15_000);
}

describe.each(STEPS)('a process that dies opening a room, after the step %s', (step) => {
  it('loses no PIN and shares none, when nobody comes back to the room', async () => {
    const mine = await house();
    await mine.directory.rebuildPins();
    const [userId, pin] = [newUser(), await freshPin(mine)];
    // A room whose opening was completed is a room like others: it closes when nobody uses it.
    const life = step === 'confirm' ? { roomTtlMs: ROOM_TTL_MS } : {};
    await dieOpening(step, { userId, pin, ...life });
    if (step === 'reserve') {
      expect(await rowOf(mine, userId)).toBeUndefined();
    } else {
      expect(await rowOf(mine, userId)).toMatchObject({ pin, closed_at: null });
      // Long after the reservation has run out, the row still keeps everybody else away.
      await until(async () => (await mine.redis.get(`pr:{pin}:${pin}`))?.startsWith('?') !== true);
      expect(await openRivals(mine, pin)).not.toContain(pin);
      await expectNoPinTwice(mine);
    }
    mine.startHousekeeping();
    if (step !== 'reserve') {
      const closed = await until(async () => {
        const row = await rowOf(mine, userId);
        return row?.closed_at ? row : null;
      }, 15_000);
      // What the dead process had written into the store is no open room any more either.
      await until(async () => (await mine.rooms.get(closed.id))?.closedAt !== null);
    }
    await untilGivenOut(mine, pin);
    await expectNoPinTwice(mine);
  });

  it('finds its room again by the same key, completed', async () => {
    const mine = await house();
    await mine.directory.rebuildPins();
    const [userId, pin, key] = [newUser(), await freshPin(mine), 'opening-1'];
    await dieOpening(step, { userId, pin, key });
    const row = await rowOf(mine, userId);
    // Others try to get its PIN meanwhile, reserved or not; one of them is still at it.
    await openRivals(mine, pin);
    await until(async () => (await mine.redis.get(`pr:{pin}:${pin}`))?.startsWith('?') !== true);
    const rival = { roomId: newUser(), candidates: [[pin]], density: 1, reserveMs: 5_000 };
    await mine.pins.reserve(rival);
    const room = await mine.open({ userId, key });
    if (row) expect(room).toMatchObject({ id: row.id, pin });
    expect(await mine.open({ userId, key })).toEqual(room);

    expect(await mine.pins.lookup(room.pin ?? '')).toEqual({ kind: 'room', roomId: room.id });
    expect((await mine.directory.byPin(room.pin ?? ''))?.id).toBe(room.id);
    const log = parseEntries(await mine.redis.xrange(streamKey(room.id, 'log'), '-', '+'));
    expect(log.map(({ type }) => type)).toEqual(['created']);
    expect(await openRivals(mine, room.pin ?? '')).not.toContain(room.pin);

    // A completed room is none that housekeeping closes.
    mine.startHousekeeping();
    await until(() => Date.now() > room.createdAt + OPENING_MS + 1_000, 10_000);
    expect((await mine.archive.findRoom(room.id))?.closedAt).toBeNull();
    expect((await mine.rooms.get(room.id))?.closedAt).toBeNull();
    await expectNoPinTwice(mine);
  });
});
