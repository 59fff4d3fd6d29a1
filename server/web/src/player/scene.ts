import type { Entry } from '@pinroom/client';
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RoomStore } from '../room/room-store.js';
import { currentRound, type Round } from '../round/round.js';
import type { Countdown } from '../round/vocabulary.js';
import { buildFeed, type FeedItem } from './feed.js';
import { Outbox } from './outbox.js';
import { OwnAnswers } from './own-answers.js';
import { openStorage } from './page-storage.js';
import { joinEntries, justBefore, missingQuestion, newestCountdown } from './stage-entries.js';

const TRIES = 3;
const PAUSE_MS = 3_000;

/** What a player sees of a room: the question that is on, what was said, and what one said oneself. */
export class Scene {
  readonly round: ReadonlySignal<Round | null>;
  readonly countdown: ReadonlySignal<Countdown | null>;
  readonly feed: ReadonlySignal<readonly FeedItem[]>;
  readonly answers: OwnAnswers;
  readonly outbox: Outbox;
  readonly #store: RoomStore;
  /** The question that was asked before the entries that came with the room, and what followed it. */
  readonly #older: Signal<readonly Entry[]> = signal([]);
  readonly #tries = new Map<string, number>();
  readonly #ends: (() => void)[] = [];

  constructor(store: RoomStore) {
    this.#store = store;
    this.answers = new OwnAnswers(store.handle, openStorage('sessionStorage'));
    this.outbox = new Outbox(store.handle);
    const live = store.entries('room');
    const personal = store.entries(`user:${store.self.peek().userId}`);
    const entries = computed(() => joinEntries(this.#older.value, live.value));
    // Where players may write, they may write anything.
    const spoken = computed(() => entries.value.filter(({ from }) => store.isHost(from)));
    this.round = computed(() => currentRound(spoken.value));
    this.countdown = computed(() => newestCountdown(spoken.value));
    this.feed = computed(() =>
      buildFeed({
        room: entries.value,
        personal: personal.value,
        userId: store.self.value.userId,
        isHost: (from) => store.isHost(from),
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
      const { handle } = this.#store;
      const { entries } = await handle.history({ after: justBefore(question), limit: 200 });
      this.#older.value = entries;
    } catch {
      // A lost connection brings the question up again by itself; anything else is worth another try.
      setTimeout(() => {
        if (this.#store.status.peek() === 'live') void this.#fetch(question);
      }, PAUSE_MS);
    }
  }
}
