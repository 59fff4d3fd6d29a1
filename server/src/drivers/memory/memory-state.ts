import type { EntryPaces } from '../../engine/feed/room-feed.port.js';
import type { Seat } from '../../engine/room/member-store.port.js';
import type { PinBudget } from '../../engine/room/pin-registry.port.js';
import type { Clock } from '../../engine/runtime/clock.js';
import { tagOf } from '../../engine/runtime/random.js';
import type { SystemLogBounds } from '../../engine/runtime/system-log.port.js';
import { MemoryPinTries } from './memory-pin-tries.js';
import type { MemoryRoom } from './memory-room.js';

export interface MemoryStateOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Entries of a channel that stay after they are archived. */
  readonly channelKeep: number;
  /** Entries of a room that may wait for the archive. */
  readonly backlogEntries: number;
  /** Absent: nothing is counted. */
  readonly pinBudget?: PinBudget;
  /** Absent: as fast as one likes. */
  readonly entryPaces?: EntryPaces;
  /** Default: those of the port. */
  readonly systemLogBounds?: SystemLogBounds;
}

/** Ended lives are remembered up to this many, so that none of them comes back. */
const MAX_ENDED = 1_000;

type FrameHandler = (roomId: string, raw: Uint8Array) => void;

/**
 * What the memory stores of one process share. A method of theirs runs from its first to its last
 * step without an await, which is what makes it atomic.
 */
export class MemoryState {
  readonly clock: Pick<Clock, 'now'>;
  readonly channelKeep: number;
  readonly backlogEntries: number;
  /** Null: nothing is counted. */
  readonly pinTries: MemoryPinTries | null;
  readonly entryPaces: EntryPaces | null;
  readonly #rooms = new Map<string, MemoryRoom>();
  readonly #roomsByTag = new Map<string, Set<string>>();
  /** Seats by tag and life: what is given up when the life ends. */
  readonly #seats = new Map<string, Map<string, Map<string, Seat>>>();
  /** Until when the lease of a process life runs. */
  readonly leases = new Map<string, number>();
  /** Lives that ended or were judged dead, by when; oldest first. */
  readonly endedLives = new Map<string, number>();
  readonly #frames: { readonly roomId: string; readonly raw: Uint8Array }[] = [];
  #onFrame: FrameHandler | null = null;
  #delivering = false;

  constructor(options: MemoryStateOptions) {
    this.clock = options.clock;
    this.channelKeep = options.channelKeep;
    this.backlogEntries = options.backlogEntries;
    this.pinTries = options.pinBudget ? new MemoryPinTries(options.pinBudget) : null;
    this.entryPaces = options.entryPaces ?? null;
  }

  /** A room that is here: open, or closed and not yet forgotten. */
  room(roomId: string): MemoryRoom | undefined {
    const room = this.#rooms.get(roomId);
    if (room === undefined || room.forgetAt === null) return room;
    if (room.forgetAt > this.clock.now()) return room;
    this.#forget(room);
    return undefined;
  }

  addRoom(room: MemoryRoom): void {
    this.#rooms.set(room.id, room);
    const tag = tagOf(room.id);
    const rooms = this.#roomsByTag.get(tag);
    if (rooms) rooms.add(room.id);
    else this.#roomsByTag.set(tag, new Set([room.id]));
  }

  /** The rooms of a tag that are here; forgets those whose time has come. */
  roomsOf(tag: string): MemoryRoom[] {
    const rooms: MemoryRoom[] = [];
    for (const roomId of this.#roomsByTag.get(tag) ?? []) {
      const room = this.room(roomId);
      if (room) rooms.push(room);
    }
    return rooms;
  }

  addSeat(seat: Seat): void {
    const tag = tagOf(seat.roomId);
    const lives = this.#seats.get(tag) ?? new Map<string, Map<string, Seat>>();
    this.#seats.set(tag, lives);
    const seats = lives.get(seat.life) ?? new Map<string, Seat>();
    lives.set(seat.life, seats);
    seats.set(`${seat.roomId} ${seat.socketId}`, seat);
  }

  removeSeat(seat: Seat): void {
    const lives = this.#seats.get(tagOf(seat.roomId));
    const seats = lives?.get(seat.life);
    seats?.delete(`${seat.roomId} ${seat.socketId}`);
    if (seats?.size === 0) lives?.delete(seat.life);
  }

  /** No life holds a seat in the room any more. */
  forgetSeats(room: MemoryRoom): void {
    for (const { seats } of [...room.members.values(), ...room.waiting.values()]) {
      for (const seat of seats.values()) this.removeSeat(seat);
    }
  }

  /** The seats in a tag whose life is over; lives whose lease has run out are judged here. */
  deadSeats(tag: string): Seat[] {
    const dead: Seat[] = [];
    for (const [life, seats] of this.#seats.get(tag) ?? []) {
      if (this.isAlive(life)) continue;
      this.endLife(life);
      dead.push(...seats.values());
    }
    return dead;
  }

  /** Nobody may use the life again. */
  endLife(life: string): void {
    this.leases.delete(life);
    this.endedLives.delete(life);
    this.endedLives.set(life, this.clock.now());
    const [oldest] = this.endedLives.keys();
    if (this.endedLives.size > MAX_ENDED && oldest !== undefined) this.endedLives.delete(oldest);
  }

  isAlive(life: string): boolean {
    return (this.leases.get(life) ?? 0) > this.clock.now();
  }

  onFrame(handler: FrameHandler): void {
    this.#onFrame = handler;
  }

  /** Announces a frame: its handler runs after the step that made it, in the order of the steps. */
  publish(roomId: string, raw: Uint8Array): void {
    this.#frames.push({ roomId, raw });
    if (this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    try {
      // Frames that a handler causes come behind those that wait already.
      for (let i = 0; i < this.#frames.length; i++) {
        const frame = this.#frames[i];
        if (frame) this.#onFrame?.(frame.roomId, frame.raw);
      }
    } finally {
      this.#frames.length = 0;
      this.#delivering = false;
    }
  }

  #forget(room: MemoryRoom): void {
    this.#rooms.delete(room.id);
    this.#roomsByTag.get(tagOf(room.id))?.delete(room.id);
    this.forgetSeats(room);
  }
}
