import type { Clock } from '../runtime/clock.js';
import type { SystemNotes } from '../runtime/system-log.js';

/** An entry that has waited for so long is late; entries usually wait for less than a second. */
const BEGINS_MS = 10_000;
/** And when none waits for longer than this, it is over: far enough below not to be told in turn. */
const ENDS_MS = 3_000;

/** Tells while entries wait too long for the archive. The pump says what it finds. */
export class ArchiveLag {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: SystemNotes;
  /** When the oldest entry was written that this round has found. */
  #oldestAt: number | null = null;
  #settledMs = 0;
  #worstMs = 0;
  #isLagging = false;

  constructor(clock: Pick<Clock, 'now'>, log: SystemNotes) {
    this.#clock = clock;
    this.#log = log;
  }

  /** For how long the entry waits that waits longest, as far as the pump has seen. */
  get ms(): number {
    return this.#oldestAt === null ? this.#settledMs : this.#ageOf(this.#oldestAt);
  }

  /** An entry waits since then. */
  waits(since: number): void {
    this.#oldestAt = Math.min(this.#oldestAt ?? since, since);
    const lagMs = this.#ageOf(this.#oldestAt);
    this.#worstMs = Math.max(this.#worstMs, lagMs);
    if (this.#isLagging || lagMs < BEGINS_MS) return;
    this.#isLagging = true;
    this.#log.note('archive-lag', { state: 'begins', lagMs });
  }

  /** All that was found is archived. */
  settle(): void {
    this.#settledMs = this.#oldestAt === null ? 0 : this.#ageOf(this.#oldestAt);
    this.#oldestAt = null;
    if (this.#settledMs > ENDS_MS) return;
    const lagMs = this.#worstMs;
    this.#worstMs = 0;
    if (!this.#isLagging) return;
    this.#isLagging = false;
    this.#log.note('archive-lag', { state: 'ends', lagMs });
  }

  #ageOf(at: number): number {
    // The store's clock may be a little ahead.
    return Math.max(0, this.#clock.now() - at);
  }
}
