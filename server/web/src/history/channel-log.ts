import type { Entry, EntryPage, HistoryOptions } from '@pinroom/client';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Chunk, toChunk, typesIn } from './chunk.js';
import { patiently } from './patience.js';
import { isAbove, withoutVoided } from './voided.js';

const PAGE = 200;

export type ReadPage = (options: HistoryOptions) => Promise<EntryPage>;

/** What is loaded of a channel: from some entry on, without a hole, up to the newest. */
export class ChannelLog {
  readonly #read: ReadPage;
  readonly #chunks = signal<readonly Chunk[]>([]);
  readonly #isBusy = signal(false);
  readonly #isLoaded = signal(false);
  readonly #isWhole = signal(false);
  readonly #fault = signal<unknown>(null);
  #before: string | null = null;
  #stop: AbortController | null = null;

  /** Ascending. */
  readonly chunks: ReadonlySignal<readonly Chunk[]> = this.#chunks;
  readonly isBusy: ReadonlySignal<boolean> = this.#isBusy;
  /** Whether there was an answer yet. */
  readonly isLoaded: ReadonlySignal<boolean> = this.#isLoaded;
  /** Whether the beginning is here. */
  readonly isWhole: ReadonlySignal<boolean> = this.#isWhole;
  /** What was in the way the last time; null: nothing. */
  readonly fault: ReadonlySignal<unknown> = this.#fault;
  readonly count = computed(() =>
    this.#chunks.value.reduce((sum, { entries }) => sum + entries.length, 0),
  );
  readonly types = computed(() => typesIn(this.#chunks.value));
  readonly questions = computed(
    () => new Map(this.#chunks.value.flatMap(({ questions }) => [...questions])),
  );

  constructor(read: ReadPage) {
    this.#read = read;
  }

  /** The newest page, or the one before what is here. One question at a time. */
  older(): Promise<void> {
    return this.#whileBusy(() => this.#older());
  }

  /** All that is missing up to the beginning, until `stop()`. */
  all(): Promise<void> {
    return this.#whileBusy(async (signal) => {
      while (!this.#isWhole.value) await patiently(() => this.#older(), signal);
    });
  }

  /** What was said since the newest page was read. */
  newer(): Promise<void> {
    return this.#whileBusy(async (signal) => {
      for (let more = true; more; ) {
        const after = this.#chunks.value.at(-1)?.id;
        if (after === undefined) return this.#older();
        const page = await patiently(() => this.#read({ after, limit: PAGE }), signal);
        this.#append(page.entries);
        more = page.nextCursor !== null && page.entries.length > 0;
      }
    });
  }

  /** Ends `all()`: what is here stays. */
  stop(): void {
    this.#stop?.abort();
  }

  async #older(): Promise<void> {
    const before = this.#before;
    const { entries, nextCursor } = await this.#read({
      limit: PAGE,
      ...(before === null ? {} : { before }),
    });
    const next = this.#chunks.value[0]?.entries[0];
    const kept = withoutVoided(next ? [...entries, next] : entries);
    const chunk = toChunk(next ? kept.slice(0, -1) : kept);
    if (chunk) this.#chunks.value = [chunk, ...this.#chunks.value];
    this.#before = nextCursor;
    this.#isLoaded.value = true;
    this.#isWhole.value = nextCursor === null;
  }

  #append(entries: readonly Entry[]): void {
    const chunk = toChunk(withoutVoided(entries));
    if (!chunk) return;
    const { after } = chunk.entries[0] ?? {};
    const held = after === undefined ? this.#chunks.value : upTo(this.#chunks.value, after);
    this.#chunks.value = [...held, chunk];
  }

  async #whileBusy(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#isBusy.value) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#isBusy.value = true;
    this.#fault.value = null;
    try {
      await work(stop.signal);
    } catch (fault) {
      if (!stop.signal.aborted) this.#fault.value = fault;
    } finally {
      this.#isBusy.value = false;
    }
  }
}

/** What a later epoch has left of them. */
function upTo(chunks: readonly Chunk[], id: string): readonly Chunk[] {
  return chunks.flatMap((chunk) => {
    const kept = chunk.entries.filter((entry) => !isAbove(entry, id));
    const left = kept.length === chunk.entries.length ? chunk : toChunk(kept);
    return left ? [left] : [];
  });
}
