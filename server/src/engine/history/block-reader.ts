import { compareEntryIds, type Entry, LIMITS, parseEntryId } from '@pinroom/client/contract';
import { KeyedFlights } from '../runtime/keyed-flights.js';
import { bytesOf } from './answer-size.js';
import type { ArchiveRange, EntryArchive } from './entry-archive.port.js';
import { BLOCK_SIZE, predecessor, successor } from './entry-cursor.js';
import type { BlockKey, PageCache } from './page-cache.port.js';

type ChannelName = Pick<BlockKey, 'roomId' | 'channel'>;

export interface BlockAnswer {
  /** Ascending. */
  readonly entries: readonly Entry[];
  /** `cache`: kept blocks answered everything. */
  readonly source: 'cache' | 'archive';
  /** Whether no further block was read because these fill an answer. */
  readonly isCut: boolean;
}

/**
 * Reads archived history in aligned blocks of 100 entries. A full block never changes, so it is kept
 * beside the feed for a while; one reader of this node fetches a block at a time, the others wait for it.
 */
export class BlockReader {
  readonly #archive: EntryArchive;
  readonly #cache: PageCache;
  readonly #flights = new KeyedFlights<string, Block>();
  readonly #ranges = new KeyedFlights<string, Entry[]>();

  constructor(archive: EntryArchive, cache: PageCache) {
    this.#archive = archive;
    this.#cache = cache;
  }

  /**
   * The newest `limit` archived entries before a position (null: of all). `top`: the channel's
   * newest id; null where it is not needed or not known.
   */
  async newestBefore(
    name: ChannelName,
    before: string | null,
    limit: number,
    top: string | null,
  ): Promise<BlockAnswer> {
    let entries: Entry[] = [];
    let fromArchive = false;
    let bound = before ?? (top === null ? null : successor(top));
    let isAsked = false;
    let room: number = LIMITS.answerBytes;
    while (entries.length < limit && room > 0) {
      const first = entries[0];
      const last = bound === null ? null : predecessor(bound);
      if (!last && first && first.id === bound) {
        // The first entry of an epoch names its predecessor, the very first one has none.
        if (first.after === undefined) break;
        bound = successor(first.after);
        continue;
      }
      if (!last) {
        // The start of an epoch, or no position at all: only the archive knows what comes before.
        fromArchive = true;
        bound = await this.#endBefore(name, bound);
        if (bound === null) break;
        continue;
      }
      const number = Math.floor(last.seq / BLOCK_SIZE);
      const size = sizeOf(number, last.epoch, top);
      const block = await this.#block(name, last.epoch, number, size);
      fromArchive ||= !block.kept;
      const upper = bound;
      const older = block.entries.filter(
        (entry) => upper === null || compareEntryIds(entry.id, upper) < 0,
      );
      if (older.length === 0 && (isAsked || entries.length > 0)) break;
      if (older.length === 0) {
        // What was the end is gone: the archive knows how far it came.
        isAsked = true;
        bound = await this.#endBefore(name, bound);
        if (bound === null) break;
        continue;
      }
      entries = [...older, ...entries];
      room = roomBeside([...older].reverse(), room);
      bound = older[0]?.id ?? null;
    }
    const source = fromArchive ? 'archive' : 'cache';
    return { entries: entries.slice(-limit), source, isCut: room <= 0 };
  }

  /**
   * The oldest `limit` archived entries after a position (null: from the beginning), below `end`
   * (null: open). `top` as in `newestBefore`.
   */
  async oldestAfter(
    name: ChannelName,
    after: string | null,
    end: string | null,
    limit: number,
    top: string | null,
  ): Promise<BlockAnswer> {
    const entries: Entry[] = [];
    let fromArchive = false;
    let bound = after;
    let room: number = LIMITS.answerBytes;
    while (entries.length < limit && room > 0) {
      const from = bound === null ? null : parseEntryId(bound);
      const number = from ? Math.floor((from.seq + 1) / BLOCK_SIZE) : 0;
      const block = from
        ? await this.#block(name, from.epoch, number, sizeOf(number, from.epoch, top))
        : null;
      if (block) fromArchive ||= !block.kept;
      const lower = bound;
      let newer = (block?.entries ?? []).filter(
        (entry) => lower === null || compareEntryIds(entry.id, lower) > 0,
      );
      if (newer.length === 0) {
        // The end of an epoch, or its beginning: ask for whatever comes next.
        fromArchive = true;
        newer = await this.#range({
          ...name,
          after: bound,
          before: end,
          limit: Math.min(BLOCK_SIZE, limit - entries.length),
          take: 'oldest',
        });
        if (newer.length === 0) break;
      }
      const below = newer.filter((entry) => end === null || compareEntryIds(entry.id, end) < 0);
      entries.push(...below);
      room = roomBeside(below, room);
      bound = entries.at(-1)?.id ?? null;
      if (below.length < newer.length || (top !== null && bound === top)) break;
    }
    const source = fromArchive ? 'archive' : 'cache';
    return { entries: entries.slice(0, limit), source, isCut: room <= 0 };
  }

  /** The position right behind the newest archived entry before a bound; null: there is none. */
  async #endBefore(name: ChannelName, before: string | null): Promise<string | null> {
    const question = { ...name, after: null, before, limit: 1, take: 'newest' } as const;
    const [newest] = await this.#range(question);
    return newest ? successor(newest.id) : null;
  }

  #range(range: ArchiveRange): Promise<Entry[]> {
    const { roomId, channel, after, before, limit, take } = range;
    const key = `${roomId} ${channel} ${after} ${before} ${limit} ${take}`;
    return this.#ranges.run(key, () => this.#archive.readEntries(range));
  }

  /** A block up to `size`; what is there beyond it when the block is full may come along. */
  #block(name: ChannelName, epoch: number, block: number, size: number): Promise<Block> {
    const key = { ...name, epoch, block };
    const flight = `${name.roomId} ${name.channel} ${epoch} ${block} ${size}`;
    return this.#flights.run(flight, async () => {
      const kept = await this.#kept(key, size);
      if (kept) return { entries: kept, kept: true };
      const entries = await this.#archive.readBlock({
        ...name,
        epoch,
        from: block * BLOCK_SIZE,
        size: BLOCK_SIZE,
      });
      // Below its size something is not archived yet, or void.
      const whole = entries.length < BLOCK_SIZE ? size : BLOCK_SIZE;
      if (entries.length >= whole) {
        await this.#cache.put({ ...key, size: whole }, entries.slice(0, whole));
      }
      return { entries, kept: false };
    });
  }

  async #kept(key: Omit<BlockKey, 'size'>, size: number): Promise<Entry[] | null> {
    const full = await this.#cache.get({ ...key, size: BLOCK_SIZE });
    return full || size === BLOCK_SIZE ? full : this.#cache.get({ ...key, size });
  }
}

/**
 * How much of a block has to be there: all of it, unless the channel's newest entry is in it. What
 * lies up to that one does not change any more either.
 */
function sizeOf(block: number, epoch: number, top: string | null): number {
  const end = top === null ? null : parseEntryId(top);
  const isLast = end?.epoch === epoch && Math.floor(end.seq / BLOCK_SIZE) === block;
  return isLast ? (end.seq % BLOCK_SIZE) + 1 : BLOCK_SIZE;
}

/** What is left of the room in an answer when these come in, in their order; not counted below none. */
function roomBeside(entries: readonly Entry[], room: number): number {
  let left = room;
  for (const entry of entries) {
    if (left <= 0) break;
    left -= bytesOf(entry);
  }
  return left;
}

interface Block {
  readonly entries: readonly Entry[];
  readonly kept: boolean;
}
