import { setImmediate as turn } from 'node:timers/promises';
import { abreast, eventually, pause } from '../waiting.js';
import type { BenchRoom } from './bench-room.js';
import type { Contender } from './contenders.js';

export interface Shape {
  readonly rooms: number;
  readonly members: number;
}

export interface Seating {
  /**
   * `together`: all of a room are on one node; `spanning`: on all in turn; `apart`: who speaks is on
   * the first, who listens on the second.
   */
  readonly nodes?: 'together' | 'spanning' | 'apart';
  /** How many come at the same time. */
  readonly abreast?: number;
}

interface Place {
  readonly room: BenchRoom;
  readonly url: string;
  readonly auth: object;
  readonly isTimed: boolean;
  readonly speaks: boolean;
}

const ABREAST = 32;
const ARRIVE_MS = 30_000;
/** Rooms are quiet again: who joined has been told of to all. */
const CALM_MS = 1_000;
/** Of so many members one is timed. */
const TIMED = 8;
/** Node's timers are up to a millisecond too early or too late. */
const TIMER_MS = 1.5;

/** Until then, to some microseconds: the last of it passes turn by turn of the loop. */
async function moment(at: number): Promise<void> {
  const wait = at - performance.now() - TIMER_MS;
  if (wait >= 1) await pause(wait);
  while (performance.now() < at) await turn();
}

async function atLeastUntil(at: number): Promise<void> {
  const wait = Math.ceil(at - performance.now());
  if (wait > 0) await pause(wait);
}

export interface Saying {
  /** Over all rooms. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly isPunctual?: boolean;
}

/** Rooms full of members on one server. */
export class Field {
  readonly contender: Contender;
  readonly rooms: readonly BenchRoom[];
  readonly #places: readonly Place[];
  readonly #abreast: number;

  private constructor(
    contender: Contender,
    rooms: readonly BenchRoom[],
    places: readonly Place[],
    abreastAt: number,
  ) {
    this.contender = contender;
    this.rooms = rooms;
    this.#places = places;
    this.#abreast = abreastAt;
  }

  /** Opens the rooms and fills them. */
  static async open(contender: Contender, shape: Shape, seating: Seating = {}): Promise<Field> {
    const field = await Field.prepare(contender, shape, seating);
    await field.fill();
    await pause(Math.min(CALM_MS, contender.settleMs));
    return field;
  }

  /** Opens the rooms; whoever is to come gets what the server wants to see. */
  static async prepare(
    contender: Contender,
    shape: Shape,
    { nodes = 'together', abreast: abreastAt = ABREAST }: Seating = {},
  ): Promise<Field> {
    const { urls } = contender;
    const rooms: BenchRoom[] = [];
    for (let n = 0; n < shape.rooms; n++) rooms.push(await contender.openRoom());
    const places = await abreast(
      ABREAST,
      shape.rooms * shape.members,
      async (n): Promise<Place> => {
        const [place, turn] = [n % shape.rooms, Math.floor(n / shape.rooms)];
        const url = urls[(nodes === 'together' ? place : turn) % urls.length] ?? '';
        const isApart = nodes === 'apart';
        return {
          room: rooms[place] as BenchRoom,
          url,
          auth: await contender.auth(url, n),
          isTimed: isApart ? url !== urls[0] : turn % TIMED === 0,
          speaks: !isApart || url === urls[0],
        };
      },
    );
    return new Field(contender, rooms, places, abreastAt);
  }

  /** All come: connect, and join by PIN where there are PINs. */
  async fill(): Promise<void> {
    await abreast(this.#abreast, this.#places.length, async (n) => {
      const place = this.#places[n];
      if (!place) return;
      const member = await this.contender.connect(place.url, place.auth);
      await place.room.add(member, place);
    });
  }

  get sent(): number {
    return this.rooms.reduce((sum, room) => sum + room.sent, 0);
  }

  /**
   * Says so many entries a second for so long, at random moments, whatever the server does. Throws
   * where one of them does not reach everybody once and in the same order. Unless they are punctual,
   * entries are up to a millisecond late; to be punctual costs most of a core.
   */
  async say(
    { perSecond, seconds, isPunctual = false }: Saying,
    random: () => number,
  ): Promise<void> {
    const endAt = performance.now() + seconds * 1_000;
    let turn = 0;
    let dueAt = performance.now();
    for (;;) {
      dueAt += (-Math.log(1 - random()) / perSecond) * 1_000;
      if (dueAt >= endAt) break;
      await (isPunctual ? moment(dueAt) : atLeastUntil(dueAt));
      this.rooms[turn++ % this.rooms.length]?.say(dueAt);
    }
    await eventually('everything has reached everybody', ARRIVE_MS, () =>
      this.rooms.every(({ isComplete }) => isComplete),
    ).catch(() => {});
    const faults = this.rooms.flatMap((room) => room.fault() ?? []);
    if (faults.length > 0) throw new Error(`${this.contender.name}: ${faults.join('; ')}`);
  }

  close(): void {
    for (const { members } of this.rooms) for (const member of members) member.close();
  }
}
