import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { SessionArchive } from './session-archive.port.js';
import type { SessionRecord } from './session-store.port.js';

/** Sessions waiting to be written; beyond it the oldest are given up, their copies in the store live on. */
const MAX_WAITING = 50_000;
const BATCH = 500;

/** Writes sessions to the archive in batches, well within a second. */
export class SessionWriter {
  readonly #archive: Pick<SessionArchive, 'saveSessions'>;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, SessionRecord>();
  readonly #loop: Loop;

  constructor(archive: Pick<SessionArchive, 'saveSessions'>, clock: Clock, logger: Logger) {
    this.#archive = archive;
    this.#logger = logger;
    this.#loop = runLoop({ name: 'session-writer', everyMs: 400, clock, logger }, () =>
      this.flush(),
    );
  }

  /** Keeps the newest state of a session for the next batch. */
  enqueue(session: SessionRecord): void {
    this.#waiting.delete(session.id);
    this.#waiting.set(session.id, session);
    if (this.#waiting.size <= MAX_WAITING) return;
    const oldest = this.#waiting.keys().next();
    if (!oldest.done) this.#waiting.delete(oldest.value);
    this.#logger.warn({ waiting: MAX_WAITING }, 'too many sessions wait for the archive');
  }

  /** Writes everything that waits; what fails waits for the next time, what is refused for good is left out. */
  async flush(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values()].slice(0, BATCH);
      await this.#save(batch);
      for (const session of batch) {
        // A newer state may have come meanwhile: it stays.
        if (this.#waiting.get(session.id) === session) this.#waiting.delete(session.id);
      }
    }
  }

  /** Halves a batch that is refused until the one session that can't be kept stands alone. */
  async #save(batch: readonly SessionRecord[]): Promise<void> {
    try {
      await this.#archive.saveSessions(batch);
    } catch (fault) {
      if (!(fault instanceof RowsRefused)) throw fault;
      if (batch.length <= 1) {
        const [session] = batch;
        const fields = { sessionId: session?.id, userId: session?.userId, err: fault };
        this.#logger.error(fields, 'session not archived');
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.#save(batch.slice(0, half));
      await this.#save(batch.slice(half));
    }
  }

  /** Writes a last time and ends. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.flush();
  }
}
