import { afterAll, describe, expect, test } from 'vitest';
import { FlexibleRateLimiter } from '../../../src/drivers/rate-limits/flexible-rate-limiter.js';
import { limitKey } from '../../../src/drivers/redis/keys.js';
import { openRedis } from '../../../src/drivers/redis/redis-clients.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';
import { startRedis } from '../../support/services.js';
import { until } from '../../support/until.js';

const service = await startRedis();
const redis = await openRedis({
  urls: service.url.split(','),
  logger: silentLogger,
  metrics: noMetrics,
});
afterAll(() => redis.close());

let windows = 0;

/** What `count` nodes of one installation count with. */
function openLimiters(isShared: boolean, count: number, points = 5) {
  windows += 1;
  const name = `tries-${windows}`;
  return Array.from(
    { length: count },
    () =>
      new FlexibleRateLimiter({
        name,
        message: 'Too many.',
        points,
        windowSeconds: 1,
        redis: isShared ? redis.command : null,
        keyOf: (subject) => limitKey(name, subject),
        metrics: noMetrics,
      }),
  );
}

async function takeMany(limiter: FlexibleRateLimiter | undefined, subject: string, count: number) {
  const takes = Array.from({ length: count }, async () => limiter?.take(subject));
  const results = await Promise.allSettled(takes);
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe.each([
  { name: 'one node alone', isShared: false, nodes: 1 },
  { name: 'two nodes on Redis', isShared: true, nodes: 2 },
])('A budget of $name', ({ isShared, nodes }) => {
  test('[RATE-1] is shared by all, and says when there is a new one', async () => {
    const limiters = openLimiters(isShared, nodes);
    const taken = await Promise.all(limiters.map((limiter) => takeMany(limiter, '192.0.2.1', 20)));
    expect(taken.reduce((sum, count) => sum + count)).toBe(5);
    const refused = await limiters[0]?.take('192.0.2.1').catch((fault: unknown) => fault);
    const { retryAfterMs } = refused as { retryAfterMs: number };
    expect(refused).toMatchObject({ code: 'rate_limited', message: 'Too many.' });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    expect(await takeMany(limiters[0], '2001:db8:0:1::/64', 5)).toBe(5);
    const asked = Date.now();
    await until(async () => (await takeMany(limiters.at(-1), '192.0.2.1', 1)) === 1);
    expect(Date.now() - asked).toBeLessThan(1_500);
  });

  test('[RATE-2] what is given back can be taken again', async () => {
    const [limiter] = openLimiters(isShared, 1);
    expect(await takeMany(limiter, 'a', 4)).toBe(4);
    await limiter?.giveBack('a');
    await limiter?.giveBack('never taken');
    expect(await takeMany(limiter, 'a', 20)).toBe(2);
  });

  test('[RATE-1] without a bound is never used up', async () => {
    const [limiter] = openLimiters(isShared, 1, Number.POSITIVE_INFINITY);
    expect(await takeMany(limiter, 'a', 500)).toBe(500);
  });
});

test('[RATE-1] a node that does not reach Redis counts alone', async () => {
  const [limiter] = openLimiters(true, 1);
  redis.command.disconnect(true);
  expect(await takeMany(limiter, '192.0.2.1', 20)).toBe(5);
  await limiter?.giveBack('192.0.2.1');
  await until(() => redis.command.status === 'ready');
});
