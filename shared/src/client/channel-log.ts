import { compareEntryIds, follows, parseEntryId } from '../entry-id.js';
import type { ChannelSnapshot, Entry } from '../model.js';

/** Below every entry id: asking for what comes after it gives a channel from its beginning. */
export const CHANNEL_START = '0-0';

/** What a channel tells its reader, in this order. */
export type LogEvent =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** [CLIENT-2] Entries above `after` (null: all) were lost by the server; forget them. */
  | { readonly kind: 'reset'; readonly after: string | null }
  /** [CLIENT-3] The server no longer has what lay between `after` and `next`. */
  | { readonly kind: 'hole'; readonly after: string | null; readonly next: string };

/** [CLIENT-4] Whatever is remembered or waits has a bound. */
export interface ChannelLogOptions {
  /** Entries that are remembered. */
  readonly keep: number;
  /** Entries that may wait for the ones before them; beyond it they are fetched again. */
  readonly maxHeld: number;
}

/**
 * [CLIENT-1] One channel as its reader sees it: each entry once, in order, whatever order, repetition
 * or gap it comes in. Pure: it says when something has to be fetched, others fetch it.
 */
export class ChannelLog {
  readonly #keep: number;
  readonly #maxHeld: number;
  /** Newest entry handed on; null: the channel is known to be empty; undefined: nothing is known. */
  #position: string | null | undefined;
  #entries: Entry[] = [];
  /** Ascending, all above the position; the first one does not follow it. */
  #held: Entry[] = [];
  /** Newest id that is known to exist. */
  #target: string | null = null;
  /** The server said that an answer was not the whole. */
  #more = false;

  constructor({ keep, maxHeld }: ChannelLogOptions) {
    this.#keep = keep;
    this.#maxHeld = maxHeld;
  }

  get position(): string | null | undefined {
    return this.#position;
  }

  /** The newest entries, ascending. */
  get entries(): readonly Entry[] {
    return this.#entries.length > this.#keep ? this.#entries.slice(-this.#keep) : this.#entries;
  }

  /** Whether entries above the position are known to exist: fetch what comes after it. */
  get isBehind(): boolean {
    if (this.#position === undefined) return false;
    return this.#more || this.#held.length > 0 || this.#isAbove(this.#target);
  }

  /** Entries came, but no snapshot has said where the channel stands. */
  get isUnplaced(): boolean {
    return this.#position === undefined && (this.#held.length > 0 || this.#target !== null);
  }

  /** An entry that came by itself. */
  live(entry: Entry): LogEvent[] {
    if (!parseEntryId(entry.id)) return [];
    if (this.#held.length === 0 && this.#position !== undefined && follows(this.#position, entry)) {
      const events: LogEvent[] = [];
      this.#push(entry, events);
      return events;
    }
    if (!this.#isNew(entry.id)) return [];
    this.#hold(entry);
    return this.#position === undefined ? [] : this.#drain();
  }

  /** The server says that `id` exists. */
  top(id: string): void {
    if (!parseEntryId(id) || !this.#isNew(id)) return;
    if (this.#target === null || compareEntryIds(id, this.#target) > 0) this.#target = id;
  }

  /** The entries after the position, as the server read them back. `complete`: there are no more. */
  page(entries: readonly Entry[], complete: boolean): LogEvent[] {
    const events: LogEvent[] = [];
    for (const entry of entries) {
      if (parseEntryId(entry.id) && this.#isNew(entry.id)) this.#accept(entry, events);
    }
    this.#more = !complete;
    return [...events, ...this.#drain()];
  }

  /** The channel's part of a join answer. `since`: the position that was sent with the question. */
  snapshot(snapshot: ChannelSnapshot, since: string | null | undefined): LogEvent[] {
    const { entries, lastId, complete } = snapshot;
    if (this.#position === undefined) return this.#begin(snapshot, since);
    if (typeof since !== 'string') {
      // Not named in the question: these are the newest, and there may be more before them.
      for (const entry of entries) {
        if (parseEntryId(entry.id) && this.#isNew(entry.id)) this.#hold(entry);
      }
      if (lastId !== null) this.top(lastId);
      return this.#drain();
    }
    const events: LogEvent[] = [];
    const lost =
      since === this.#position &&
      entries.length === 0 &&
      (lastId === null || compareEntryIds(lastId, since) < 0);
    if (lost) this.#reset(lastId, events);
    return [...events, ...this.page(entries, complete)];
  }

  /** The channel may have gone on without a word: it counts as behind until a page says otherwise. */
  doubt(): void {
    this.#more = true;
  }

  /** What is held or announced but cannot be read back does not exist any more. */
  abandon(): void {
    this.#held = [];
    this.#target = null;
    this.#more = false;
  }

  /** Hands on what is held, whatever is missing before it. */
  skip(): LogEvent[] {
    const held = this.#held;
    this.abandon();
    return this.page(held, true);
  }

  #begin(snapshot: ChannelSnapshot, since: string | null | undefined): LogEvent[] {
    const { entries, lastId, complete } = snapshot;
    this.#more = !complete;
    // With a position of the application's own the first entry has to follow that one.
    this.#position = since ?? undefined;
    const events: LogEvent[] = [];
    for (const entry of entries) {
      if (!parseEntryId(entry.id) || !this.#isNew(entry.id)) continue;
      if (this.#position === undefined) this.#push(entry, events);
      else this.#accept(entry, events);
    }
    if (this.#position === undefined) this.#position = lastId;
    else if (lastId !== null) this.top(lastId);
    return [...events, ...this.#drain()];
  }

  #hold(entry: Entry): void {
    const held = this.#held;
    let index = held.length;
    while (index > 0 && compareEntryIds(held[index - 1]?.id ?? '', entry.id) > 0) index--;
    if (held[index - 1]?.id === entry.id) return;
    held.splice(index, 0, entry);
    if (held.length <= this.#maxHeld) return;
    // The newest is the one that will be fetched last.
    const dropped = held.pop();
    if (dropped) this.top(dropped.id);
  }

  #drain(): LogEvent[] {
    const events: LogEvent[] = [];
    let used = 0;
    for (const next of this.#held) {
      if (this.#isNew(next.id)) {
        if (!this.#continues(next)) break;
        this.#accept(next, events);
      }
      used++;
    }
    if (used > 0) this.#held.splice(0, used);
    return events;
  }

  /** Nothing is missing between the position and this entry, or what is missing is gone for good. */
  #continues(entry: Entry): boolean {
    const position = this.#position ?? null;
    return follows(position, entry) || startsBelow(position, entry);
  }

  #accept(entry: Entry, events: LogEvent[]): void {
    const position = this.#position ?? null;
    if (!follows(position, entry)) {
      if (startsBelow(position, entry)) this.#reset(entry.after ?? null, events);
      else events.push({ kind: 'hole', after: position, next: entry.id });
    }
    this.#push(entry, events);
  }

  #push(entry: Entry, events: LogEvent[]): void {
    this.#position = entry.id;
    this.#entries.push(entry);
    if (this.#entries.length > 2 * this.#keep) this.#entries = this.#entries.slice(-this.#keep);
    events.push({ kind: 'entry', entry });
  }

  #reset(after: string | null, events: LogEvent[]): void {
    this.#position = after;
    this.#entries =
      after === null ? [] : this.#entries.filter(({ id }) => compareEntryIds(id, after) <= 0);
    events.push({ kind: 'reset', after });
  }

  #isNew(id: string): boolean {
    return typeof this.#position !== 'string' || compareEntryIds(id, this.#position) > 0;
  }

  #isAbove(id: string | null): boolean {
    return id !== null && this.#isNew(id);
  }
}

/** The first entry of an epoch that began below the position: what the reader holds above is void. */
function startsBelow(position: string | null, entry: Entry): boolean {
  if (position === null || parseEntryId(entry.id)?.seq !== 0) return false;
  return entry.after === undefined || compareEntryIds(entry.after, position) < 0;
}
