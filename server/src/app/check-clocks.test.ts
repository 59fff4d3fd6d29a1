import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../test/support/hand-wound-clock.js';
import { silentLogger } from '../engine/runtime/logger.js';
import { noMetrics } from '../engine/runtime/metrics.js';
import {
  checkPostgresClock,
  checkRedisClock,
  clockDifference,
  watchClock,
} from './check-clocks.js';

/** A machine that is so far ahead of its servers, whose answers take so long. */
function setUp(aheadMs: number, ...waysMs: number[]) {
  const clock = new HandWoundClock();
  const warnings: string[] = [];
  const logger = {
    ...silentLogger,
    warn: (_: object, message: string) => void warnings.push(message),
  };
  const time = async () => {
    const wayMs = waysMs.shift() ?? 0;
    await clock.wind(wayMs / 2);
    const answer = clock.now() - aheadMs;
    await clock.wind(wayMs / 2);
    return answer;
  };
  return { clock, logger, time, times: async () => [await time()], warnings };
}

describe('the clock of a node', () => {
  it('is compared by the quickest of three answers', async () => {
    const { clock, times } = setUp(700, 900, 20, 400);
    expect(await clockDifference(clock, times)).toEqual({ aheadMs: 700, certainMs: 690 });
  });

  it('is compared with the server that is furthest from it', async () => {
    const clock = new HandWoundClock();
    const times = async () => [clock.now() - 100, clock.now() + 9_000, clock.now()];
    expect(await clockDifference(clock, times)).toEqual({ aheadMs: -9_000, certainMs: 9_000 });
  });

  it('is compared again and again while a node runs, as it may run away', async () => {
    let aheadMs = -500;
    const { clock, logger } = setUp(0);
    const told: number[] = [];
    const metrics = { ...noMetrics, set: (_: string, seconds: number) => void told.push(seconds) };
    const watch = watchClock(clock, logger, metrics, async () => [clock.now() - aheadMs]);
    await clock.wind(0);
    aheadMs = 4_000;
    await clock.wind(30_000);
    expect(told).toEqual([-0.5, 4]);
    await watch.stop();
  });

  it.each([2_400, -2_400])('may be %i ms from that of Redis', async (aheadMs) => {
    const { clock, logger, times, warnings } = setUp(aheadMs);
    await checkRedisClock(clock, logger, times);
    expect(warnings).toEqual([]);
  });

  it.each([
    [2_600, '2.6 s ahead of that of Redis'],
    [-29_000, '29.0 s behind that of Redis'],
  ])('that is off by %i ms is warned of', async (aheadMs, words) => {
    const { clock, logger, times, warnings } = setUp(aheadMs);
    await checkRedisClock(clock, logger, times);
    expect(warnings).toEqual([expect.stringContaining(words)]);
  });

  it('half a minute from that of Redis keeps a node from starting', async () => {
    for (const aheadMs of [31_000, -31_000]) {
      const { clock, logger, times } = setUp(aheadMs);
      await expect(checkRedisClock(clock, logger, times)).rejects.toThrow(/31\.0 s .*NTP/);
    }
  });

  it('is judged by what is certain: a slow answer is no wrong clock', async () => {
    const { clock, logger, times, warnings } = setUp(3_000, 2_000, 2_000, 2_000);
    await checkRedisClock(clock, logger, times);
    expect(warnings).toEqual([]);
  });

  it('far from that of PostgreSQL is warned of, as nothing goes by that one', async () => {
    const { clock, logger, time, warnings } = setUp(100_000);
    await checkPostgresClock(clock, logger, time);
    expect(warnings).toEqual([expect.stringContaining('ahead of that of PostgreSQL')]);
  });
});
