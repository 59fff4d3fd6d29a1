export interface BackoffOptions {
  readonly baseMs?: number;
  readonly capMs?: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * [CLIENT-6] Waiting times with full jitter: each is uniform between 0 and a bound that doubles from
 * attempt to attempt, so that clients who fail together do not come back together; and never below
 * what the server asked for.
 */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor({ baseMs = 250, capMs = 10_000, random }: BackoffOptions) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** The next waiting time. With `atLeastMs` (what the server asked for) the jitter comes on top. */
  next(atLeastMs = 0): number {
    // Bounded, as 2 ** 1100 is Infinity.
    const bound = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt++;
    return atLeastMs + this.#random() * bound;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
