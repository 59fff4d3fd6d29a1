/** An old measurement loses this much certainty per millisecond: two quartz clocks drift apart. */
const DRIFT = 0.0001;

/**
 * [CLIENT-13] What the server's clock shows. The server stamped the time somewhere between our question and its
 * answer, so each exchange bounds the difference by half its round trip; the tightest one counts.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  readonly #wall: () => number;
  #best: { offset: number; uncertainty: number; at: number } | null = null;

  constructor(clock: { monotonic(): number; wall(): number }) {
    this.#monotonic = () => clock.monotonic();
    this.#wall = () => clock.wall();
  }

  /** The server said `serverTime` between `askedAt` and `heardAt` (both monotonic). */
  sample(serverTime: number, askedAt: number, heardAt = this.#monotonic()): void {
    const uncertainty = Math.max(0, heardAt - askedAt) / 2;
    const best = this.#best;
    if (best && uncertainty > best.uncertainty + (heardAt - best.at) * DRIFT) return;
    this.#best = { offset: serverTime - (askedAt + heardAt) / 2, uncertainty, at: heardAt };
  }

  /** After a sleep of the device nothing is known any more. */
  forget(): void {
    this.#best = null;
  }

  /** Milliseconds since 1970 on the server; the device's own clock until the first exchange. */
  now(): number {
    return this.#best ? this.#monotonic() + this.#best.offset : this.#wall();
  }

  /** By how many milliseconds `now()` may be off; null before the first exchange. */
  get uncertaintyMs(): number | null {
    const best = this.#best;
    return best && best.uncertainty + (this.#monotonic() - best.at) * DRIFT;
  }
}
