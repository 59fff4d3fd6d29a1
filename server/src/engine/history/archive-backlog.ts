import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { ArchiveLag } from './archive-lag.js';
import type { ArchiveQueue } from './archive-queue.port.js';

const LOOK_MS = 5_000;
/** Channels listed in a look. */
const LISTED = 1_024;

export interface BacklogParts {
  readonly queue: Pick<ArchiveQueue, 'listPending' | 'sumPending'>;
  readonly tags: () => readonly string[];
  readonly lag: Pick<ArchiveLag, 'ms'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Says, now and then, how much waits for the archive and for how long; also while nothing can be carried. */
export class ArchiveBacklog {
  readonly #parts: BacklogParts;
  #loop: Loop | undefined;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger } = this.#parts;
    this.#loop = runLoop({ name: 'archive-backlog', everyMs: LOOK_MS, clock, logger }, () =>
      this.look(),
    );
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Looks now. */
  async look(): Promise<void> {
    const { lag, metrics, queue, tags } = this.#parts;
    metrics.set('pinroom_archive_lag_seconds', lag.ms / 1_000);
    const channels = await queue.listPending(tags(), LISTED);
    const entries = await queue.sumPending([...new Set(channels.map(({ roomId }) => roomId))]);
    metrics.set('pinroom_archive_backlog_channels', channels.length);
    metrics.set('pinroom_archive_backlog_entries', entries);
  }
}
