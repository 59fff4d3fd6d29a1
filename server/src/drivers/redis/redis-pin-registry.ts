import { randomUUID } from 'node:crypto';
import {
  PIN_MISS_WINDOWS,
  type PinBudget,
  type PinInUse,
  type PinLookup,
  type PinRegistry,
  type PinReservation,
  type PinSeeker,
} from '../../engine/room/pin-registry.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

/** PINs of one call of the script that fills the index: short enough to hold nobody up. */
const FILL_BATCH = 500;
/** A PIN in use: `=<roomId>`; reserved `?<roomId>`, resting `-<roomId>`. */
const IN_USE = '=';

const pinKeys = ({ pin }: { pin: string }) => [keys.pinKey(pin), keys.livePinsKey(pin.length)];
const isOne = (raw: unknown) => raw === 1;

const reserve = defineScript({
  name: 'pin-reserve',
  keys: ({ candidates }: PinReservation) =>
    candidates.flatMap((pins) => [
      keys.livePinsKey(pins[0]?.length ?? 0),
      ...pins.map(keys.pinKey),
    ]),
  args: ({ roomId, density, reserveMs, candidates }) => [
    roomId,
    density,
    reserveMs,
    ...candidates.flatMap((pins) => [pins[0]?.length ?? 0, pins.length, ...pins]),
  ],
  reply: (raw) => raw as string | null,
});

const confirm = defineScript({
  name: 'pin-confirm',
  keys: (input: { pin: string; roomId: string; until: number }) => pinKeys(input),
  args: ({ pin, roomId, until }) => [pin, roomId, until],
  reply: isOne,
});

const release = defineScript({
  name: 'pin-release',
  keys: (input: { pin: string; roomId: string; restMs: number }) => pinKeys(input),
  args: ({ pin, roomId, restMs }) => [pin, roomId, restMs],
  reply: isOne,
});

const lookup = defineScript({
  name: 'pin-lookup',
  keys: (key: string) => [key, keys.pinReadyKey],
  args: () => [],
  reply: (raw) => {
    const [value, since] = raw as [string | null, string | null];
    return { value, completeSince: since === null ? null : Number(since) };
  },
});

interface PinTry {
  readonly pin: string;
  readonly seeker: PinSeeker;
  readonly budget: PinBudget;
  /** Whether a passcode was right; undefined: the index says so of a PIN. */
  readonly isRight?: boolean;
}

export const tryPin = defineScript({
  name: 'pin-try',
  keys: ({ pin, seeker }: PinTry) => [
    keys.pinKey(pin),
    keys.pinReadyKey,
    keys.pinTriesOfSessionKey(seeker.sessionId),
    keys.pinTriesOfNetworkKey(seeker.network),
    keys.pinExtraTryKey(seeker.sessionId),
    keys.pinTriesAgainKey(seeker.network),
  ],
  args: ({ pin, budget, isRight }) => [
    pin,
    budget.perSession,
    budget.perNetwork,
    budget.windowMs,
    PIN_MISS_WINDOWS,
    isRight === undefined ? '' : Number(isRight),
  ],
  reply: (raw): PinLookup => {
    const [what, value, since] = raw as
      | ['looked', string | null, string | null]
      | ['session' | 'address', number, undefined];
    if (what === 'looked') return toLookup(value, since !== null);
    return { kind: 'refused', by: what, retryAfterMs: value };
  },
});

function toLookup(value: string | null, isComplete: boolean): PinLookup {
  if (value?.startsWith(IN_USE)) return { kind: 'room', roomId: value.slice(IN_USE.length) };
  return { kind: isComplete ? 'none' : 'unknown' };
}

const lock = defineScript({
  name: 'pin-lock',
  keys: (_: { holder: string; ms: number }) => [keys.pinRebuildKey],
  args: ({ holder, ms }) => [holder, ms],
  reply: isOne,
});

const unlock = defineScript({
  name: 'pin-unlock',
  keys: (_holder: string) => [keys.pinRebuildKey],
  args: (holder) => [holder],
  reply: isOne,
});

const fill = defineScript({
  name: 'pin-fill',
  keys: (pins: readonly PinInUse[]) => pins.flatMap(pinKeys),
  args: (pins) => pins.flatMap(({ pin, roomId, until }) => [pin, roomId ?? '', until]),
  reply: (raw) => Number(raw),
});

const complete = defineScript({
  name: 'pin-complete',
  keys: (_: null) => [keys.pinReadyKey, keys.pinRebuildKey],
  args: () => [],
  reply: isOne,
});

/** The PIN index in Redis, in one slot of its own. */
export class RedisPinRegistry implements PinRegistry, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #budget: PinBudget | null;

  /** @param budget null: wrong PINs are not counted. */
  constructor(redis: RedisAccess, budget: PinBudget | null = null) {
    this.#redis = redis;
    this.#budget = budget;
  }

  async reserve(reservation: PinReservation): Promise<string | null> {
    const candidates = reservation.candidates.filter((pins) => pins.length > 0);
    return await this.#redis.scripts.run(reserve, { ...reservation, candidates });
  }

  async confirm(pin: string, roomId: string, until: number): Promise<boolean> {
    return await this.#redis.scripts.run(confirm, { pin, roomId, until });
  }

  async release(pin: string, roomId: string, restMs: number): Promise<boolean> {
    return await this.#redis.scripts.run(release, { pin, roomId, restMs });
  }

  @retry()
  async lookup(pin: string, seeker?: PinSeeker): Promise<PinLookup> {
    const { scripts } = this.#redis;
    const budget = this.#budget;
    if (seeker && budget) return await scripts.run(tryPin, { pin, seeker, budget });
    const { value, completeSince } = await scripts.run(lookup, keys.pinKey(pin));
    return toLookup(value, completeSince !== null);
  }

  @retry()
  async completeSince(): Promise<number | null> {
    return (await this.#redis.scripts.run(lookup, keys.pinReadyKey)).completeSince;
  }

  async lockRebuild(ms: number): Promise<AsyncDisposable | null> {
    const { scripts } = this.#redis;
    const holder = randomUUID();
    if (!(await scripts.run(lock, { holder, ms }))) return null;
    return {
      [Symbol.asyncDispose]: async () => {
        await scripts.run(unlock, holder).catch(() => undefined);
      },
    };
  }

  async fill(pins: readonly PinInUse[]): Promise<void> {
    for (let from = 0; from < pins.length; from += FILL_BATCH) {
      await this.#redis.scripts.run(fill, pins.slice(from, from + FILL_BATCH));
    }
  }

  async markComplete(): Promise<void> {
    await this.#redis.scripts.run(complete, null);
  }
}
