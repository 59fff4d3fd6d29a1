import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { rateLimited } from '../../engine/runtime/rate-limited.js';
import type { RateLimiter } from '../../engine/runtime/rate-limiter.port.js';

export interface RateLimiterOptions {
  /** What is counted, for the metric. */
  readonly name: string;
  /** What the one who is refused is told. */
  readonly message: string;
  /** Infinity: nothing is counted. */
  readonly points: number;
  readonly windowSeconds: number;
  /** The ioredis client, or cluster, that all nodes count in; null: this node is the only one. */
  readonly redis: unknown;
  /** The name of a subject's key. */
  readonly keyOf: (subject: string) => string;
  readonly metrics: Metrics;
}

/**
 * A budget for a window of time by `rate-limiter-flexible`. Who has used it up is remembered here until
 * the window ends, so that a flood costs Redis nothing.
 */
export class FlexibleRateLimiter implements RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #limiter: RateLimiterAbstract | null;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#limiter = Number.isFinite(options.points) ? createLimiter(options) : null;
  }

  async giveBack(subject: string): Promise<void> {
    await this.#limiter?.reward(this.#options.keyOf(subject)).catch(() => undefined);
  }

  async take(subject: string): Promise<void> {
    const { keyOf, message, name, metrics } = this.#options;
    try {
      await this.#limiter?.consume(keyOf(subject));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw rateLimited(metrics, name, Math.max(1, refused.msBeforeNext), message);
    }
  }
}

function createLimiter(options: RateLimiterOptions): RateLimiterAbstract {
  const { points, redis, windowSeconds: duration } = options;
  const alone = new RateLimiterMemory({ points, duration, keyPrefix: '' });
  if (redis === null) return alone;
  return new RateLimiterRedis({
    storeClient: redis,
    points,
    duration,
    keyPrefix: '',
    inMemoryBlockOnConsumed: points + 1,
    rejectIfRedisNotReady: true,
    insuranceLimiter: alone,
  });
}
