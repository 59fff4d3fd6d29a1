import type { Member, RoomHandle } from '@pinroom/client';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** Pages of 200 that are read by themselves; in larger rooms the search finds who is among them. */
const MAX_PAGES = 10;
const RETRY_MS = 3_000;

/**
 * Everybody in the room. A join answer lists the first two hundred alone; hosts hear of each change, so the rest is
 * read once and kept up to date.
 */
export class PeopleList {
  /** In the order in which they came. */
  readonly members: ReadonlySignal<readonly Member[]>;
  readonly #members: Signal<readonly Member[]>;
  readonly #handle: RoomHandle;
  readonly #stops: (() => void)[];
  #known = new Map<string, Member>();
  /** Whose news came while pages were being read: they are newer than the pages. */
  #touched = new Set<string>();
  #reading = 0;
  #publishing: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: RoomHandle, onJoined: (joined: readonly Member[]) => void) {
    this.#handle = handle;
    this.#members = signal([]);
    this.members = this.#members;
    this.#stops = [
      handle.on('presence', (event) => {
        if (event === null) return this.#begin();
        for (const userId of event.left) {
          this.#known.delete(userId);
          this.#touched.add(userId);
        }
        for (const member of [...event.joined, ...event.changed]) {
          this.#known.set(member.userId, member);
          this.#touched.add(member.userId);
        }
        if (event.joined.length > 0) onJoined(event.joined);
        this.#publishSoon();
      }),
    ];
    this.#begin();
    this.#publish();
  }

  dispose(): void {
    this.#reading++;
    clearTimeout(this.#publishing);
    clearTimeout(this.#retry);
    for (const stop of this.#stops) stop();
  }

  #begin(): void {
    clearTimeout(this.#retry);
    const { members, membersComplete } = this.#handle;
    this.#touched = new Set();
    const reading = ++this.#reading;
    if (membersComplete) this.#known = new Map(members);
    else {
      for (const [userId, member] of members) this.#known.set(userId, member);
      void this.#readAll(reading);
    }
    this.#publishSoon();
  }

  async #readAll(reading: number): Promise<void> {
    const seen = new Set<string>();
    let cursor: string | null = null;
    let isWhole = false;
    try {
      for (let page = 0; page < MAX_PAGES && !isWhole; page++) {
        const answer = await this.#handle.membersPage({
          limit: 200,
          ...(cursor === null ? {} : { cursor }),
        });
        if (reading !== this.#reading) return;
        for (const member of answer.members) {
          seen.add(member.userId);
          if (!this.#touched.has(member.userId)) this.#known.set(member.userId, member);
        }
        this.#publishSoon();
        cursor = answer.nextCursor;
        isWhole = cursor === null;
      }
    } catch {
      if (reading === this.#reading && this.#handle.status !== 'left') {
        this.#retry = setTimeout(() => this.#begin(), RETRY_MS);
      }
      return;
    }
    if (!isWhole) return;
    for (const userId of [...this.#known.keys()]) {
      if (!seen.has(userId) && !this.#touched.has(userId)) this.#known.delete(userId);
    }
    this.#publishSoon();
  }

  #publishSoon(): void {
    this.#publishing ??= setTimeout(() => this.#publish(), 100);
  }

  #publish(): void {
    this.#publishing = undefined;
    this.#members.value = [...this.#known.values()].sort((a, b) => a.joinedAt - b.joinedAt);
  }
}
