import type { Metrics } from '../runtime/metrics.js';
import { Pace, type PaceLimit } from '../runtime/pace.js';
import { rateLimited } from '../runtime/rate-limited.js';

/** So many seconds' worth of commands may be refused before somebody counts as abusive. */
const PATIENCE_SECONDS = 25;

/** Holds one socket, or one session over HTTP, to the pace of commands. */
export class CommandPace {
  readonly #limit: PaceLimit;
  readonly #metrics: Metrics;
  readonly #commands = new Pace();
  readonly #refusals = new Pace();
  #isAbusive = false;

  constructor(limit: PaceLimit, metrics: Metrics) {
    this.#limit = limit;
    this.#metrics = metrics;
  }

  /** Whether so much was refused, in spite of the answers, that the connection should be closed. */
  get isAbusive(): boolean {
    return this.#isAbusive;
  }

  /** Counts a command as `cost` of them; throws `rate_limited` when it came too early. */
  take(now: number, cost = 1): void {
    const retryAfterMs = this.#commands.take(now, this.#limit, cost);
    if (retryAfterMs === 0) return;
    const { perSecond } = this.#limit;
    const patience = { perSecond, burst: perSecond * PATIENCE_SECONDS };
    if (this.#refusals.take(now, patience) > 0) this.#isAbusive = true;
    const message = 'Too many commands: wait as long as the answer says.';
    throw rateLimited(this.#metrics, 'commands', retryAfterMs, message);
  }
}
