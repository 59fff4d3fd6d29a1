import { beforeAll, describe, expect, it } from 'vitest';
import { pinKey } from '../../src/drivers/redis/keys.js';
import { systemRandom, uuidv7 } from '../../src/engine/runtime/random.js';
import { type Backends, startBackends } from '../support/backends.js';
import { type House, NEW_PIN_STEPS, type NewPinStep, openHouse } from '../support/opening-house.js';
import { until } from '../support/until.js';

/** Quarantine is short, and the space so large that nobody draws by chance what a test wants. */
const PIN_POLICY = { minLength: 8, maxLength: 8, density: 1, quarantineMs: 600 };
/** So short that what a process leaves behind runs out within the test. */
const RESERVE_MS = 800;
const OPENING_MS = 300;

const STEPS = Object.keys(NEW_PIN_STEPS) as NewPinStep[];
/** The step that makes the new PIN the room's. */
const DECIDES = STEPS.indexOf('update');

const newUser = () => uuidv7(Date.now(), systemRandom);

describe('a room that gets another PIN', () => {
  let backends: Backends;
  let mine: House;
  let next = 40_000_000;
  beforeAll(async () => {
    backends = await startBackends();
    mine = await openHouse({
      redisUrl: backends.redis.url,
      databaseUrl: backends.database.url,
      pinPolicy: PIN_POLICY,
      reserveMs: RESERVE_MS,
      openingMs: OPENING_MS,
      roomTtlMs: 600_000,
    });
    await mine.directory.rebuildPins();
    mine.startHousekeeping();
  });

  const anyPin = () => String(next++);
  const openRoom = async () => {
    const [userId, wanted] = [newUser(), anyPin()];
    const { id: roomId } = await mine.open({ userId, wanted });
    return { userId, roomId, current: wanted };
  };
  const leadsTo = async (pin: string) => (await mine.directory.byPin(pin))?.id ?? null;
  const isReserved = async (pin: string) => (await mine.redis.get(pinKey(pin)))?.startsWith('?');
  /** Whether somebody else gets a PIN who wants it now. */
  const isGivenOut = async (pin: string) =>
    (await mine.open({ userId: newUser(), wanted: pin })).pin === pin;

  it.each(STEPS)('loses none and shares none, where the process dies after %s', async (step) => {
    const { userId, roomId, current } = await openRoom();
    const wanted = anyPin();
    const died = mine.newPin({ userId, roomId, current, wanted }, step);
    void died.catch(() => {});
    const isDecided = STEPS.indexOf(step) >= DECIDES;
    await until(async () =>
      isDecided
        ? (await leadsTo(wanted)) === roomId
        : (await mine.redis.exists(pinKey(wanted))) === 1,
    );
    // Exactly one of both leads there, and it goes on to do so when the reservation has run out.
    const [leading, other] = isDecided ? [wanted, current] : [current, wanted];
    const check = async () => {
      expect([await leadsTo(leading), await leadsTo(other)]).toEqual([roomId, null]);
      expect(await isGivenOut(leading)).toBe(false);
    };
    await check();
    await until(async () => !(await isReserved(wanted)));
    await check();
    // Nor does the audit, which has looked several times meanwhile, take it for a broken opening.
    expect((await mine.rooms.get(roomId))?.closedAt).toBeNull();
    if (step !== 'reserve' && step !== 'release') expect(await isGivenOut(other)).toBe(false);

    // The host, who got no answer, asks again.
    const room = await mine.newPin({ userId, roomId, current, wanted: anyPin() });
    expect(room.pin).toBe(isDecided ? wanted : (await mine.rooms.get(roomId))?.pin);
    expect(room.pin).not.toBe(current);
    expect(await leadsTo(room.pin ?? '')).toBe(roomId);
    expect(await leadsTo(current)).toBeNull();
    expect((await mine.archive.findRoom(roomId))?.pin).toBe(room.pin);

    // Once it is closed, each of its PINs is free again.
    await mine.closer.close(roomId, null);
    for (const pin of new Set([current, wanted, room.pin ?? ''])) {
      await until(() => isGivenOut(pin), 15_000);
    }
  });

  it('keeps it when Redis has lost its data, and when it was between two', async () => {
    const [settled, between] = [await openRoom(), await openRoom()];
    const [first, second] = [anyPin(), anyPin()];
    await mine.newPin({ ...settled, wanted: first });
    void mine.newPin({ ...between, wanted: second }, 'update').catch(() => {});
    await until(async () => (await leadsTo(second)) === between.roomId);
    await mine.redis.flushall();
    expect(await leadsTo(first)).toBe(settled.roomId);
    expect(await leadsTo(settled.current)).toBeNull();
    // What only Redis knew is lost with it: the one before leads there again, and can be replaced.
    expect([await leadsTo(between.current), await leadsTo(second)]).toEqual([between.roomId, null]);
    await mine.directory.rebuildPins();
    expect(await isGivenOut(second)).toBe(false);
    const third = anyPin();
    expect((await mine.newPin({ ...between, wanted: third })).pin).toBe(third);
    expect([await leadsTo(between.current), await leadsTo(third)]).toEqual([null, between.roomId]);
  });

  it('gets one, however many hosts ask at once, and none for a PIN that it never had', async () => {
    const { userId, roomId, current } = await openRoom();
    const wanted = Array.from({ length: 8 }, anyPin);
    const rooms = await Promise.all(
      wanted.map((pin) => mine.newPin({ userId, roomId, current, wanted: pin })),
    );
    const given = new Set(rooms.map(({ pin }) => pin));
    expect(given.size).toBe(1);
    const [pin = ''] = given;
    expect(await leadsTo(pin ?? '')).toBe(roomId);
    // Those that were drawn in vain are free at once.
    for (const unused of wanted.filter((one) => one !== pin)) {
      await until(() => isGivenOut(unused));
    }
    const never = mine.newPin({ userId, roomId, current: '10000000' });
    await expect(never).rejects.toMatchObject({ code: 'conflict' });
    const stranger = mine.newPin({ userId: newUser(), roomId, current: pin ?? '' });
    await expect(stranger).rejects.toMatchObject({ code: 'not_in_room' });
    await mine.closer.close(roomId, null);
    const closed = mine.newPin({ userId, roomId, current: pin ?? '' });
    await expect(closed).rejects.toMatchObject({ code: 'room_closed' });
  });
});
