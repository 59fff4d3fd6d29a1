import type { SystemEntry, SystemEventType } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';
import type { SystemLogStore } from '../runtime/system-log.port.js';
import type { SystemLogReader } from './read-system-log.js';

/** How often each follower looks; nobody looks where nobody follows. */
const LOOK_MS = 1_000;
/** Entries handed over together. */
const AT_ONCE = 200;
/** Followers of one node. */
const MOST = 16;

export interface FollowParts {
  readonly store: Pick<SystemLogStore, 'read'>;
  readonly reader: Pick<SystemLogReader, 'read'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Hands new entries of the log of the system to those who follow it on this node. */
export class SystemLogFollowers {
  readonly #parts: FollowParts;
  readonly #open = new Set<SystemLogFollower>();
  #isDraining = false;

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  /**
   * Begins behind `after`, or with what comes from now on. Rejects with `rate_limited` where too many
   * follow, with `unavailable` when it cannot be known where now is.
   */
  async open(after: string | null, type: SystemEventType | null): Promise<SystemLogFollower> {
    const { metrics, store } = this.#parts;
    if (this.#isDraining) throw new AppError('draining', undefined, { retryAfterMs: 500 });
    if (this.#open.size >= MOST) {
      throw rateLimited(metrics, 'log_followers', 5_000, 'Too many follow the log on this node.');
    }
    const follower = new SystemLogFollower(this.#parts, type, () => this.#open.delete(follower));
    // Before the question, so that of many at once no more than the bound are let in.
    this.#open.add(follower);
    try {
      const newest = { after: null, before: null, limit: 1, take: 'newest', type: null } as const;
      follower.startAt(after ?? (await store.read(newest)).entries[0]?.id ?? null);
      return follower;
    } catch (fault) {
      follower.close();
      throw fault;
    }
  }

  /** Ends all, and lets nobody follow any more. */
  drain(): void {
    this.#isDraining = true;
    for (const follower of [...this.#open]) follower.close();
  }
}

/** One who follows. It holds no entries: what is not asked for is not read. */
export class SystemLogFollower {
  readonly #parts: FollowParts;
  readonly #type: SystemEventType | null;
  readonly #onClosed: () => void;
  readonly #over = new AbortController();
  /** Null: the log was empty. */
  #cursor: string | null = null;

  constructor(parts: FollowParts, type: SystemEventType | null, onClosed: () => void) {
    this.#parts = parts;
    this.#type = type;
    this.#onClosed = onClosed;
  }

  startAt(cursor: string | null): void {
    this.#cursor = cursor;
  }

  /** The next entries; none when none came for `ms`; null once it is over. */
  async next(ms: number): Promise<readonly SystemEntry[] | null> {
    const { clock } = this.#parts;
    const until = clock.now() + ms;
    while (!this.#over.signal.aborted) {
      const found = await this.#look();
      if (this.#over.signal.aborted) break;
      if (found.length > 0) return found;
      const leftMs = until - clock.now();
      if (leftMs <= 0) return [];
      await clock.sleep(Math.min(LOOK_MS, leftMs), this.#over.signal);
    }
    return null;
  }

  close(): void {
    this.#over.abort();
    this.#onClosed();
  }

  /** While a backend is away nothing comes; what came meanwhile comes afterwards. */
  async #look(): Promise<SystemEntry[]> {
    try {
      const entries = await this.#read();
      this.#cursor = entries.at(-1)?.id ?? this.#cursor;
      return entries.filter(({ type }) => this.#type === null || type === this.#type);
    } catch (fault) {
      this.#parts.logger.debug({ err: fault }, 'the log of the system cannot be followed for now');
      return [];
    }
  }

  async #read(): Promise<readonly SystemEntry[]> {
    const { reader, store } = this.#parts;
    const after = this.#cursor;
    const range = { after, before: null, limit: AT_ONCE, take: 'oldest', type: null } as const;
    const { entries, isSeamless } = await store.read(range);
    if (isSeamless || after === null || entries.length === 0) return entries;
    // What lies between is in the archive alone.
    return (await reader.read({ after, before: null, limit: AT_ONCE, type: null })).entries;
  }
}
