import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import { type Loop, runLoop } from '../engine/runtime/run-loop.js';

/** The nearest of so many looks counts: what the way took is not the clocks' difference. */
const LOOKS = 3;
/** Half of what access tokens tolerate, so that two nodes agree on which token has run out. */
const WARN_MS = 2_500;
/**
 * Two nodes this far from Redis may be a minute apart. From there on they refuse each other's access
 * tokens as being from the future, take each other's rooms that are being opened for broken off, and
 * may miss a session that ended while Redis lost its data.
 */
const REFUSE_MS = 30_000;

/** How often it is measured while a node runs. */
const EVERY_MS = 30_000;

/** How far this machine's clock is ahead of a server's; negative: behind. */
export interface ClockDifference {
  readonly aheadMs: number;
  /** What is left of it for certain, whatever the way to the server took: 0 or more. */
  readonly certainMs: number;
}

/** Compares this machine's clock with the ones of the servers; of several the worst counts. */
export async function clockDifference(
  clock: Clock,
  ask: () => Promise<readonly number[]>,
): Promise<ClockDifference> {
  let nearest: { wayMs: number; times: readonly number[]; middle: number } | null = null;
  for (let look = 0; look < LOOKS; look++) {
    const askedAt = clock.now();
    const times = await ask();
    const wayMs = clock.now() - askedAt;
    if (nearest === null || wayMs < nearest.wayMs) {
      nearest = { wayMs, times, middle: askedAt + wayMs / 2 };
    }
  }
  const { middle = 0, times = [], wayMs = 0 } = nearest ?? {};
  const differences = times.map((time) => middle - time);
  const aheadMs = differences.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return {
    aheadMs: Math.round(aheadMs),
    certainMs: Math.max(0, Math.round(Math.abs(aheadMs) - wayMs / 2)),
  };
}

/** Rejects where the clock is too far from Redis', by which all nodes go; warns where it is off. */
export async function checkRedisClock(
  clock: Clock,
  logger: Logger,
  ask: () => Promise<readonly number[]>,
): Promise<ClockDifference> {
  const difference = await clockDifference(clock, ask);
  if (difference.certainMs > REFUSE_MS) {
    throw new Error(
      `the clock of this machine is ${said(difference)} that of Redis: nodes whose clocks are a minute ` +
        'apart refuse each other’s access tokens. Let NTP set both.',
    );
  }
  warn(difference, 'Redis', logger);
  return difference;
}

/** Measures on and on how far the clock is from Redis': one that was right at the start may run away. */
export function watchClock(
  clock: Clock,
  logger: Logger,
  metrics: Metrics,
  ask: () => Promise<readonly number[]>,
): Loop {
  return runLoop({ name: 'clock', everyMs: EVERY_MS, clock, logger }, async () => {
    const { aheadMs, certainMs } = await clockDifference(clock, ask);
    metrics.set('pinroom_clock_ahead_seconds', (Math.sign(aheadMs) * certainMs) / 1_000);
  });
}

/** Warns where the clock is off. Nothing goes by PostgreSQL's, but one of both machines has no NTP. */
export async function checkPostgresClock(
  clock: Clock,
  logger: Logger,
  ask: () => Promise<number>,
): Promise<ClockDifference> {
  const difference = await clockDifference(clock, async () => [await ask()]);
  warn(difference, 'PostgreSQL', logger);
  return difference;
}

function warn(difference: ClockDifference, backend: string, logger: Logger): void {
  if (difference.certainMs <= WARN_MS) return;
  logger.warn(
    { aheadMs: difference.aheadMs },
    `the clock of this machine is ${said(difference)} that of ${backend}: let NTP set both`,
  );
}

function said({ aheadMs }: ClockDifference): string {
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  return aheadMs > 0 ? `${seconds} s ahead of` : `${seconds} s behind`;
}
