import { AppError } from '../runtime/app-error.js';
import type { Metrics } from '../runtime/metrics.js';
import type { Random } from '../runtime/random.js';
import type { RateLimiters } from '../runtime/rate-limiter.port.js';
import type { PinRegistry } from './pin-registry.port.js';

const CANDIDATES = 8;
const RESERVE_MS = 30_000;
/** The archive may know PINs that the index has lost: a few draws find another one. */
const MAX_DRAWS = 5;
const RETRY_AFTER_MS = 5_000;

export interface PinPolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly density: number;
  readonly quarantineMs: number;
}

export interface PinParts {
  readonly pins: PinRegistry;
  readonly random: Random;
  readonly pinPolicy: PinPolicy;
  readonly metrics: Metrics;
  /** How long a PIN is held for a room that is to get it; default 30 s. */
  readonly reserveMs?: number;
  readonly limiters: Pick<RateLimiters, 'rooms' | 'roomsOfNetwork'>;
}

/**
 * Candidates for a new PIN: eight for each length, from a CSPRNG, none with a leading zero (people
 * and spreadsheets drop it).
 */
export function pinCandidates(minLength: number, maxLength: number, random: Random): string[][] {
  const lengths: string[][] = [];
  for (let length = minLength; length <= maxLength; length++) {
    const low = 10 ** (length - 1);
    lengths.push(Array.from({ length: CANDIDATES }, () => String(random.int(low, 10 * low))));
  }
  return lengths;
}

/** Reserves a PIN for a room; `pins_exhausted` when none is free. */
export async function reservePin(parts: PinParts, roomId: string): Promise<string> {
  const { metrics, pins, pinPolicy, random, reserveMs = RESERVE_MS } = parts;
  const candidates = pinCandidates(pinPolicy.minLength, pinPolicy.maxLength, random);
  const pin = await pins.reserve({
    roomId,
    candidates,
    density: pinPolicy.density,
    reserveMs,
  });
  if (pin === null) throw exhausted();
  // The first that is free is taken: those before it were not.
  const taken =
    candidates.find(({ [0]: first }) => first?.length === pin.length)?.indexOf(pin) ?? 0;
  if (taken > 0) metrics.count('pinroom_pin_collisions_total', { found_by: 'index' }, taken);
  return pin;
}

/** Draws until one of the PINs is taken; null from `draw`: it turned out to be another's. */
export async function drawPin<T>(draw: () => Promise<T | null>): Promise<T> {
  for (let n = 0; n < MAX_DRAWS; n++) {
    const drawn = await draw();
    if (drawn !== null) return drawn;
  }
  throw exhausted();
}

/**
 * Makes a PIN that the archive has for this room one in use: a reservation is confirmed; a lapsed one
 * is filled in again, also over one of somebody whom the archive will refuse the PIN.
 */
export async function holdPin(
  pins: PinRegistry,
  pin: string,
  roomId: string,
  until: number,
): Promise<void> {
  if (!(await pins.confirm(pin, roomId, until))) await pins.fill([{ pin, roomId, until }]);
}

/**
 * PINs are a shared good: counts one for its user and their network, unless they have used up theirs.
 * Answers how to give both back.
 */
export async function countPin(
  { rooms, roomsOfNetwork }: PinParts['limiters'],
  { network, userId }: { readonly network: string; readonly userId: string },
): Promise<() => Promise<void>> {
  await rooms.take(userId);
  try {
    await roomsOfNetwork.take(network);
  } catch (refused) {
    await rooms.giveBack(userId);
    throw refused;
  }
  return async () => {
    await Promise.all([rooms.giveBack(userId), roomsOfNetwork.giveBack(network)]);
  };
}

function exhausted(): AppError {
  return new AppError('pins_exhausted', undefined, { retryAfterMs: RETRY_AFTER_MS });
}
