import type { OperatorRoomList } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { livePinsKey, pinKey, pinReadyKey } from '../../src/drivers/redis/keys.js';
import { systemRandom, uuidv7 } from '../../src/engine/runtime/random.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { type House, openHouse } from '../support/opening-house.js';
import { createRoom, type NewRoom, roomByPin } from '../support/opening-room.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const QUARANTINE_MS = 1_200;
const RESERVE_MS = 500;

const newId = () => uuidv7(Date.now(), systemRandom);

function house(backends: Backends, quarantineMs = QUARANTINE_MS): Promise<House> {
  return openHouse({
    redisUrl: backends.redis.url,
    databaseUrl: backends.database.url,
    pinPolicy: { minLength: 4, maxLength: 4, density: 1, quarantineMs },
    reserveMs: RESERVE_MS,
    openingMs: 60_000,
    roomTtlMs: 600_000,
  });
}

/** A room with this PIN. */
async function openWith(mine: House, pin: string): Promise<string> {
  const room = await mine.open({ userId: newId(), wanted: pin });
  expect(room.pin).toBe(pin);
  return room.id;
}

describe('an old room', () => {
  let mine: House;
  beforeAll(async () => {
    mine = await house(await startBackends());
    await mine.directory.rebuildPins();
  });

  const reserve = (roomId: string, pin: string, reserveMs = 60_000) =>
    mine.pins.reserve({ roomId, candidates: [[pin]], density: 1, reserveMs });

  it('[PIN-2] whose reservation ran out late neither confirms nor releases the PIN of its successor', async () => {
    const [old, successor, pin] = [newId(), newId(), '2001'];
    expect(await reserve(old, pin, 50)).toBe(pin);
    await until(() => reserve(successor, pin));
    const life = Date.now() + 60_000;
    expect(await mine.pins.confirm(pin, old, life)).toBe(false);
    expect(await mine.pins.release(pin, old, 60_000)).toBe(false);
    expect(await mine.pins.confirm(pin, successor, life)).toBe(true);
    expect(await mine.pins.release(pin, old, 0)).toBe(false);
    expect(await mine.pins.lookup(pin)).toEqual({ kind: 'room', roomId: successor });
    expect(await mine.redis.pexpiretime(pinKey(pin))).toBe(life);
    expect(await mine.redis.zscore(livePinsKey(4), pin)).toBe(`${life}`);
  });

  it('[PIN-3] whose time runs out late leaves the PIN of its successor alone', async () => {
    const [old, successor, pin] = [newId(), newId(), '2002'];
    const oldEnd = Date.now() + 600;
    await reserve(old, pin);
    await mine.pins.confirm(pin, old, oldEnd);
    await mine.pins.release(pin, old, 0);
    expect(await reserve(successor, pin)).toBe(pin);
    const life = Date.now() + 60_000;
    await mine.pins.confirm(pin, successor, life);
    await until(() => Date.now() > oldEnd + 100);
    // Somebody draws meanwhile, which clears what has run out of the index.
    await reserve(newId(), '2003');
    expect(await mine.pins.lookup(pin)).toEqual({ kind: 'room', roomId: successor });
    expect(await mine.redis.pexpiretime(pinKey(pin))).toBe(life);
    expect(await mine.redis.zscore(livePinsKey(4), pin)).toBe(`${life}`);
    expect(await reserve(newId(), pin)).toBeNull();
  });

  it('[PIN-3] that is closed a second time leaves its PIN to the room that has it now', async () => {
    const pin = '2004';
    const old = await openWith(mine, pin);
    mine.startHousekeeping();
    await mine.closer.close(old, null);
    await until(async () => (await mine.redis.get(pinKey(pin))) === `-${old}`);
    // Given out again only after its rest.
    const successor = await until(async () => {
      const room = await mine.open({ userId: newId(), wanted: pin });
      return room.pin === pin ? room.id : null;
    });
    await mine.closer.finish(old);
    await mine.archive.closeRoom(old, { at: 1, reason: 'closed', pinRestsUntil: 1 });
    expect(await mine.pins.lookup(pin)).toEqual({ kind: 'room', roomId: successor });
    expect((await mine.archive.findRoomByPin(pin))?.id).toBe(successor);
    expect((await mine.directory.byPin(pin))?.id).toBe(successor);
  });

  it('[PIN-3] rests its PIN: for that long it leads nowhere and nobody gets it', async () => {
    const pin = '2005';
    const old = await openWith(mine, pin);
    await mine.closer.close(old, null);
    await until(async () => (await mine.redis.get(pinKey(pin)))?.startsWith('-'));
    const rest = await mine.redis.pttl(pinKey(pin));
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThanOrEqual(QUARANTINE_MS);
    let given: string | null = null;
    while ((await mine.redis.pttl(pinKey(pin))) > 100) {
      given = await reserve(newId(), pin);
      expect(given).toBeNull();
      expect(await mine.pins.lookup(pin)).toEqual({ kind: 'none' });
      expect(await mine.directory.byPin(pin)).toBeNull();
    }
    await until(async () => (await mine.redis.pttl(pinKey(pin))) === -2);
    expect(await openWith(mine, pin)).not.toBe(old);
  });
});

describe('a server whose Redis loses everything', () => {
  let backends: Backends;
  let node: SpawnedNode;
  let token: string;
  beforeAll(async () => {
    backends = await startBackends();
    node = await spawnNode({
      env: {
        ...UNLIMITED,
        ...backends.env,
        PINROOM_PIN_LENGTH: '4',
        PINROOM_PIN_MAX_LENGTH: '4',
        PINROOM_PIN_DENSITY: '1',
        PINROOM_PIN_QUARANTINE_SECONDS: '600',
      },
    });
    token = (await newSession(node.url, 'Ada')).accessToken;
    await until(async () => (await backends.query('SELECT 1 FROM sessions')).length > 0);
  });

  async function rooms(count: number): Promise<NewRoom['room'][]> {
    const opened: NewRoom['room'][] = [];
    for (let from = 0; from < count; from += 10) {
      const batch = Array.from({ length: 10 }, () => createRoom(node.url, token));
      opened.push(...(await Promise.all(batch)).map(({ room }) => room));
    }
    return opened;
  }

  it('[PIN-5] still knows PINs in use and at rest, and gives none of them out again', async () => {
    const mine = await house(backends);
    const before = await rooms(60);
    const closed = before.slice(0, 20);
    const open = before.slice(20);
    for (const { id } of closed) {
      await call(`${node.url}/api/rooms/${id}/close`, { method: 'POST', token, body: {} });
    }
    await until(async () => {
      const marks = await mine.redis.mget(closed.map(({ pin }) => pinKey(pin)));
      return marks.every((mark) => mark?.startsWith('-'));
    });

    await mine.redis.flushall();
    const meanwhile = await rooms(60);
    // The first look-up sets the rebuild off; until it is done the archive answers.
    expect(await roomByPin(node.url, token, open[0]?.pin ?? '')).toBe(open[0]?.id);
    await until(async () => (await mine.redis.exists(pinReadyKey)) === 1);
    const after = await rooms(60);

    const operator = { token: SHARED_SECRETS.PINROOM_OPERATOR_TOKEN };
    const unseen = open.at(-1);
    const listed = await call<OperatorRoomList>(
      `${node.url}/api/ops/rooms?pin=${unseen?.pin}`,
      operator,
    );
    expect(listed.body.rooms.map(({ id }) => id)).toEqual([unseen?.id]);

    const taken = new Set(before.map(({ pin }) => pin));
    const given = [...meanwhile, ...after].map(({ pin }) => pin);
    expect(given.filter((pin) => taken.has(pin))).toEqual([]);
    expect(new Set(given).size).toBe(given.length);
    for (const { id, pin } of [...open, ...meanwhile, ...after]) {
      expect(await roomByPin(node.url, token, pin)).toBe(id);
    }
    for (const { pin } of closed) {
      expect(await roomByPin(node.url, token, pin)).toBe('room_not_found');
      const wish = { roomId: newId(), candidates: [[pin]], density: 1, reserveMs: 1_000 };
      expect(await mine.pins.reserve(wish)).toBeNull();
    }
  });

  it('[PIN-7] leads to a room by its PIN even if another was about to get that PIN meanwhile', async () => {
    const mine = await house(backends);
    const { room } = await createRoom(node.url, token);
    await mine.redis.flushall();
    // The index knows nothing: the PIN is reserved for another, and the archive refuses it.
    const other = await mine.open({ userId: newId(), wanted: room.pin });
    expect(other.pin).not.toBe(room.pin);
    await until(async () => (await mine.redis.exists(pinReadyKey)) === 1);
    // Until whatever was reserved has run out.
    await until(() => Date.now() > other.createdAt + RESERVE_MS + 200);
    expect(await mine.pins.lookup(room.pin)).toEqual({ kind: 'room', roomId: room.id });
    expect(await roomByPin(node.url, token, room.pin)).toBe(room.id);
    expect(await roomByPin(node.url, token, other.pin ?? '')).toBe(other.id);
  });
});

describe('one key', () => {
  it('opens one room, however many ask for it at once and wherever', async () => {
    const backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env };
    const nodes = [await spawnNode({ env }), await spawnNode({ env })];
    const { accessToken } = await newSession(nodes[0]?.url ?? '', 'Ada');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        createRoom(nodes[n % 2]?.url ?? '', accessToken, { key: 'quiz-1', title: `try ${n}` }),
      ),
    );
    const [first] = answers;
    for (const answer of answers) {
      expect(answer.room).toMatchObject({ id: first?.room.id, pin: first?.room.pin });
      expect(answer.room.title).toBe(first?.room.title);
      expect(answer.hostKey).toBe(first?.hostKey);
    }
    const mine = await house(backends);
    const pins = (await mine.redis.keys('pr:{pin}:[0-9]*')).map((key) => key.split(':').at(-1));
    expect(pins).toEqual([first?.room.pin]);
    expect(await mine.redis.zcard(livePinsKey(6))).toBe(1);
    expect(await mine.query('SELECT id FROM rooms')).toEqual([{ id: first?.room.id }]);
    const page = await call<{ entries: { type: string }[] }>(
      `${nodes[1]?.url}/api/rooms/${first?.room.id}/entries?channel=log`,
      { token: accessToken },
    );
    expect(page.body.entries.map(({ type }) => type)).toEqual(['created']);
  });
});
