import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry as retryPolicy,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { AppError, unavailable } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { withDeadline } from './call-deadline.js';
import { DatabaseBusy, isOutage, isTransient } from './sql-faults.js';

/** Below the 4 s that a command may wait for the archive, so that the answer is out by then. */
const CALL_DEADLINE_MS = 3_800;
const REPEATS = 3;
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 500;
/** Failures in a row after which the database counts as away. */
const FAILURES_TO_OPEN = 5;
/** Then one call at a time is let through after this long. */
const HALF_OPEN_AFTER_MS = 1_000;

export interface ResilienceOptions {
  /** In messages: what does not answer. */
  readonly name: string;
  readonly logger: Logger;
  readonly deadlineMs?: number;
}

/**
 * How the calls to one database deal with its faults. Transient ones are repeated with a growing,
 * jittered pause; after several outages in a row calls are answered at once until a probe gets
 * through; no call takes longer than the deadline. What is left becomes `unavailable`.
 */
export class Resilience {
  readonly #name: string;
  readonly #deadline: IPolicy;
  readonly #retry: IPolicy;
  readonly #breaker: IPolicy;

  constructor({ name, logger, deadlineMs = CALL_DEADLINE_MS }: ResilienceOptions) {
    this.#name = name;
    this.#deadline = timeout(deadlineMs, TimeoutStrategy.Aggressive);
    this.#retry = retryPolicy(handleWhen(isTransient), {
      maxAttempts: REPEATS,
      backoff: new ExponentialBackoff({
        initialDelay: FIRST_PAUSE_MS,
        maxDelay: LONGEST_PAUSE_MS,
      }),
    });
    const breaker = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: HALF_OPEN_AFTER_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    let down = false;
    breaker.onBreak((reason) => {
      if (down) return;
      down = true;
      logger.warn({ backend: name, err: 'error' in reason ? reason.error : null }, 'backend down');
    });
    breaker.onReset(() => {
      down = false;
      logger.info({ backend: name }, 'backend up again');
    });
    this.#breaker = breaker;
  }

  /** Runs `work`, which must be safe to repeat. */
  async execute<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#deadline.execute(({ signal }) =>
        withDeadline(signal, () =>
          this.#retry.execute(() => this.#breaker.execute(work, signal), signal),
        ),
      );
    } catch (fault) {
      throw this.#toAnswer(fault);
    }
  }

  #toAnswer(fault: unknown): unknown {
    if (fault instanceof AppError) return fault;
    const noAnswer =
      isTransient(fault) ||
      fault instanceof DatabaseBusy ||
      fault instanceof BrokenCircuitError ||
      fault instanceof TaskCancelledError;
    return noAnswer ? unavailable(this.#name, fault) : fault;
  }
}

/** What a class whose methods carry `@retry()` must offer. */
export interface Resilient {
  readonly resilience: Resilience;
}

/** For methods that are safe to repeat: reads and idempotent writes. See {@link Resilience}. */
export function retry() {
  return <This extends Resilient, A extends unknown[], R>(
    method: (this: This, ...args: A) => Promise<R>,
    _context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => Promise<R>>,
  ) =>
    function (this: This, ...args: A): Promise<R> {
      return this.resilience.execute(() => method.apply(this, args));
    };
}
