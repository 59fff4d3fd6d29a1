import { compareEntryIds } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { RoomFeed } from '../feed/room-feed.port.js';
import { ChannelWalk, type WalkParts } from '../history/channel-walk.js';
import type { EntryArchive } from '../history/entry-archive.port.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';
import { Tally } from '../runtime/tally.js';
import type { RoomAccess } from './access.js';

/** Exports that a node writes at the same time, and of those for one caller. */
const AT_ONCE = 4;
const AT_ONCE_PER_CALLER = 2;
const ASK_AGAIN_MS = 5_000;

/** Entries of a page, which all are in memory together: the first one, and the most. */
const FIRST_PAGE = 100;
const LARGEST_PAGE = 500;
/** What a page should take: what is larger as one string lives longer in memory than it is needed. */
const PAGE_BYTES = 65_536;

const ALL = 'all';

export interface ExportParts extends WalkParts {
  readonly access: RoomAccess;
  readonly archive: Pick<EntryArchive, 'readEntries' | 'lastIds'>;
  readonly feed: Pick<RoomFeed, 'read' | 'tops'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Hands out whole rooms, for their hosts. */
export class RoomExporter {
  readonly #parts: ExportParts;
  readonly #running = new Tally();

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  /** All that was said in a room until now, open or closed. What is opened has to be closed. */
  async open(caller: Caller | ApplicationCaller, roomId: string): Promise<RoomExport> {
    const release = this.#begin(caller.kind === 'user' ? caller.userId : caller.kind);
    try {
      await this.#parts.access.ofHost(caller, roomId);
      const walks = await this.#walks(roomId);
      return new RoomExport(walks, release, (err) => {
        this.#parts.logger.warn({ roomId, err }, 'an export broke off');
      });
    } catch (fault) {
      release();
      throw fault;
    }
  }

  /** Takes a place among those that run; answers how to give it back. */
  #begin(caller: string): () => void {
    const running = this.#running;
    if (running.of(ALL) >= AT_ONCE || running.of(caller) >= AT_ONCE_PER_CALLER) {
      throw rateLimited(
        this.#parts.metrics,
        'exports',
        ASK_AGAIN_MS,
        'Other exports are being written. Wait for one to end.',
      );
    }
    const count = (by: number) => {
      running.change(ALL, by);
      running.change(caller, by);
    };
    count(1);
    let isReleased = false;
    return () => {
      if (!isReleased) count(-1);
      isReleased = true;
    };
  }

  async #walks(roomId: string): Promise<ChannelWalk[]> {
    const { archive, feed } = this.#parts;
    const [tops, archived] = await Promise.all([feed.tops(roomId), archive.lastIds(roomId)]);
    const channels = new Set([...tops.keys(), ...archived.keys()]);
    return [...channels].sort(inReadingOrder).map((channel) => {
      const [top, last = null] = [tops.get(channel), archived.get(channel)];
      // Redis may have lost what the archive has.
      const end = top && (last === null || compareEntryIds(top, last) > 0) ? top : (last ?? '0-0');
      return new ChannelWalk(this.#parts, { roomId, channel, end, archived: last });
    });
  }
}

/** A room on its way out, page by page, each as JSON lines: one entry a line. */
export class RoomExport {
  readonly #walks: ChannelWalk[];
  readonly #release: () => void;
  readonly #onBroken: (fault: unknown) => void;
  #limit = FIRST_PAGE;

  constructor(
    walks: readonly ChannelWalk[],
    release: () => void,
    onBroken: (fault: unknown) => void,
  ) {
    this.#walks = [...walks];
    this.#release = release;
    this.#onBroken = onBroken;
  }

  /** The next page; null: that was all. Rejects where the rest cannot be had. */
  async next(): Promise<string | null> {
    try {
      return await this.#next();
    } catch (fault) {
      this.#onBroken(fault);
      throw fault;
    }
  }

  /** Makes place for other exports. May be called twice. */
  close(): void {
    this.#release();
  }

  async #next(): Promise<string | null> {
    for (let walk = this.#walks[0]; walk; walk = this.#walks[0]) {
      const entries = await walk.next(this.#limit, PAGE_BYTES);
      if (entries.length === 0) {
        this.#walks.shift();
        continue;
      }
      const page = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      const fitting = Math.floor((PAGE_BYTES * entries.length) / page.length);
      this.#limit = Math.max(1, Math.min(LARGEST_PAGE, 2 * this.#limit, fitting));
      return page;
    }
    return null;
  }
}

const ORDER = ['room', 'host', 'user', 'log'];

/** `room`, `host`, the users' own, `log`. */
function inReadingOrder(a: string, b: string): number {
  const place = (channel: string) => ORDER.indexOf(channel.split(':')[0] ?? '');
  return place(a) - place(b) || (a < b ? -1 : 1);
}
