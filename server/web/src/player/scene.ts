import { compareEntryIds, type Entry, type HistoryPage } from '@pinroom/client';
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RoomStore } from '../room/room-store.js';
import { currentRound, type Round } from '../round/round.js';
import type { Countdown } from '../round/vocabulary.js';
import { openStorage } from '../ui/page-storage.js';
import { buildFeed, type FeedItem } from './feed.js';
import { Outbox } from './outbox.js';
import { OwnAnswers } from './own-answers.js';
import { joinEntries, justBefore, missingQuestion, newestCountdown } from './stage-entries.js';

const TRIES = 3;
const PAUSE_MS = 3_000;
const PAGE = 200;
/** How far on from the question its result is looked for. */
const MAX_PAGES = 10;

/** What a player sees of a room: the question that is on, what was said, and what one said oneself. */
export class Scene {
  readonly round: ReadonlySignal<Round | null>;
  readonly countdown: ReadonlySignal<Countdown | null>;
  readonly feed: ReadonlySignal<readonly FeedItem[]>;
  readonly answers: OwnAnswers;
  readonly outbox: Outbox;
  readonly #store: RoomStore;
  readonly #live: ReadonlySignal<readonly Entry[]>;
  /** The question that was asked before the entries that came with the room, and what followed it. */
  readonly #older: Signal<readonly Entry[]> = signal([]);
  readonly #tries = new Map<string, number>();
  readonly #ends: (() => void)[] = [];

  constructor(store: RoomStore) {
    this.#store = store;
    this.answers = new OwnAnswers(store.handle, openStorage('sessionStorage'));
    this.outbox = new Outbox(store.handle);
    this.#live = store.entries('room');
    const personal = store.entries(`user:${store.self.peek().userId}`);
    const entries = computed(() => joinEntries(this.#older.value, this.#live.value));
    // Where players may write, they may write anything.
    const spoken = computed(() => entries.value.filter((entry) => store.isSpoken(entry)));
    this.round = computed(() => currentRound(spoken.value));
    this.countdown = computed(() => newestCountdown(spoken.value));
    this.feed = computed(() =>
      buildFeed({
        room: entries.value,
        personal: personal.value,
        userId: store.self.value.userId,
        isHost: (from) => store.isHost(from),
        isSpoken: (entry) => store.isSpoken(entry),
        currentId: this.round.value?.id ?? null,
      }),
    );
    this.#ends.push(
      effect(() => {
        const missing = missingQuestion(store.state.value.value, entries.value);
        if (missing !== null && store.status.value === 'live') void this.#fetch(missing);
      }),
      effect(() => {
        const round = this.round.value;
        if (round && round.result === null) this.answers.resume(round);
      }),
      store.handle.on('reset', ({ channel }) => {
        if (channel === 'room') this.#older.value = [];
      }),
    );
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }

  async #fetch(question: string): Promise<void> {
    const tries = this.#tries.get(question) ?? 0;
    if (tries >= TRIES) return;
    this.#tries.set(question, tries + 1);
    try {
      this.#older.value = await this.#readFrom(question);
    } catch {
      // A lost connection brings the question up again by itself; anything else is worth another try.
      setTimeout(() => {
        if (this.#store.status.peek() === 'live') void this.#fetch(question);
      }, PAUSE_MS);
    }
  }

  /** From this entry on to those that are here: in between may lie what came of it. */
  async #readFrom(id: string): Promise<readonly Entry[]> {
    const { handle } = this.#store;
    const entries: Entry[] = [];
    let after: string | null = justBefore(id);
    for (let page = 0; page < MAX_PAGES && after !== null; page++) {
      const answer: HistoryPage = await handle.history({ after, limit: PAGE });
      entries.push(...answer.entries);
      after = isBefore(entries.at(-1), this.#live.peek()[0]) ? answer.nextCursor : null;
    }
    return entries;
  }
}

function isBefore(one: Entry | undefined, other: Entry | undefined): boolean {
  return !one || !other || compareEntryIds(one.id, other.id) < 0;
}
