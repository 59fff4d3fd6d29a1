import type { Clock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { type Loop, runLoop } from '../../engine/runtime/run-loop.js';
import type { RedisCalls } from './redis-calls.js';
import { infoField } from './redis-requirements.js';

const CHANGED =
  'Redis goes on with another history (it was restarted, or a replica has taken over): what it had not ' +
  'kept is lost, and its rooms begin new lives';

export interface RedisWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly everyMs?: number;
}

/**
 * Looks every second how full Redis' memory is, so that no command has to ask, and whether its history
 * is the one that it was. On a Cluster the fullest master counts of those that answer.
 */
export class RedisWatch implements AsyncDisposable {
  readonly #calls: Pick<RedisCalls, 'fromMasters' | 'masters'>;
  readonly #options: RedisWatchOptions;
  #loop: Loop | undefined;
  #share = 0;
  /** The replication ids of the masters when all of them answered last. */
  #histories: ReadonlySet<string> | null = null;
  #onChange: (histories: readonly string[]) => void = () => {};

  constructor(calls: Pick<RedisCalls, 'fromMasters' | 'masters'>, options: RedisWatchOptions) {
    this.#calls = calls;
    this.#options = options;
  }

  start(): void {
    const { clock, logger, everyMs = 1_000 } = this.#options;
    this.#loop ??= runLoop({ name: 'redis-watch', everyMs, clock, logger }, () => this.look());
  }

  /** Whether more than this share (0 to 1) of `maxmemory` is used; without a `maxmemory` never. */
  isAbove(share: number): boolean {
    return this.#share > share;
  }

  /** Calls with the replication ids that have come, each once, from now on. */
  onChange(tell: (histories: readonly string[]) => void): void {
    this.#onChange = tell;
  }

  /** Looks now. */
  async look(): Promise<void> {
    const infos = await this.#calls.fromMasters('INFO', 'memory', 'replication');
    this.#share = Math.max(0, ...infos.map(usedShare));
    this.#options.metrics.set('pinroom_redis_memory_used_ratio', this.#share);
    if (infos.length === this.#calls.masters) this.#compare(infos);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop?.stop();
  }

  #compare(infos: readonly unknown[]): void {
    const before = this.#histories;
    this.#histories = new Set(infos.flatMap((info) => infoField(info, 'master_replid') ?? []));
    if (before === null) return;
    const come = [...this.#histories].filter((history) => !before.has(history));
    if (come.length === 0) return;
    this.#options.logger.warn({ masters: come.length }, CHANGED);
    this.#options.metrics.count('pinroom_redis_changes_total', {}, come.length);
    this.#onChange(come);
  }
}

function usedShare(info: unknown): number {
  const limit = Number(infoField(info, 'maxmemory') ?? 0);
  return limit > 0 ? Number(infoField(info, 'used_memory') ?? 0) / limit : 0;
}
