import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { EndedSessionList } from './ended-session-list.port.js';
import type { ArchivedEnd, SessionArchive } from './session-archive.port.js';
import type { SessionStore } from './session-store.port.js';

/** A message that is lost costs this long; sockets of an ended session have 6 s then. */
const EVERY_MS = 5_000;
/** How soon to look again where a look has failed. */
const AGAIN_MS = 500;
/** Messages that come within this are one look: many sessions may end at once. */
const GATHER_MS = 20;
/** How much further back the archive is asked: an end is in it some seconds before it is listed, and by another clock. */
const MARGIN_MS = 60_000;
const ARCHIVE_PAGE = 500;
/** For how long an end is remembered here: longer than any handshake takes. */
const RECENT_MS = 60_000;
const MAX_RECENT = 50_000;

export interface EndedSessionsParts {
  readonly list: EndedSessionList;
  readonly store: Pick<SessionStore, 'find' | 'end'>;
  readonly archive: Pick<SessionArchive, 'listEnded'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** May be called again for the same session. */
  readonly onEnded: (sessionId: string) => void;
}

/**
 * Finds out which sessions have ended, so that their sockets on this node are closed: by the list
 * that all nodes write, at once when a message says so, and every 5 s. After an outage it goes on
 * where it was. What a loss of the store's data has taken from the list is in the archive, which has
 * every end before the list has it.
 */
export class EndedSessions {
  readonly #parts: EndedSessionsParts;
  readonly #recent = new Map<string, number>();
  #cursor: string | null = null;
  #loop: Loop | undefined;
  #isGathering = false;
  /** When everything that was listed had been read. */
  #upToDateAt: number;
  /** Since when an end may have been lost with data of the store; null: none can. */
  #doubtfulSince: number | null = null;
  #awaySince: number | null = null;

  constructor(parts: EndedSessionsParts) {
    this.#parts = parts;
    this.#upToDateAt = parts.clock.now();
  }

  /** Since when the store does not answer, so that nobody knows who has ended; null: it does. */
  get awaySince(): number | null {
    return this.#awaySince;
  }

  /** From now on; what ended before has no socket on this node. */
  async start(): Promise<void> {
    const { clock, list, logger } = this.#parts;
    list.onEnded((interrupted) => this.#hurry(interrupted));
    await this.#look();
    const everyMs = () =>
      this.#awaySince === null && this.#doubtfulSince === null ? EVERY_MS : AGAIN_MS;
    this.#loop = runLoop({ name: 'ended-sessions', everyMs, clock, logger }, () => this.#look());
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Whether the session ended just now: for a socket that was let in while it did. */
  hasEnded(sessionId: string): boolean {
    return this.#recent.has(sessionId);
  }

  #hurry(interrupted: boolean): void {
    if (interrupted) this.#doubt();
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#parts.clock.after(GATHER_MS, () => {
      this.#isGathering = false;
      this.#loop?.wake();
    });
  }

  #doubt(): void {
    this.#doubtfulSince ??= this.#upToDateAt;
  }

  /** Reads one page; answers whether there are more. */
  async #look(): Promise<boolean> {
    const { clock, list } = this.#parts;
    const now = clock.now();
    const page = await list.listEnded(this.#cursor).catch((fault: unknown) => {
      this.#awaySince ??= now;
      this.#doubt();
      throw fault;
    });
    this.#awaySince = null;
    if (!page.isContinuous) this.#doubt();
    this.#cursor = page.cursor;
    for (const id of page.ids) this.#end(id);
    if (page.more) return true;
    this.#upToDateAt = now;
    await this.#askArchive();
    return false;
  }

  async #askArchive(): Promise<void> {
    const since = this.#doubtfulSince;
    if (since === null) return;
    // What comes into doubt from here on is asked for in the next round.
    this.#doubtfulSince = null;
    try {
      await this.#readArchive(since);
    } catch (fault) {
      this.#doubtfulSince = since;
      throw fault;
    }
  }

  async #readArchive(since: number): Promise<void> {
    const { archive, clock } = this.#parts;
    const [from, to] = [since - MARGIN_MS, clock.now() + MARGIN_MS];
    let after: ArchivedEnd | null = null;
    let ended: ArchivedEnd[];
    do {
      ended = await archive.listEnded({ from, to, after, limit: ARCHIVE_PAGE });
      for (const { id } of ended) this.#end(id);
      await Promise.all(ended.map(({ id }) => this.#endAgain(id)));
      after = ended.at(-1) ?? null;
    } while (ended.length === ARCHIVE_PAGE);
  }

  /** A store that has lost its newest writes would let its tokens in again. */
  async #endAgain(sessionId: string): Promise<void> {
    const { store } = this.#parts;
    const session = await store.find(sessionId);
    if (session?.endedAt === null) await store.end(sessionId, session.userId);
  }

  #end(sessionId: string): void {
    const now = this.#parts.clock.now();
    this.#recent.delete(sessionId);
    this.#recent.set(sessionId, now);
    for (const [id, at] of this.#recent) {
      if (now - at < RECENT_MS && this.#recent.size <= MAX_RECENT) break;
      this.#recent.delete(id);
    }
    this.#parts.onEnded(sessionId);
  }
}
