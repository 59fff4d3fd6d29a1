import { OperatorClient, type PinroomError, type SystemEntry } from '@pinroom/client';
import { computed, signal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Departures } from './figures/departures.js';
import { findings } from './figures/findings.js';
import { type Contact, isStale, NodeWatch } from './figures/node-watch.js';
import type { Sample } from './figures/sample.js';
import { LogStore } from './log/log-store.js';
import { logTypeText } from './log/log-words.js';
import { RoomListStore } from './rooms/room-list-store.js';
import { shortId } from './words.js';

const TICK_MS = 1_000;

export type Health = 'loading' | 'unreachable' | 'stale' | 'bad' | 'warn' | 'good';

/** Everything that the page knows, from the moment a token was given until it is forgotten. */
export class Monitor {
  readonly client: OperatorClient;
  readonly samples = signal<readonly Sample[]>([]);
  readonly contact = signal<Contact>({ answeredAt: null, failingSince: null, fault: null });
  /** Goes on by itself, so that ages on the page do. */
  readonly now = signal(Date.now());
  readonly rooms: RoomListStore;
  readonly log: LogStore;
  readonly newest = computed(() => this.samples.value.at(-1));
  readonly findings = computed(() => findings(this.samples.value, this.#departures.stopped.value));
  readonly isStale = computed(() => isStale(this.contact.value, this.now.value));
  readonly health = computed<Health>(() => this.#health());
  /** Names of nodes, also of those that went during the last ten minutes. */
  readonly nodeNames = computed(() => nodeNames(this.samples.value));
  readonly #departures: Departures;
  readonly #watch: NodeWatch;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(token: string, onRefused: (fault: PinroomError) => void) {
    this.client = new OperatorClient({ token });
    this.rooms = new RoomListStore(this.client);
    this.log = new LogStore(this.client, (entry) => tellFault(entry));
    this.#departures = new Departures({
      ask: async () => (await this.client.log({ type: 'node-down', limit: 50 })).entries,
      now: Date.now,
    });
    this.#watch = new NodeWatch({
      ask: async () => (await this.client.nodes()).nodes,
      now: Date.now,
      onRefused,
      onChange: () => {
        this.now.value = Date.now();
        this.contact.value = this.#watch.contact;
        if (this.#watch.contact.failingSince === null) this.samples.value = this.#watch.samples();
        const gone = this.findings.value.filter(({ kind }) => kind === 'gone');
        void this.#departures.look(gone.flatMap(({ nodeIds }) => nodeIds));
      },
    });
  }

  start(): void {
    void this.#watch.ask();
    this.log.start();
    this.#clock = setInterval(() => {
      this.now.value = Date.now();
    }, TICK_MS);
    document.addEventListener('visibilitychange', this.#onVisible);
    addEventListener('online', this.#onVisible);
  }

  stop(): void {
    this.#watch.stop();
    this.log.stop();
    clearInterval(this.#clock);
    document.removeEventListener('visibilitychange', this.#onVisible);
    removeEventListener('online', this.#onVisible);
  }

  /** How a node is called on the page. */
  nodeName(id: string): string {
    return this.nodeNames.value.get(id) ?? shortId(id);
  }

  /** Asks for the nodes at once. */
  ask(): void {
    void this.#watch.ask();
  }

  /** A browser holds timers back while a page is hidden. */
  readonly #onVisible = () => {
    if (!document.hidden) this.ask();
  };

  #health(): Health {
    const { answeredAt, failingSince } = this.contact.value;
    if (this.isStale.value) return failingSince === null ? 'stale' : 'unreachable';
    if (answeredAt === null) return 'loading';
    return this.findings.value[0]?.level ?? 'good';
  }
}

function nodeNames(samples: readonly Sample[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { nodes } of samples) {
    for (const [id, { status }] of nodes) names.set(id, `${status.host} · ${shortId(id)}`);
  }
  return names;
}

function tellFault({ level, type }: SystemEntry): void {
  if (level === 'error') announce(t('log.news', { text: logTypeText(type) }));
}
