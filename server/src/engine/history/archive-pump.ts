import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import { timed } from '../runtime/stopwatch.js';
import type { ArchiveLag } from './archive-lag.js';
import type { ArchiveQueue, PendingBatch, PendingChannel } from './archive-queue.port.js';
import { type ArchiveRow, ContentConflict, type EntryArchive } from './entry-archive.port.js';
import { PutOffChannels } from './put-off-channels.js';
import { ReadSize } from './read-size.js';

/** Pause between rounds while there is work: what comes meanwhile is carried together. */
const BUSY_MS = 400;
/** Longest pause while there is none: with an insert behind it an entry is archived within 1 s. */
const IDLE_MS = 800;
/** Rounds without work after which the pause grows. */
const IDLE_ROUNDS = 5;
/** Channels listed in a round. */
const LISTED = 1_024;
/** Rows in one insert. */
const ROWS = 1_000;

/** What an entry that the archive can't take looks like there. */
const UNREADABLE = 'unreadable';

export interface PumpParts {
  readonly queue: Pick<ArchiveQueue, 'listPending' | 'readPending' | 'confirm'>;
  readonly archive: Pick<EntryArchive, 'insert'>;
  /** Learns from the log entries who joined. Called before the position moves. */
  readonly onRows: (rows: readonly ArchiveRow[]) => Promise<void>;
  readonly tags: () => readonly string[];
  /** Learns how long entries wait. */
  readonly lag: Pick<ArchiveLag, 'waits' | 'settle'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What came of carrying some channels. */
interface Carried {
  readonly entries: number;
  /** Channels that may hold more. */
  readonly unfinished: readonly PendingChannel[];
}

const NOTHING: Carried = { entries: 0, unfinished: [] };

/**
 * Carries entries from the feed to the archive: read past the archived position, insert, move the
 * position. A crash in between, or a second node on the same tag, only repeats an insert. A channel
 * that cannot be carried is put off, the others go on.
 */
export class ArchivePump {
  readonly #parts: PumpParts;
  readonly #putOff: PutOffChannels;
  readonly #readSize = new ReadSize();
  #idleRounds = 0;
  #loop: Loop | undefined;

  constructor(parts: PumpParts) {
    this.#parts = parts;
    this.#putOff = new PutOffChannels(parts.clock);
  }

  start(): void {
    const { clock, logger } = this.#parts;
    const everyMs = () => this.#pauseMs();
    this.#loop = runLoop({ name: 'archive-pump', everyMs, clock, logger }, (signal) =>
      this.#round(signal),
    );
  }

  /** Looks now instead of at the next tick. */
  hurry(): void {
    this.#idleRounds = 0;
    this.#loop?.wake();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /**
   * Archives what waits in these tags now, not what is added meanwhile; ends early with the signal.
   * Channels that were put off get another chance: there may be no later one.
   */
  async drain(signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    while (!signal.aborted) {
      const limit = LISTED + seen.size;
      const listed = await this.#list(limit);
      const channels = listed.filter((channel) => !seen.has(nameOf(channel)));
      for (const channel of channels) seen.add(nameOf(channel));
      for (let rest: readonly PendingChannel[] = channels; rest.length > 0 && !signal.aborted; ) {
        rest = (await this.#carryAll(rest, signal)).unfinished;
      }
      // A list that was not full named all that waited; what came since then comes after us.
      if (listed.length < limit) return;
    }
  }

  /** True: more waits than a round takes. What comes bit by bit is better carried together. */
  async #round(signal: AbortSignal): Promise<boolean> {
    try {
      const listed = await this.#list(LISTED);
      const channels = listed.filter((channel) => this.#putOff.isDue(nameOf(channel)));
      const { entries, unfinished } = await this.#carryAll(channels, signal);
      this.#idleRounds = entries > 0 ? 0 : this.#idleRounds + 1;
      // What is put off waits, though nobody looks at it.
      if (this.#putOff.size === 0) this.#parts.lag.settle();
      return unfinished.length > 0 || (entries > 0 && channels.length >= LISTED);
    } catch (fault) {
      this.#parts.metrics.count('pinroom_archive_failures_total');
      throw fault;
    }
  }

  /** Doubles while nothing is found. */
  #pauseMs(): number {
    const doublings = Math.max(0, this.#idleRounds - IDLE_ROUNDS);
    return Math.min(IDLE_MS, BUSY_MS * 2 ** Math.min(doublings, 10));
  }

  /** Waiting channels; those put off take no place from the others. */
  async #list(limit: number): Promise<PendingChannel[]> {
    const { queue, tags } = this.#parts;
    this.#putOff.forgetOld();
    return queue.listPending(tags(), limit + this.#putOff.size);
  }

  async #carryAll(channels: readonly PendingChannel[], signal: AbortSignal): Promise<Carried> {
    let entries = 0;
    const unfinished: PendingChannel[] = [];
    for (let start = 0; start < channels.length && !signal.aborted; ) {
      const together = channels.slice(start, start + this.#readSize.channels);
      start += together.length;
      const carried = await this.#carry(together, signal);
      entries += carried.entries;
      unfinished.push(...carried.unfinished);
    }
    return { entries, unfinished };
  }

  /** Halves the channels when something is wrong with them, until the one at fault stands alone. */
  async #carry(channels: readonly PendingChannel[], signal: AbortSignal): Promise<Carried> {
    try {
      const carried = await this.#tryToCarry(channels, signal);
      for (const channel of channels) this.#putOff.forget(nameOf(channel));
      return carried;
    } catch (fault) {
      if (isOutage(fault)) {
        this.#readSize.startAgain();
        throw fault;
      }
      const [channel] = channels;
      if (channels.length <= 1) {
        if (channel) this.#putOffChannel(channel, fault);
        return NOTHING;
      }
    }
    const half = Math.ceil(channels.length / 2);
    const first = await this.#carry(channels.slice(0, half), signal);
    const second = await this.#carry(channels.slice(half), signal);
    return {
      entries: first.entries + second.entries,
      unfinished: [...first.unfinished, ...second.unfinished],
    };
  }

  async #tryToCarry(channels: readonly PendingChannel[], signal: AbortSignal): Promise<Carried> {
    const { lag, metrics, onRows, queue } = this.#parts;
    const { batches, limit } = await this.#read(channels, signal);
    const rows = batches.flatMap((batch) => batch.rows);
    for (const batch of batches) if (batch.rows[0]) lag.waits(batch.rows[0].at);
    for (let start = 0; start < rows.length; start += ROWS) {
      await this.#insert(rows.slice(start, start + ROWS));
    }
    await onRows(rows);
    await queue.confirm(batches.flatMap(confirmable));
    metrics.count('pinroom_archived_entries_total', {}, rows.length);
    const unfinished = batches.filter((batch) => batch.rows.length >= limit);
    return { entries: rows.length, unfinished };
  }

  /** Asks for less when the answer does not come: perhaps it was too much for the time it has. */
  async #read(
    channels: readonly PendingChannel[],
    signal: AbortSignal,
  ): Promise<{ readonly batches: readonly PendingBatch[]; readonly limit: number }> {
    for (;;) {
      const limit = this.#readSize.limitFor(channels.length);
      try {
        const batches = await this.#parts.queue.readPending(channels, limit);
        this.#readSize.learn(batches.flatMap((batch) => batch.rows));
        return { batches, limit };
      } catch (fault) {
        if (!isOutage(fault)) throw fault;
        this.#readSize.halve();
        if (limit <= 1 || signal.aborted) throw fault;
      }
    }
  }

  #putOffChannel({ roomId, channel }: PendingChannel, fault: unknown): void {
    const { logger, metrics } = this.#parts;
    metrics.count('pinroom_archive_failures_total');
    const { failures, retryInMs } = this.#putOff.add(nameOf({ roomId, channel }));
    const fields = { roomId, channel, failures, retryInMs, err: fault };
    if (failures > 1) logger.debug(fields, 'a channel still cannot be archived');
    else if (fault instanceof ContentConflict) logger.error(fields, 'the archive disagrees');
    else logger.error(fields, 'a channel cannot be archived for now');
  }

  /** Halves a batch that is refused until the one entry that can't be kept stands alone. */
  async #insert(rows: readonly ArchiveRow[]): Promise<void> {
    const { archive, logger, metrics } = this.#parts;
    try {
      await timed(metrics, 'pinroom_archive_insert_seconds', () => archive.insert(rows));
    } catch (fault) {
      if (!(fault instanceof RowsRefused)) throw fault;
      const [row] = rows;
      if (rows.length > 1) {
        const half = Math.ceil(rows.length / 2);
        await this.#insert(rows.slice(0, half));
        await this.#insert(rows.slice(half));
      } else if (row && row.type !== UNREADABLE) {
        const { roomId, channel, epoch, seq } = row;
        metrics.count('pinroom_archive_unreadable_total');
        logger.error({ roomId, channel, id: `${epoch}-${seq}`, err: fault }, 'entry not archived');
        await this.#insert([tombstone(row)]);
      } else {
        throw new AppError('internal', 'The archive refuses even a tombstone.', { cause: fault });
      }
    }
  }
}

/** A backend is away: nothing is wrong with any channel. */
function isOutage(fault: unknown): boolean {
  return fault instanceof AppError && fault.code === 'unavailable';
}

function nameOf({ roomId, channel }: PendingChannel): string {
  return `${roomId}:${channel}`;
}

/** Holds the place of an entry, so that nobody chases a hole. */
function tombstone(row: ArchiveRow): ArchiveRow {
  return { ...row, type: UNREADABLE, userId: null, nickname: null, payload: 'null', key: null };
}

/** Only a channel with rows has a position to move. */
function confirmable(batch: PendingBatch): { roomId: string; channel: string; lastId: string }[] {
  const { roomId, channel, lastId } = batch;
  return lastId === null ? [] : [{ roomId, channel, lastId }];
}
