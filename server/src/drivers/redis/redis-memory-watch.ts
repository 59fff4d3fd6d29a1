import type { Clock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { type Loop, runLoop } from '../../engine/runtime/run-loop.js';
import type { RedisCalls } from './redis-calls.js';
import { infoField } from './redis-requirements.js';

export interface MemoryWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly everyMs?: number;
}

/**
 * Looks every second how full Redis' memory is, so that no command has to ask. On a Cluster the
 * fullest master counts of those that answer.
 */
export class RedisMemoryWatch implements AsyncDisposable {
  readonly #calls: RedisCalls;
  readonly #options: MemoryWatchOptions;
  #loop: Loop | undefined;
  #share = 0;

  constructor(calls: RedisCalls, options: MemoryWatchOptions) {
    this.#calls = calls;
    this.#options = options;
  }

  start(): void {
    const { clock, logger, everyMs = 1_000 } = this.#options;
    this.#loop ??= runLoop({ name: 'redis-memory', everyMs, clock, logger }, () => this.look());
  }

  /** Whether more than this share (0 to 1) of `maxmemory` is used; without a `maxmemory` never. */
  isAbove(share: number): boolean {
    return this.#share > share;
  }

  /** Looks now. */
  async look(): Promise<void> {
    const infos = await this.#calls.fromMasters('INFO', 'memory');
    this.#share = Math.max(0, ...infos.map(usedShare));
    this.#options.metrics.set('pinroom_redis_memory_used_ratio', this.#share);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop?.stop();
  }
}

function usedShare(info: unknown): number {
  const limit = Number(infoField(info, 'maxmemory') ?? 0);
  return limit > 0 ? Number(infoField(info, 'used_memory') ?? 0) / limit : 0;
}
