import { compareEntryIds, type Entry, type RoomHandle } from '@pinroom/client';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** Entries that a page keeps of a channel. */
const KEPT = 2_000;
const PAGE = 100;
/** How far back something is looked for by itself. */
const MAX_PAGES = 10;

/** One channel: what comes live, and as much of its past as was asked for. */
export class ChannelPast {
  /** Ascending, without a gap. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** Whether there may be older ones. */
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly #handle: RoomHandle;
  readonly #channel: string;
  readonly #entries: Signal<readonly Entry[]>;
  readonly #hasOlder: Signal<boolean>;
  readonly #isLoading = signal(false);
  readonly #stops: (() => void)[];
  /** Newly arrived, shown a moment later: a burst is rendered once. */
  #arrived: Entry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: RoomHandle, channel: string) {
    this.#handle = handle;
    this.#channel = channel;
    const known = handle.entries(channel);
    this.#entries = signal([...known]);
    this.#hasOlder = signal(known[0] !== undefined && !isVeryFirst(known[0]));
    this.entries = this.#entries;
    this.hasOlder = this.#hasOlder;
    this.isLoading = this.#isLoading;
    this.#stops = [
      handle.on('entry', (entry) => {
        if (entry.channel === channel) this.#arrive(entry);
      }),
      handle.on('reset', (reset) => {
        if (reset.channel === channel) this.#forget(reset.after);
      }),
    ];
  }

  /** One page back. Rejects as commands do. */
  async loadOlder(): Promise<void> {
    if (this.#isLoading.value || !this.#hasOlder.value) return;
    this.#isLoading.value = true;
    try {
      const before = this.#entries.value[0]?.id;
      const page = await this.#handle.history({
        channel: this.#channel,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      const first = this.#entries.value[0]?.id;
      const older = page.entries.filter(
        ({ id }) => first === undefined || compareEntryIds(id, first) < 0,
      );
      this.#entries.value = [...older, ...this.#entries.value];
      this.#hasOlder.value = page.nextCursor !== null;
    } finally {
      this.#isLoading.value = false;
    }
  }

  /** Pages back until this entry is here, or it would be too far. */
  async reachBackTo(id: string): Promise<void> {
    for (let page = 0; page < MAX_PAGES && this.#hasOlder.value; page++) {
      const first = this.#entries.value[0]?.id;
      if (first !== undefined && compareEntryIds(first, id) <= 0) return;
      await this.loadOlder();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }

  #arrive(entry: Entry): void {
    const last = this.#arrived.at(-1) ?? this.#entries.peek().at(-1);
    // It may have been at hand before it was told.
    if (last && compareEntryIds(entry.id, last.id) <= 0) return;
    this.#arrived.push(entry);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const all = [...this.#entries.value, ...this.#arrived];
      this.#arrived = [];
      if (all.length > KEPT) this.#hasOlder.value = true;
      this.#entries.value = all.slice(-KEPT);
    }, 50);
  }

  #forget(after: string | null): void {
    const stays = ({ id }: Entry) => after !== null && compareEntryIds(id, after) <= 0;
    this.#arrived = this.#arrived.filter(stays);
    this.#entries.value = this.#entries.value.filter(stays);
  }
}

/** Nothing was said in the channel before it. */
function isVeryFirst({ id, after }: Entry): boolean {
  return id.endsWith('-0') && after === undefined;
}
