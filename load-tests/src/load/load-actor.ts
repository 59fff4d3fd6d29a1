import {
  type Entry,
  type PinroomClient,
  PinroomError,
  type RoomHandle,
  type SendOptions,
  type SendReceipt,
} from '@pinroom/client';
import type { Actor, Turn } from '../scenario.js';
import type { LoadMember } from './load-member.js';
import type { LoadWorld } from './load-world.js';
import { dueAt } from './schedule.js';
import { seededRandom } from './seeded-random.js';

const SECOND_MS = 1_000;

type Act = (turn: Turn) => unknown;

/** A member as its scenario sees it. */
export class LoadActor implements Actor {
  readonly #member: LoadMember;
  readonly #world: LoadWorld;
  readonly random: () => number;

  constructor(member: LoadMember, world: LoadWorld) {
    this.#member = member;
    this.#world = world;
    const { room, number } = member.seat;
    this.random = seededRandom(world.options.seed + 7_919 * room + number);
  }

  get rooms(): number {
    return this.#world.options.load.rooms;
  }

  get players(): number {
    return this.#world.options.load.players;
  }

  get rate(): number {
    return this.#world.options.load.rate;
  }

  get seconds(): number {
    return this.#world.options.load.seconds;
  }

  get roomNumber(): number {
    return this.#member.seat.room;
  }

  get number(): number {
    return this.#member.seat.number;
  }

  get isHost(): boolean {
    return this.#member.isHost;
  }

  get client(): PinroomClient {
    return this.#member.recorded.client;
  }

  get room(): RoomHandle {
    return this.#member.recorded.room;
  }

  now(): number {
    return this.#world.now();
  }

  /** The rooms' turns are spread over the interval as the players' are, so that nothing beats together. */
  turns(act: Act, { perSecond }: { readonly perSecond?: number } = {}): void {
    const { players, rate, rooms } = this;
    const rank = this.isHost ? this.roomNumber / rooms : this.number + this.roomNumber / rooms;
    const phase = this.isHost ? rank : (rank / players) % 1;
    const pace = perSecond ?? (this.isHost ? rate : rate / players);
    this.#world.whenStarted(() => {
      const plan = { startAt: this.#startAt, perSecond: pace, phase, endAt: this.#world.endAt };
      const before = ((this.now() - plan.startAt) / SECOND_MS) * pace - phase;
      const follow = (number: number) => {
        const at = dueAt(plan, number);
        if (at === null) return;
        this.#world.agenda.add(at, () => {
          follow(number + 1);
          this.#act(act, number, at);
        });
      };
      follow(Math.max(0, Math.ceil(before)));
    });
  }

  at(ms: number, act: Act): void {
    this.#world.whenStarted(() => this.#once(this.#startAt + ms, act));
  }

  after(ms: number, act: Act): void {
    this.#once(this.now() + ms, act);
  }

  on(type: string, listener: (entry: Entry) => unknown): () => void {
    return this.room.on('entry', (entry) => {
      if (entry.type === type) this.#guard(() => listener(entry));
    });
  }

  send(type: string, payload: unknown, options?: SendOptions): Promise<SendReceipt> {
    return this.#member.send(this.now(), type, payload, options);
  }

  cut(): void {
    this.#member.cut();
  }

  stopReading(ms: number): void {
    this.#member.stopReading(ms);
  }

  leave(): Promise<void> {
    return this.#member.recorded.leave();
  }

  count(name: string, by = 1): void {
    this.#world.figures.count(name, by);
  }

  async time<T>(name: string, since: number, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.#world.figures.time(name, this.now() - since);
    }
  }

  /** Runs a part of the scenario; what the server refuses is counted, what the code does wrong ends the run. */
  begin(part: ((me: Actor) => unknown) | undefined): void {
    if (part) this.#guard(() => part(this));
  }

  get #startAt(): number {
    return this.#world.startAt ?? this.now();
  }

  #once(at: number, act: Act): void {
    if (at >= this.#world.endAt) return;
    this.#world.agenda.add(at, () => this.#act(act, 0, at));
  }

  #act(act: Act, number: number, at: number): void {
    this.#world.figures.time('late', this.now() - at);
    const send: Turn['send'] = (type, payload, options) => {
      return this.#member.send(at, type, payload, options);
    };
    this.#guard(() => act({ number, at, send }));
  }

  #guard(work: () => unknown): void {
    const broken = (fault: unknown) => {
      if (!(fault instanceof PinroomError)) this.#world.options.onBroken(fault);
    };
    try {
      const result = work();
      if (result instanceof Promise) result.catch(broken);
    } catch (fault) {
      broken(fault);
    }
  }
}
