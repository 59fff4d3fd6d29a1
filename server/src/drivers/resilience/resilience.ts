import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { AppError, unavailable } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';

const REPEATS = 3;

export interface BreakerOptions {
  /** The backend is away or overloaded. */
  readonly isOutage: (fault: unknown) => boolean;
  /** Outages in a row after which it counts as away. */
  readonly outages: number;
  /** Then one call at a time is let through after this long. */
  readonly halfOpenAfterMs: number;
  readonly logger: Logger;
}

export interface ResilienceOptions {
  /** In messages: what does not answer. */
  readonly name: string;
  /** No call takes longer, with all its repeats. */
  readonly deadlineMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** The same call may work in a moment. */
  readonly isTransient: (fault: unknown) => boolean;
  /** The backend has too much to do already: answered as `unavailable`, and not repeated. */
  readonly isBusy?: (fault: unknown) => boolean;
  /** Without it every attempt has to end by itself within the deadline. */
  readonly breaker?: BreakerOptions;
}

/**
 * How the calls to one backend deal with its faults. Transient ones are repeated with a growing,
 * jittered pause; where there is a breaker, calls are answered at once after several outages in a
 * row until a probe gets through; no call takes longer than the deadline. What is left becomes
 * `unavailable`.
 */
export class Resilience {
  readonly #options: ResilienceOptions;
  readonly #attempts: IPolicy;

  constructor(options: ResilienceOptions) {
    const { breaker, firstPauseMs, isTransient, longestPauseMs } = options;
    this.#options = options;
    const repeats = retry(handleWhen(isTransient), {
      maxAttempts: REPEATS,
      backoff: new ExponentialBackoff({ initialDelay: firstPauseMs, maxDelay: longestPauseMs }),
    });
    this.#attempts = breaker ? wrap(repeats, breakerOf(options.name, breaker)) : repeats;
  }

  /** Runs `work`, which must be safe to repeat. */
  async execute<T>(work: () => Promise<T>): Promise<T> {
    const { breaker, deadlineMs } = this.#options;
    try {
      return await (breaker ? this.#guard(work, deadlineMs) : this.#tryFirst(work));
    } catch (fault) {
      throw this.#toAnswer(fault);
    }
  }

  /** All that the policy does costs as much as a short call, and hardly ever is there a fault. */
  async #tryFirst<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let first: Promise<T> | undefined = work();
    try {
      return await first;
    } catch (fault) {
      if (!this.#options.isTransient(fault)) throw fault;
    }
    const attempt = () => {
      const made = first ?? work();
      first = undefined;
      return made;
    };
    const leftMs = this.#options.deadlineMs - (performance.now() - startedAt);
    return await this.#guard(attempt, Math.max(0, leftMs));
  }

  #guard<T>(work: () => Promise<T>, deadlineMs: number): Promise<T> {
    return timeout(deadlineMs, TimeoutStrategy.Aggressive).execute(({ signal }) =>
      this.#attempts.execute(work, signal),
    );
  }

  #toAnswer(fault: unknown): unknown {
    if (fault instanceof AppError) return fault;
    const { isBusy, isTransient, name } = this.#options;
    const noAnswer =
      isTransient(fault) ||
      isBusy?.(fault) ||
      fault instanceof BrokenCircuitError ||
      fault instanceof TaskCancelledError;
    return noAnswer ? unavailable(name, fault) : fault;
  }
}

/** A breaker that says when its backend goes down and comes back. */
function breakerOf(backend: string, options: BreakerOptions): IPolicy {
  const { halfOpenAfterMs, isOutage, logger, outages } = options;
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(outages),
  });
  let down = false;
  breaker.onBreak((reason) => {
    if (down) return;
    down = true;
    logger.warn({ backend, err: 'error' in reason ? reason.error : null }, 'backend down');
  });
  breaker.onReset(() => {
    down = false;
    logger.info({ backend }, 'backend up again');
  });
  return breaker;
}
