import { openRedis, type RedisClients } from '../drivers/redis/redis-clients.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import type { ResourceStack } from '../engine/runtime/resource-stack.js';
import { type ClockDifference, checkRedisClock } from './check-clocks.js';
import { FIRST_CONTACT_MS } from './open-archive.js';
import { messageOf, StartupError } from './startup-error.js';

interface Surroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Redis as it was found. */
export interface FoundRedis {
  readonly redis: RedisClients;
  readonly difference: ClockDifference;
}

/** Opens Redis and looks whether it can be used; the stack closes it. Rejects with a StartupError. */
export async function connectRedis(
  urls: readonly string[],
  around: Surroundings,
  stack: ResourceStack,
): Promise<FoundRedis> {
  const { clock, logger, metrics } = around;
  try {
    const redis = await openRedis({ urls, firstContactMs: FIRST_CONTACT_MS, logger, metrics });
    stack.defer(() => redis.close());
    return { redis, difference: await checkRedisClock(clock, logger, () => redis.times()) };
  } catch (fault) {
    throw new StartupError(`REDIS_URL: ${messageOf(fault)}`, fault);
  }
}
