import type {
  OperatorClient,
  SystemEntry,
  SystemEventType,
  SystemLevel,
  SystemLogPage,
} from '@pinroom/client';
import { type ReadonlySignal, signal } from '@preact/signals';
import { Question } from '../question.js';
import { mergeEntries } from './log-entries.js';

const PER_PAGE = 100;
/** More is not kept in the page; it is in the log. */
const KEPT = 5_000;
/** What comes in a burst, as after a night without a network, is shown in one go. */
const GATHER_MS = 200;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
/** What a log that has nothing yet is followed from. */
const BEGINNING = '0-0';

/** What it asks. */
export type LogClient = Pick<OperatorClient, 'log' | 'followLog'>;

/** The system's log: its newest entries, what comes, and older ones on demand. */
export class LogStore {
  readonly older = new Question<SystemLogPage>();
  /** Null: of every type. The server filters by it; by level and text the page does. */
  readonly type = signal<SystemEventType | null>(null);
  readonly level = signal<SystemLevel>('info');
  readonly text = signal('');
  readonly #client: LogClient;
  readonly #entries = signal<readonly SystemEntry[]>([]);
  readonly #isLive = signal(false);
  readonly #fault = signal<unknown>(null);
  readonly #before = signal<string | null>(null);
  readonly #onNews: (entry: SystemEntry) => void;
  /** Came, and is not among the entries yet. */
  #gathered: SystemEntry[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #stopped: AbortController | undefined;

  /** `onNews` hears what comes while the log is followed. */
  constructor(client: LogClient, onNews: (entry: SystemEntry) => void) {
    this.#client = client;
    this.#onNews = onNews;
  }

  /** Ascending. */
  get entries(): ReadonlySignal<readonly SystemEntry[]> {
    return this.#entries;
  }

  /** Whether what comes is shown as it comes. */
  get isLive(): ReadonlySignal<boolean> {
    return this.#isLive;
  }

  /** Why it is not followed at the moment. */
  get fault(): ReadonlySignal<unknown> {
    return this.#fault;
  }

  /** The cursor of older entries; null: there are none. */
  get before(): ReadonlySignal<string | null> {
    return this.#before;
  }

  start(): void {
    this.stop();
    this.#entries.value = [];
    this.#before.value = null;
    this.#fault.value = null;
    this.older.forget();
    const stopped = new AbortController();
    this.#stopped = stopped;
    void this.#run(stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
    this.#isLive.value = false;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#gathered = [];
  }

  choose(type: SystemEventType | null): void {
    this.type.value = type;
    this.start();
  }

  async loadOlder(): Promise<void> {
    const before = this.#before.value;
    if (before === null) return;
    const page = await this.older.ask(() =>
      this.#client.log({ before, limit: PER_PAGE, ...this.#ofType() }),
    );
    if (!page) return;
    this.#entries.value = mergeEntries(this.#entries.value, page.entries, Infinity);
    this.#before.value = page.nextCursor;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#catchUp(signal);
        failures = 0;
        await this.#follow(signal);
      } catch (fault) {
        if (!signal.aborted) this.#fault.value = fault;
      }
      if (signal.aborted) return;
      this.#isLive.value = false;
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0, signal);
    }
  }

  /** The newest page, or what came since the last entry: an answer also says that the server is there. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    this.#show();
    const after = this.#entries.value.at(-1)?.id;
    const question = { limit: PER_PAGE, ...this.#ofType() };
    const page = await this.#client.log(after === undefined ? question : { after, ...question });
    if (signal.aborted) return;
    if (after === undefined) this.#before.value = page.nextCursor;
    this.#append(page.entries);
    this.#fault.value = null;
    this.#isLive.value = true;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const after = this.#entries.value.at(-1)?.id ?? BEGINNING;
    for await (const entry of this.#client.followLog({ after, signal, ...this.#ofType() })) {
      if (signal.aborted) return;
      this.#gather(entry);
      this.#onNews(entry);
    }
  }

  /** The first at once, and those that come right behind it together. */
  #gather(entry: SystemEntry): void {
    this.#gathered.push(entry);
    if (this.#gathering !== undefined) return;
    this.#show();
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#show();
    }, GATHER_MS);
  }

  #show(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    if (gathered.length > 0) this.#append(gathered);
  }

  #append(entries: readonly SystemEntry[]): void {
    const merged = mergeEntries(this.#entries.value, entries, KEPT);
    if (merged.length === KEPT) this.#before.value = merged[0]?.id ?? null;
    this.#entries.value = merged;
  }

  #ofType(): { type?: SystemEventType } {
    return this.type.value === null ? {} : { type: this.type.value };
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
