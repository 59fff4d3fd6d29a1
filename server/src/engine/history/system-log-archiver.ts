import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { ALL_TAGS } from '../runtime/random.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { SystemNotes } from '../runtime/system-log.js';
import type { SystemLogStore } from '../runtime/system-log.port.js';
import type { SystemLogArchive } from './system-log-archive.port.js';

const ROUND_MS = 1_000;
const ROWS = 500;
const FORGET_MS = 60_000;
const FORGOTTEN_AT_ONCE = 5_000;

export interface SystemLogArchiverParts {
  readonly store: Pick<SystemLogStore, 'listPending' | 'confirm'>;
  readonly archive: Pick<SystemLogArchive, 'insert' | 'forget'>;
  readonly log: SystemNotes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The tags that this node looks after: who has the first one archives the log. */
  readonly tags: () => readonly string[];
  /** How long entries are kept, ms. */
  readonly keepMs: number;
}

/**
 * Carries the log of the system to the archive, one node at a time: read above the position, insert,
 * move the position. A second node only repeats work.
 */
export class SystemLogArchiver {
  readonly #parts: SystemLogArchiverParts;
  #loop: Loop | undefined;
  #forgetAt = 0;

  constructor(parts: SystemLogArchiverParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger, tags } = this.#parts;
    this.#loop = runLoop(
      { name: 'system-log-archive', everyMs: ROUND_MS, clock, logger },
      async () => {
        if (!tags().includes(ALL_TAGS[0] ?? '')) return false;
        const isMore = await this.#carry();
        await this.#forget();
        return isMore;
      },
    );
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Carries what is there, whoever looks after it: no other node may be left. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#carry()));
  }

  /** True: there may be more. */
  async #carry(): Promise<boolean> {
    const { archive, log, logger, store } = this.#parts;
    const entries = await store.listPending(ROWS);
    await archive.insert(entries);
    const lost = await store.confirm(entries.at(-1)?.id ?? null);
    if (lost > 0) {
      logger.error(
        { lost },
        'entries of the log of the system were lost before they were archived',
      );
      log.note('entries-lost', { reason: 'not-archived', count: lost });
    }
    return entries.length >= ROWS;
  }

  async #forget(): Promise<void> {
    const { archive, clock, keepMs } = this.#parts;
    const now = clock.now();
    if (now < this.#forgetAt) return;
    this.#forgetAt = now + FORGET_MS;
    await archive.forget(now - keepMs, FORGOTTEN_AT_ONCE);
  }
}
