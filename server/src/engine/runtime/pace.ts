/** How fast something may be done. */
export interface PaceLimit {
  /** Infinity: as fast as one likes. */
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/**
 * Holds one doer to a pace, by the generic cell rate algorithm (ITU-T I.371): the one number that it
 * keeps is when the budget will be full again.
 */
export class Pace {
  #fullAt = 0;

  /** Takes so many from the budget. 0: it may be done; else nothing is taken, and in so many ms it may. */
  take(now: number, { burst, perSecond }: PaceLimit, count = 1): number {
    if (perSecond === Number.POSITIVE_INFINITY) return 0;
    const eachMs = 1_000 / perSecond;
    const burstMs = Math.max(1, burst) * eachMs;
    // Further away than a whole budget: the clock went back. Nobody has to wait for that.
    const before = this.#fullAt > now + burstMs ? now : Math.max(now, this.#fullAt);
    const fullAt = before + eachMs * count;
    const waitMs = Math.ceil(fullAt - now - burstMs);
    if (waitMs > 0) return waitMs;
    this.#fullAt = fullAt;
    return 0;
  }
}
