import type { Clock } from '../runtime/clock.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Its tag may have gone to another node: nobody asks here any more. */
const FORGOTTEN_AFTER_MS = 600_000;

/** Channels that could not be archived, and when each is tried again. */
export class PutOffChannels {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #channels = new Map<string, { failures: number; retryAt: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#channels.size;
  }

  isDue(name: string): boolean {
    return (this.#channels.get(name)?.retryAt ?? 0) <= this.#clock.now();
  }

  /** Notes a failure; the pause doubles with each in a row. */
  add(name: string): { readonly failures: number; readonly retryInMs: number } {
    const failures = (this.#channels.get(name)?.failures ?? 0) + 1;
    const retryInMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
    this.#channels.set(name, { failures, retryAt: this.#clock.now() + retryInMs });
    return { failures, retryInMs };
  }

  /** It works again. */
  forget(name: string): void {
    this.#channels.delete(name);
  }

  forgetOld(): void {
    const oldest = this.#clock.now() - FORGOTTEN_AFTER_MS;
    for (const [name, { retryAt }] of this.#channels) {
      if (retryAt < oldest) this.#channels.delete(name);
    }
  }
}
