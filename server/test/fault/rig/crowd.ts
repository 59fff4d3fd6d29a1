import { type ClientOptions, PinroomError } from '@pinroom/client';
import { EntryInterning } from '../../../../load-tests/src/entry-interning.js';
import type { RoomTruth } from '../../../../load-tests/src/presence-checker.js';
import { RecordedClient } from '../../../../load-tests/src/recorded-client.js';
import { afterFile } from '../../support/after-file.js';
import { pick } from './random.js';

export interface CrowdOptions {
  readonly url: string;
  /** Where some of them connect, whose network is going to fail. */
  readonly weakUrl: string;
  readonly weakPerRoom: number;
  readonly rooms: number;
  readonly socketsPerRoom: number;
  /** Entries per second, over all rooms. */
  readonly rate: number;
  readonly random: () => number;
  /** How their clients differ from the usual. */
  readonly client?: Pick<ClientOptions, 'without'>;
}

export interface CrowdRoom {
  readonly roomId: string;
  readonly host: RecordedClient;
  readonly players: readonly RecordedClient[];
  /** Those of the players who are on the weak line. */
  readonly weak: readonly RecordedClient[];
  /** Users who were taken away and will not come back. */
  readonly gone: Set<string>;
}

/** Somebody who was away and is back, on the clock of `performance.now()`. */
export interface Return {
  readonly at: number;
  readonly awayMs: number;
}

const TICK_MS = 50;
const JOINS_AT_ONCE = 20;
/** For those who flood a room, however slow it goes. */
const FLOOD_LIMIT_MS = 30_000;
/** Longer than any outage: a message is given up only when nothing heals. */
const PATIENCE_MS = 240_000;

/** Rooms full of people over the client library, who talk on schedule whatever the server does. */
export class Crowd {
  readonly rooms: CrowdRoom[] = [];
  readonly #options: CrowdOptions;
  readonly #interning = new EntryInterning();
  readonly refusals = new Map<string, number>();
  /** How long each message took from the call to its receipt, ms. */
  readonly sendTimes: number[] = [];
  readonly returns: Return[] = [];
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #sent = 0;
  #pending = 0;
  #mayLeave = false;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#sent;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Everybody who is still there. */
  get people(): RecordedClient[] {
    return this.rooms.flatMap((room) => this.peopleOf(room));
  }

  peopleOf({ host, players, gone }: CrowdRoom): RecordedClient[] {
    return [host, ...players].filter(({ client }) => !gone.has(client.user?.id ?? ''));
  }

  async gather(): Promise<void> {
    const { rooms, socketsPerRoom, url, weakPerRoom, weakUrl } = this.#options;
    const seats: Array<() => Promise<unknown>> = [];
    for (let r = 0; r < rooms; r++) {
      const host = this.#person(`Host-${r}`, url);
      await host.client.start();
      const { room } = await host.client.createRoom({ title: `Room ${r}` });
      await host.join({ roomId: room.id });
      const players = Array.from({ length: socketsPerRoom - 1 }, (_, p) =>
        this.#person(`Player-${r}-${p}`, p < weakPerRoom ? weakUrl : url),
      );
      const weak = players.slice(0, weakPerRoom);
      this.rooms.push({ roomId: room.id, host, players, weak, gone: new Set() });
      for (const player of players) seats.push(() => player.join({ pin: room.pin ?? '' }));
    }
    while (seats.length > 0) {
      await Promise.all(seats.splice(0, JOINS_AT_ONCE).map((sit) => sit()));
    }
  }

  /** From now on somebody says something `rate` times a second. */
  start(): void {
    let last = performance.now();
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      this.#due += ((now - last) / 1_000) * this.#options.rate;
      last = now;
      for (; this.#due >= 1; this.#due--) this.#speak();
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Everybody says something, again and again, until so many messages have their receipts. */
  async burst(count: number): Promise<void> {
    const { people } = this;
    const said: Promise<void>[] = [];
    for (let n = 0; n < count; n++) {
      const person = people[n % people.length];
      if (person) said.push(this.#say(person, {}, 'room'));
    }
    await Promise.all(said);
  }

  /**
   * Those of a room who can speak one after the other as fast as they get their receipts: messages of `bytes`,
   * for so long, and on a busy machine until they are `least`.
   */
  async flood(room: CrowdRoom, bytes: number, forMs: number, least: number): Promise<void> {
    const startedAt = performance.now();
    const passed = () => performance.now() - startedAt;
    const text = 'x'.repeat(bytes);
    const speakers = this.peopleOf(room).filter((person) => !room.weak.includes(person));
    let said = 0;
    const isOn = () => passed() < forMs || (said < least && passed() < FLOOD_LIMIT_MS);
    await Promise.all(
      speakers.map(async (person) => {
        for (; isOn(); said++) await this.#say(person, { text }, 'room');
      }),
    );
  }

  /** Somebody closes the page for good. */
  async takeAway(room: CrowdRoom, person: RecordedClient): Promise<void> {
    room.gone.add(person.room.self.userId);
    await person.client.stop();
  }

  /** Somebody of each room does. */
  async takeSomeAway(): Promise<void> {
    await Promise.all(
      this.rooms.map((room) => room.players[0] && this.takeAway(room, room.players[0])),
    );
  }

  /** From now on anybody may have left, as long as they are back in the end. */
  allMayLeave(): void {
    this.#mayLeave = true;
  }

  /** Who is where, in truth. */
  truths(): RoomTruth[] {
    return this.rooms.map((room) => {
      const users = this.peopleOf(room).map((person) => person.room.self.userId);
      return {
        roomId: room.roomId,
        online: new Map(users.map((userId) => [userId, true])),
        gone: [...room.gone],
        leavers: this.#mayLeave ? users : [],
      };
    });
  }

  #person(name: string, url: string): RecordedClient {
    const person = new RecordedClient(name, {
      ...this.#options.client,
      url,
      intern: this.#interning.intern,
      keepEntries: 20,
      sendDeadlineMs: PATIENCE_MS,
      commandDeadlineMs: 60_000,
    });
    let lostAt = performance.now();
    person.client.on('state', ({ state }) => {
      const now = performance.now();
      if (state === 'reconnecting') lostAt = now;
      if (state === 'online') this.returns.push({ at: now, awayMs: now - lostAt });
    });
    afterFile(() => person.client.stop());
    return person;
  }

  #speak(): void {
    const { random } = this.#options;
    const room = pick(random, this.rooms);
    const person = pick(random, this.peopleOf(room));
    const channel = person !== room.host && random() < 0.4 ? 'host' : 'room';
    void this.#say(person, { text: 'x'.repeat(Math.floor(random() * 100)) }, channel);
  }

  #say(person: RecordedClient, words: object, channel: string): Promise<void> {
    this.#sent++;
    this.#pending++;
    const startedAt = performance.now();
    return person
      .send('chat', { n: this.#sent, ...words }, { channel })
      .then(() => void this.sendTimes.push(performance.now() - startedAt))
      .catch((fault: unknown) => {
        const code = fault instanceof PinroomError ? fault.code : String(fault);
        this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
      })
      .finally(() => {
        this.#pending--;
      });
  }
}
