import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import { type Loop, runLoop } from './run-loop.js';

const EVERY_MS = 1_000;
/** Far more than a node has sockets; beyond it the oldest work is given up. */
const MAX_OWED = 200_000;

/**
 * Work that has to be done once its backend answers again, because nobody else would notice that it
 * was not. It is tried every second until it succeeds; what fails does not hold up the rest.
 */
export class OwedWork {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #owed = new Map<string, () => Promise<unknown>>();
  #loop: Loop | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Tries at once, and owes the work under `key` if that fails. Never rejects. */
  async attempt(key: string, work: () => Promise<unknown>): Promise<void> {
    this.#owed.delete(key);
    try {
      await work();
    } catch (fault) {
      this.#logger.debug({ work: key, err: fault }, 'work is put off');
      this.#owed.set(key, work);
      if (this.#owed.size > MAX_OWED) this.#giveUpOldest();
    }
  }

  /** The work is no longer wanted. */
  cancel(key: string): void {
    this.#owed.delete(key);
  }

  start(): void {
    this.#loop = runLoop(
      { name: 'owed-work', everyMs: EVERY_MS, clock: this.#clock, logger: this.#logger },
      () => this.#round(),
    );
  }

  /** Tries everything a last time. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    await this.#round();
  }

  async #round(): Promise<void> {
    for (const [key, work] of [...this.#owed]) {
      // Replaced or cancelled while others were tried.
      if (this.#owed.get(key) !== work) continue;
      await this.attempt(key, work);
    }
  }

  #giveUpOldest(): void {
    const oldest = this.#owed.keys().next();
    if (oldest.done) return;
    this.#owed.delete(oldest.value);
    this.#logger.error({ work: oldest.value, owed: MAX_OWED }, 'too much work is owed');
  }
}
