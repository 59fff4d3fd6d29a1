import { unavailable } from './app-error.js';
import type { Clock } from './clock.js';

export interface TurnstileOptions {
  /** In messages: what has too much to do. */
  readonly name: string;
  /** Pieces of work at the same time. */
  readonly atOnce: number;
  /** Pieces that may wait; more are refused. */
  readonly maxWaiting: number;
  /** Whoever has not had a turn by then is refused. */
  readonly maxWaitMs: number;
  readonly clock: Pick<Clock, 'now'>;
}

interface Waiting {
  readonly until: number;
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * Lets so many pieces of work through at once, first come first served. A burst that is begun all
 * together keeps the loop busy for longer than its own questions to the store may take, and all of
 * it fails; in turns it is done, and as fast.
 */
export class Turnstile {
  readonly #options: TurnstileOptions;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(options: TurnstileOptions) {
    this.#options = options;
  }

  /** Runs `work` when its turn has come. Rejects with `unavailable` when that takes too long. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.atOnce) await this.#turn();
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    const { clock, maxWaiting, maxWaitMs, name } = this.#options;
    if (this.#waiting.length >= maxWaiting) return Promise.reject(unavailable(name));
    return new Promise((start, reject) => {
      const refuse = () => reject(unavailable(name));
      this.#waiting.push({ until: clock.now() + maxWaitMs, start, refuse });
    });
  }

  /** Hands the place on, past those who have waited too long. */
  #next(): void {
    const now = this.#options.clock.now();
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (next.until >= now) {
        next.start();
        return;
      }
      next.refuse();
    }
    this.#running--;
  }
}
