import { abreast, eventually, pause } from '../waiting.js';
import { BenchMember } from './bench-member.js';
import type { BenchRoom } from './bench-room.js';
import type { Contender } from './contenders.js';

export interface Shape {
  readonly rooms: number;
  readonly members: number;
}

const ABREAST = 32;
const ARRIVE_MS = 30_000;
/** Rooms are quiet again: who joined has been told of to all. */
const CALM_MS = 1_000;

/** Rooms full of members on one server. */
export class Field {
  readonly contender: Contender;
  readonly rooms: readonly BenchRoom[];

  private constructor(contender: Contender, rooms: readonly BenchRoom[]) {
    this.contender = contender;
    this.rooms = rooms;
  }

  /**
   * Opens the rooms and fills them. Each room's members are on one node, or on all in turn where the
   * rooms span them.
   */
  static async open(contender: Contender, shape: Shape, isSpanning = false): Promise<Field> {
    const rooms: BenchRoom[] = [];
    for (let n = 0; n < shape.rooms; n++) rooms.push(await contender.openRoom(n));
    const { urls } = contender;
    await abreast(ABREAST, shape.rooms * shape.members, async (n) => {
      const room = rooms[n % shape.rooms];
      const turn = isSpanning ? Math.floor(n / shape.rooms) : n % shape.rooms;
      const url = urls[turn % urls.length] ?? '';
      const member = await BenchMember.connect(url, await contender.auth(url, n));
      await room?.add(member);
    });
    await pause(CALM_MS);
    return new Field(contender, rooms);
  }

  get sent(): number {
    return this.rooms.reduce((sum, room) => sum + room.sent, 0);
  }

  /** Says so many entries a second for so long, at random moments, whatever the server does. */
  async say(perSecond: number, seconds: number, random: () => number): Promise<void> {
    const endAt = performance.now() + seconds * 1_000;
    let turn = 0;
    let dueAt = performance.now();
    for (;;) {
      dueAt += (-Math.log(1 - random()) / perSecond) * 1_000;
      if (dueAt >= endAt) break;
      const wait = dueAt - performance.now();
      if (wait > 0) await pause(wait);
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
