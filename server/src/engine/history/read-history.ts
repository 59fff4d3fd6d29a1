import { compareEntryIds, type Entry, LIMITS } from '@pinroom/client/contract';
import type { Metrics } from '../runtime/metrics.js';
import { stopwatch } from '../runtime/stopwatch.js';
import { fit } from './answer-size.js';
import type { BlockReader } from './block-reader.js';
import { continues, isBeginning, isSeamless, isStanding } from './entry-cursor.js';
import type { HotEntries } from './hot-entries.js';

export interface HistoryQuestion {
  readonly roomId: string;
  readonly channel: string;
  /** Exclusive; at most one of both is given. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface Found {
  readonly entries: readonly Entry[];
  /** `cache`: what the stream no longer holds was in kept blocks, which are in Redis too. */
  readonly source: 'redis' | 'cache' | 'archive';
  /** Whether it ends where it does because an answer holds no more. */
  readonly isCut: boolean;
}

export interface HistoryAnswer {
  /** Ascending; as many as fit into an answer. */
  readonly entries: Entry[];
  readonly source: 'redis' | 'archive';
  /** Whether there may be more in the direction of the question. */
  readonly more: boolean;
}

/**
 * Reads a channel's history without a seam: the hot end from the feed, what the feed no longer holds
 * from the archive, through kept blocks of 100.
 */
export class HistoryReader {
  readonly #feed: HotEntries;
  readonly #blocks: BlockReader;
  readonly #metrics: Metrics;

  constructor(feed: HotEntries, blocks: BlockReader, metrics: Metrics) {
    this.#feed = feed;
    this.#blocks = blocks;
    this.#metrics = metrics;
  }

  async read(question: HistoryQuestion): Promise<HistoryAnswer> {
    const { limit } = question;
    // One more than wanted tells whether there is more.
    const wider = { ...question, limit: limit + 1 };
    const backwards = question.after === undefined;
    const startedAt = stopwatch();
    const found = backwards ? await this.#backwards(wider) : await this.#forwards(wider);
    const labels = { source: found.source };
    this.#metrics.count('pinroom_history_reads_total', labels);
    this.#metrics.observe('pinroom_history_seconds', stopwatch() - startedAt, labels);
    const wanted = backwards ? found.entries.slice(-limit) : found.entries.slice(0, limit);
    const entries = fit(wanted, backwards ? 'newest' : 'oldest');
    const more = found.isCut || entries.length < found.entries.length;
    return { entries, source: found.source === 'archive' ? 'archive' : 'redis', more };
  }

  /** The newest entries before a position, or of all. */
  async #backwards(question: HistoryQuestion): Promise<Found> {
    const { roomId, channel, limit } = question;
    const before = question.before ?? null;
    for (let attempt = 0; ; attempt++) {
      const { entries: hot, isCut } = await this.#feed.read({
        roomId,
        channel,
        after: null,
        before,
        limit,
        take: 'newest',
        maxBytes: LIMITS.answerBytes,
      });
      if (isCut || hot.length >= limit || isBeginning(hot[0])) {
        return { entries: hot, source: 'redis', isCut };
      }
      const bound = hot[0]?.id ?? before;
      const top = bound === null ? await this.#feed.top(roomId, channel) : null;
      const older = await this.#blocks.newestBefore(
        { roomId, channel },
        bound,
        limit - hot.length,
        top,
      );
      // A trim between both looks leaves a hole for a moment: look again once.
      if (!isSeamless(older.entries.at(-1), hot[0]) && attempt === 0) continue;
      const source = older.entries.length > 0 ? older.source : 'redis';
      return { entries: [...older.entries, ...hot], source, isCut: older.isCut };
    }
  }

  /** The oldest entries after a position. */
  async #forwards(question: HistoryQuestion): Promise<Found> {
    const { roomId, channel, limit } = question;
    const after = question.after ?? null;
    const { entries: hot, isCut } = await this.#feed.read({
      roomId,
      channel,
      after,
      before: null,
      limit,
      take: 'oldest',
      maxBytes: LIMITS.answerBytes,
    });
    const first = hot[0];
    if (first && continues(after, first)) return { entries: hot, source: 'redis', isCut };
    const top = first ? null : await this.#feed.top(roomId, channel);
    if (!first && isAtEnd(after, top)) return { entries: [], source: 'redis', isCut: false };
    const old = await this.#blocks.oldestAfter(
      { roomId, channel },
      after,
      first?.id ?? null,
      limit,
      top,
    );
    const survived = old.entries.filter((entry) => isStanding(entry, first));
    const source = survived.length > 0 ? old.source : 'redis';
    // What comes next is old too, and was not read.
    if (old.isCut && survived.length === old.entries.length) {
      return { entries: survived, source, isCut: true };
    }
    const rest = hot.slice(0, limit - survived.length);
    return { entries: [...survived, ...rest], source, isCut };
  }
}

/** Whether a position (null: the very beginning) is the channel's newest one. */
function isAtEnd(after: string | null, top: string | null): boolean {
  return top === null || (after !== null && compareEntryIds(after, top) >= 0);
}
