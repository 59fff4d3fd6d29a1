import { type Entry, PinroomError, type SendOptions, type SendReceipt } from '@pinroom/client';
import { mayRead } from '@pinroom/client/contract';
import { RecordedClient } from '../recorded-client.js';
import { within } from '../waiting.js';
import { EntryRuns } from './entry-runs.js';
import { dueOf, stampedKey } from './entry-stamp.js';
import type { LoadWorld } from './load-world.js';
import { openWatched, type WatchedLine } from './watched-line.js';

/** Somebody who is not in by then is counted as absent. */
const ARRIVE_MS = 60_000;
/** The checker keeps what it needs itself. */
const KEPT_ENTRIES = 10;

export interface Seat {
  readonly room: number;
  /** Of the player in the room; -1: its host. */
  readonly number: number;
}

/** One host or player: its client, what it saw, and what is measured of it. */
export class LoadMember {
  readonly seat: Seat;
  readonly recorded: RecordedClient;
  readonly #world: LoadWorld;
  #line: WatchedLine | null = null;
  #attempts = 0;
  #messages = 0;
  #hasArrived = false;
  #isOnline = false;
  #isStopped = false;
  /** When the connection was lost; null: it stands. */
  #lostAt: number | null = null;
  /** Away by the scenario's will: what was due until then reaches it later. */
  #awayUntil = Number.NEGATIVE_INFINITY;
  #isCut = false;
  #isAsleep = false;
  #unanswered = 0;

  constructor(seat: Seat, world: LoadWorld) {
    this.seat = seat;
    this.#world = world;
    const { targets } = world.options;
    this.recorded = new RecordedClient(nameOf(seat), {
      url: targets[0] ?? '',
      keepEntries: KEPT_ENTRIES,
      openSocket: (_url, auth) => this.#open(auth),
      fetch: (input, init) => this.#fetch(String(input), init),
      intern: world.intern,
      noteIn: (roomId, channel) => new EntryRuns(world.shared(roomId, channel)),
      onEntry: (entry) => this.#measure(entry),
    });
    this.recorded.client.on('state', ({ state }) => this.#online(state === 'online'));
  }

  get isHost(): boolean {
    return this.seat.number < 0;
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Messages without an answer so far. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Opens the room (hosts) or joins by its PIN; what it takes counts from `dueAt`. */
  async arrive(dueAt: number, place: { pin: string } | 'open'): Promise<void> {
    const { figures } = this.#world;
    try {
      await within('arriving', ARRIVE_MS, this.#arrive(place));
      figures.time('arrive', this.#world.now() - dueAt);
      this.#hasArrived = true;
    } catch (fault) {
      figures.count('absent');
      if (fault instanceof PinroomError && isLocal(fault)) figures.code(fault.code);
      await this.stop();
    }
  }

  async #arrive(place: { pin: string } | 'open'): Promise<void> {
    const { client } = this.recorded;
    // What fails here is tried again while it connects.
    await this.#timed('session', client.accessToken()).catch(() => {});
    await this.#timed('connect', client.start());
    const room = await this.#timed('join', this.recorded.join(await this.#placeOf(place)));
    room.on('status', ({ status }) => {
      if (status === 'live') this.#resumed();
    });
  }

  async #placeOf(place: { pin: string } | 'open') {
    if (place !== 'open') return place;
    const { load, scenario } = this.#world.options;
    const { room } = await this.recorded.client.createRoom({
      title: `Load ${this.seat.room}`,
      capacity: Math.max(1, load.players),
      ...(scenario.settings ? { settings: scenario.settings } : {}),
    });
    return { roomId: room.id };
  }

  /** Sends; the latency of receipt and deliveries counts from `dueAt`. */
  async send(
    dueAt: number,
    type: string,
    payload: unknown,
    options: SendOptions = {},
  ): Promise<SendReceipt> {
    const { figures, isSilent } = this.#world;
    if (isSilent) throw new PinroomError('stopped');
    const key = stampedKey(`${this.seat.room}.${this.seat.number}`, this.#messages++, dueAt);
    figures.count('sent');
    this.#unanswered++;
    try {
      const receipt = await this.recorded.send(type, payload, { key, ...options });
      figures.count('acked');
      figures.time('ack', this.#world.now() - dueAt);
      return receipt;
    } catch (fault) {
      // The server's codes were counted when they came.
      if (!this.#isStopped && fault instanceof PinroomError && isLocal(fault)) {
        figures.code(fault.code);
      }
      throw fault;
    } finally {
      this.#unanswered--;
    }
  }

  cut(): void {
    this.#isCut = true;
    this.#awayUntil = Number.POSITIVE_INFINITY;
    this.#line?.cut();
  }

  stopReading(ms: number): void {
    const line = this.#line;
    if (!line?.pause()) {
      throw new Error('Over TLS only --light can stop reading.');
    }
    this.#isAsleep = true;
    this.#awayUntil = Number.POSITIVE_INFINITY;
    const wake = () => {
      this.#awayUntil = this.#world.now();
      line.resume();
    };
    setTimeout(wake, ms).unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.recorded.client.stop();
  }

  /** Ends the session too, where it was made on somebody else's server. */
  async logOut(): Promise<void> {
    this.#isStopped = true;
    await this.recorded.client.logout().catch(() => this.recorded.client.stop());
  }

  #measure(entry: Entry): void {
    if (!this.#hasArrived) return;
    const due = dueOf(entry.key);
    if (due === null) return;
    const { figures } = this.#world;
    const took = this.#world.now() - due;
    if (due <= this.#awayUntil) {
      figures.count('caught-up');
      figures.time('caught-up', took);
      return;
    }
    this.#isAsleep = false;
    figures.count('delivered');
    figures.time('delivery', took);
  }

  /** Each connection goes to the next target, as behind a balancer. */
  #open(auth: () => { token: string }): WatchedLine {
    const { openSocket } = this.#world.options;
    const target = this.#target();
    this.#attempts++;
    const line = openWatched(openSocket, target, auth, {
      onCode: (code) => {
        if (!this.#isStopped && !(code === 'offline' && this.#isAwayByWill)) {
          this.#world.figures.code(code);
        }
      },
      onLine: (what) => {
        if (what === 'disconnect') this.#lost();
      },
      onEntry: (entry) => this.#look(entry),
    });
    this.#line = line;
    return line;
  }

  #target(): string {
    const { targets } = this.#world.options;
    const first = this.seat.room + this.seat.number + 1;
    return targets[(first + this.#attempts) % targets.length] ?? '';
  }

  async #fetch(address: string, init?: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(address);
    const response = await fetch(new URL(pathname + search, this.#target()), init);
    if (response.ok) return response;
    const { error } = ((await response
      .clone()
      .json()
      .catch(() => null)) ?? {}) as { error?: { code?: string } };
    this.#world.figures.code(error?.code ?? `http_${response.status}`);
    return response;
  }

  get #isAwayByWill(): boolean {
    return this.#awayUntil === Number.POSITIVE_INFINITY;
  }

  #lost(): void {
    if (this.#isStopped || !this.#hasArrived || this.recorded.hasLeft) return;
    this.#lostAt ??= this.#world.now();
    if (this.#isCut || this.#isAsleep || this.#world.isRestarting) {
      this.#awayUntil = Number.POSITIVE_INFINITY;
    } else {
      this.#world.figures.count('disconnects');
    }
  }

  #resumed(): void {
    if (this.#lostAt === null) return;
    const now = this.#world.now();
    this.#world.figures.time('resume', now - this.#lostAt);
    this.#world.figures.count('resumes');
    this.#lostAt = null;
    this.#isCut = false;
    this.#isAsleep = false;
    if (this.#isAwayByWill) this.#awayUntil = now;
  }

  #online(isOnline: boolean): void {
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    this.#world.connected += isOnline ? 1 : -1;
  }

  /** The library hands on what is its own; what is not shows only here. */
  #look(entry: Entry): void {
    if (!this.#hasArrived) return;
    const { id: roomId, isHost, self } = this.recorded.room;
    const { channel } = entry;
    const isRight = channel === 'room' || mayRead(channel, isHost ? 'host' : 'player', self.userId);
    if (entry.roomId === roomId && isRight) return;
    this.#world.stray({
      kind: 'leak',
      roomId,
      channel,
      client: this.recorded.name,
      id: entry.id,
      detail: `an entry of room ${entry.roomId}, channel ${channel}`,
    });
  }

  async #timed<T>(name: string, work: Promise<T>): Promise<T> {
    const since = this.#world.now();
    const result = await work;
    this.#world.figures.time(name, this.#world.now() - since);
    return result;
  }
}

function isLocal({ code }: PinroomError): boolean {
  return code === 'offline' || code === 'timeout' || code === 'queue_full';
}

function nameOf({ number }: Seat): string {
  return number < 0 ? 'Host' : `Player ${number + 1}`;
}
