import { describe, expect, it } from 'vitest';
import { openRedis } from '../../src/drivers/redis/redis-clients.js';
import { RedisPinRegistry } from '../../src/drivers/redis/redis-pin-registry.js';
import { pinCandidates } from '../../src/engine/room/allocate-pin.js';
import { systemClock } from '../../src/engine/runtime/clock.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { systemRandom, uuidv7 } from '../../src/engine/runtime/random.js';
import { afterFile } from '../support/after-file.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { createRoom, roomByPin } from '../support/opening-room.js';
import { createDatabase, startRedis } from '../support/services.js';
import { spawnNode } from '../support/spawn-node.js';

const ALL_SHORT = Array.from({ length: 9_000 }, (_, n) => `${1_000 + n}`);
const PER_CALL = 8;
const AT_ONCE = 64;

async function openIndex() {
  const { url } = await startRedis();
  const redis = await openRedis({ urls: url.split(','), logger: silentLogger, metrics: noMetrics });
  afterFile(() => redis.close());
  const pins = new RedisPinRegistry(redis);
  return {
    url,
    pins,
    reserve: (candidates: readonly (readonly string[])[], density: number) =>
      pins.reserve({ roomId: newId(), candidates, density, reserveMs: 600_000 }),
    /** Script calls that Redis has counted while `work` ran. */
    async scriptCalls(work: () => Promise<void>): Promise<number> {
      await redis.calls.onMasters('CONFIG', 'RESETSTAT');
      await work();
      const infos = await redis.calls.onMasters('INFO', 'commandstats');
      const counts = [...infos.join('\n').matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+),/gm)];
      return counts.reduce((sum, [, calls]) => sum + Number(calls), 0);
    },
  };
}

function newId(): string {
  return uuidv7(systemClock.now(), systemRandom);
}

/** Runs `count` calls, some at a time, and answers what they gave. */
async function many<T>(count: number, run: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - from);
    results.push(...(await Promise.all(Array.from({ length: size }, (_, n) => run(from + n)))));
  }
  return results;
}

describe('a space of PINs with four digits', () => {
  it('[PIN-1] can be used up to its last PIN, each in one round trip; then there is none', async () => {
    const index = await openIndex();
    let given: (string | null)[] = [];
    // Every PIN is among the candidates of eight calls.
    const candidatesOf = (n: number) => {
      const start = PER_CALL * Math.floor(n / PER_CALL);
      return [ALL_SHORT.slice(start, start + PER_CALL)];
    };
    const calls = await index.scriptCalls(async () => {
      given = await many(ALL_SHORT.length, (n) => index.reserve(candidatesOf(n), 1));
    });
    expect(calls).toBe(ALL_SHORT.length);
    expect(new Set(given)).toEqual(new Set(ALL_SHORT));
    const more = await many(200, () => index.reserve(pinCandidates(4, 4, systemRandom), 1));
    expect(more.filter((pin) => pin !== null)).toEqual([]);
    // A longer length, where one is allowed, goes on.
    const longer = await index.reserve(pinCandidates(4, 5, systemRandom), 1);
    expect(longer).toMatch(/^[1-9]\d{4}$/);
  });

  it('[PIN-1] with density 1 is drawn from by chance until nearly all of it is in use', async () => {
    const index = await openIndex();
    const given: (string | null)[] = [];
    const calls = await index.scriptCalls(async () => {
      given.push(
        ...(await many(20_000, () => index.reserve(pinCandidates(4, 5, systemRandom), 1))),
      );
    });
    expect(calls).toBe(20_000);
    expect(given).not.toContain(null);
    expect(new Set(given).size).toBe(20_000);
    const short = given.filter((pin) => pin?.length === 4);
    expect(short.length).toBeGreaterThan(8_950);
  });

  it('[PIN-1] is left after 5 % of it by default: PINs get longer, one round trip each', async () => {
    const index = await openIndex();
    const given: (string | null)[] = [];
    const calls = await index.scriptCalls(async () => {
      const draw = () => index.reserve(pinCandidates(4, 6, systemRandom), 0.05);
      given.push(...(await many(5_500, draw)));
    });
    expect(calls).toBe(5_500);
    expect(new Set(given).size).toBe(5_500);
    const lengths = given.map((pin) => pin?.length);
    expect(lengths.slice(0, 450)).toEqual(Array(450).fill(4));
    expect(lengths.slice(450, 4_950)).toEqual(Array(4_500).fill(5));
    expect(lengths.slice(4_950)).toEqual(Array(550).fill(6));
  });
});

describe('a server', () => {
  it('[PIN-1] gives the second room a longer PIN where one room is dense already', async () => {
    const { env } = await startBackends();
    const { url } = await spawnNode({
      env: { ...UNLIMITED, ...env, PINROOM_PIN_LENGTH: '4', PINROOM_PIN_DENSITY: '0.0001' },
    });
    const { accessToken } = await newSession(url, 'Ada');
    const first = await createRoom(url, accessToken);
    const second = await createRoom(url, accessToken);
    expect([first.room.pin.length, second.room.pin.length]).toEqual([4, 5]);
    for (const { room } of [first, second]) {
      expect(await roomByPin(url, accessToken, room.pin)).toBe(room.id);
    }
  });

  it('[PIN-1] says pins_exhausted when every PIN is in use, and opens rooms again when one is free', async () => {
    const index = await openIndex();
    const { url } = await spawnNode({
      env: {
        ...UNLIMITED,
        REDIS_URL: index.url,
        DATABASE_URL: (await createDatabase()).url,
        PINROOM_PIN_LENGTH: '4',
        PINROOM_PIN_MAX_LENGTH: '4',
      },
    });
    const { accessToken: token } = await newSession(url, 'Ada');
    const roomId = newId();
    const until = systemClock.now() + 600_000;
    await index.pins.fill(ALL_SHORT.map((pin) => ({ pin, roomId, until })));
    const refused = await call<{ error: { retryAfterMs?: number } }>(`${url}/api/rooms`, {
      method: 'POST',
      token,
      body: {},
    });
    expect(refused).toMatchObject({ status: 503, code: 'pins_exhausted' });
    expect(refused.body.error.retryAfterMs).toBeGreaterThan(0);
    const free = ALL_SHORT.slice(0, 4_500);
    await many(free.length, (n) => index.pins.release(free[n] ?? '', roomId, 0));
    expect(free).toContain((await createRoom(url, token)).room.pin);
  });
});
