import { compareEntryIds, type Entry, parseEntryId } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';
import type { EntryArchive } from './entry-archive.port.js';
import { continues, isStanding, successor } from './entry-cursor.js';
import type { HotEntries } from './hot-entries.js';

export interface WalkParts {
  readonly archive: Pick<EntryArchive, 'readEntries'>;
  readonly feed: Pick<HotEntries, 'read'>;
}

/** How far a channel is wanted. */
export interface ChannelExtent {
  readonly roomId: string;
  readonly channel: string;
  /** The newest id that is wanted. */
  readonly end: string;
  /** The newest id that the archive has; null: none. */
  readonly archived: string | null;
}

/**
 * Goes through a whole channel, the oldest first, page by page: what is archived from the archive,
 * past the kept blocks, which are for what many ask for; then what only the feed has. Nothing is held
 * between two pages.
 */
export class ChannelWalk {
  readonly #parts: WalkParts;
  readonly #extent: ChannelExtent;
  #last: string | null = null;
  /** Tells what in the archive is void, and not marked so yet. */
  #behindArchive: ReturnType<HotEntries['read']> | undefined;

  constructor(parts: WalkParts, extent: ChannelExtent) {
    this.#parts = parts;
    this.#extent = extent;
  }

  /**
   * The next entries, at most `limit`; none: that was all. Rejects with `unavailable` where the rest is
   * not to be had, because a backend is away or the room was deleted meanwhile.
   */
  async next(limit: number, maxBytes: number): Promise<readonly Entry[]> {
    if (this.#last === this.#extent.end) return [];
    const archived = await this.#archived(limit);
    const page = archived.length > 0 ? archived : await this.#hot(limit, maxBytes);
    this.#last = page.at(-1)?.id ?? this.#last;
    if (page.length === 0) await this.#requireEnd();
    return page;
  }

  async #archived(limit: number): Promise<readonly Entry[]> {
    const { archive } = this.#parts;
    const { roomId, channel, end } = this.#extent;
    const range = { roomId, channel, after: this.#last, before: successor(end), limit };
    const entries = await archive.readEntries({ ...range, take: 'oldest' });
    const first = await this.#nextLife();
    if (!first) return entries;
    return entries.filter(
      (entry) => compareEntryIds(entry.id, first.id) >= 0 || isStanding(entry, first),
    );
  }

  async #hot(limit: number, maxBytes: number): Promise<readonly Entry[]> {
    const { entries } = await this.#readFeed(this.#last, limit, maxBytes);
    const [first] = entries;
    if (first && continues(this.#last, first)) return entries;
    // Both looks found less than there is, if something was archived and trimmed between them.
    const archived = await this.#archived(limit);
    return archived.length > 0 ? archived : entries;
  }

  /** The first entry that the archive does not have, where it began a new life of the room's data. */
  async #nextLife(): Promise<Entry | undefined> {
    const { archived, end } = this.#extent;
    if (archived === null || epochOf(archived) === epochOf(end)) return undefined;
    this.#behindArchive ??= this.#readFeed(archived, 1, 0);
    return (await this.#behindArchive).entries.find(({ id }) => id.endsWith('-0'));
  }

  #readFeed(after: string | null, limit: number, maxBytes: number) {
    const { roomId, channel, end } = this.#extent;
    const before = successor(end);
    return this.#parts.feed.read({
      ...{ roomId, channel, after, before, limit, maxBytes },
      take: 'oldest',
    });
  }

  /** There is nothing more up to the end: right only where a later epoch says that it is void. */
  async #requireEnd(): Promise<void> {
    const { roomId, channel, end, archived } = this.#extent;
    // Nothing was promised: the channel's entries were erased, or lost before they were archived.
    if (this.#last === null && archived === null) return;
    const range = { roomId, channel, after: this.#last, before: null, limit: 1 };
    const [kept] = await this.#parts.archive.readEntries({ ...range, take: 'oldest' });
    const { entries } = await this.#parts.feed.read({ ...range, take: 'oldest', maxBytes: 0 });
    const next = kept ?? entries[0];
    const isVoid = next && compareEntryIds(next.id, end) > 0 && continues(this.#last, next);
    if (!isVoid) {
      throw new AppError('unavailable', 'The room was changed while it was read. Ask again.', {
        retryAfterMs: 1_000,
      });
    }
  }
}

function epochOf(id: string): number | undefined {
  return parseEntryId(id)?.epoch;
}
