import { AppError, unavailable } from './app-error.js';
import type { Clock } from './clock.js';

export interface TurnstileOptions {
  /** In messages: what has too much to do. */
  readonly name: string;
  /** Pieces of work that begin together. */
  readonly atOnce: number;
  /** After so long the next one begins, though this one is not done: it waits for something else. */
  readonly handOverMs: number;
  /** Pieces that may wait; more are refused. */
  readonly maxWaiting: number;
  /** Whoever has not had a turn by then is refused. */
  readonly maxWaitMs: number;
  /** The same, once work ahead has failed because a backend is away. */
  readonly impatientMs: number;
  readonly clock: Pick<Clock, 'now' | 'after'>;
}

interface Waiting {
  readonly since: number;
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
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(options: TurnstileOptions) {
    this.#options = options;
  }

  /** Runs `work` when its turn has come. Rejects with `unavailable` when that takes too long. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { atOnce, clock, handOverMs } = this.#options;
    if (this.#running >= atOnce) await this.#turn();
    else this.#running++;
    let isHandedOver = false;
    const handOver = () => {
      if (!isHandedOver) this.#next();
      isHandedOver = true;
    };
    const late = clock.after(handOverMs, handOver);
    try {
      return await work();
    } catch (fault) {
      if (fault instanceof AppError && fault.code === 'unavailable') this.#refuseImpatient();
      throw fault;
    } finally {
      late.cancel();
      handOver();
    }
  }

  #turn(): Promise<void> {
    const { clock, maxWaiting, maxWaitMs, name } = this.#options;
    if (this.#waiting.size >= maxWaiting) return Promise.reject(unavailable(name));
    return new Promise((resolve, reject) => {
      const leave = (decide: () => void) => () => {
        late.cancel();
        this.#waiting.delete(waiting);
        decide();
      };
      const refuse = leave(() => reject(unavailable(name)));
      const late = clock.after(maxWaitMs, refuse);
      const waiting = { since: clock.now(), start: leave(resolve), refuse };
      this.#waiting.add(waiting);
    });
  }

  /** Hands the place on. */
  #next(): void {
    const [next] = this.#waiting;
    if (next) next.start();
    else this.#running--;
  }

  /** What waits would meet the same fate, only later than its caller can wait. */
  #refuseImpatient(): void {
    const { clock, impatientMs } = this.#options;
    const newest = clock.now() - impatientMs;
    for (const { refuse, since } of this.#waiting) {
      if (since > newest) break;
      refuse();
    }
  }
}
