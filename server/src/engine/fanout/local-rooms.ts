import type { Role } from '@pinroom/client/contract';
import { KeyedFlights } from '../runtime/keyed-flights.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { FanoutBus } from './fanout-bus.port.js';
import { parseFrame } from './frame.port.js';
import { LocalRoom, type LocalRoomParts } from './local-room.js';
import type { LocalSeat } from './local-seat.js';
import { LocalWaiters } from './local-waiters.js';

/** How often a room's position is checked and told to its clients. */
const POSITION_CHECK_MS = 12_000;
const CHECKED_AT_ONCE = 32;
const CHECK_DEADLINE_MS = 5_000;
/** With what a command asks before and after it, it is answered within its 1.5 s. */
const REFRESH_DEADLINE_MS = 500;

/** The rooms that have a seat on this node. */
export class LocalRooms {
  readonly waiters: LocalWaiters;
  readonly #bus: FanoutBus;
  readonly #parts: LocalRoomParts;
  readonly #rooms = new Map<string, LocalRoom>();
  readonly #openings = new KeyedFlights<LocalRoom, void>();
  #positionCheck: Loop | undefined;

  constructor(bus: FanoutBus, parts: Omit<LocalRoomParts, 'onEmpty'>) {
    this.#bus = bus;
    this.waiters = new LocalWaiters(bus);
    this.#parts = { ...parts, onEmpty: (room) => this.#forgetIfEmpty(room) };
    bus.onFrame((roomId, raw) => this.#receive(roomId, raw));
    bus.onInterrupted(() => this.#positionCheck?.wake());
  }

  /** Rooms with a seat here. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Begins to check positions in the background. */
  start(): void {
    const { clock, logger } = this.#parts;
    this.#positionCheck = runLoop(
      { name: 'position-check', everyMs: POSITION_CHECK_MS, clock, logger },
      async (signal) => {
        const rooms = [...this.#rooms.values()];
        for (let start = 0; start < rooms.length && !signal.aborted; start += CHECKED_AT_ONCE) {
          const batch = rooms.slice(start, start + CHECKED_AT_ONCE);
          await Promise.all(batch.map((room) => this.#check(room)));
        }
      },
    );
  }

  async stop(): Promise<void> {
    await this.#positionCheck?.stop();
    for (const room of this.#rooms.values()) room.stop();
    this.#rooms.clear();
  }

  /**
   * Takes a seat whose socket has joined the room's topic. When it resolves, everything published
   * from then on reaches the socket; a snapshot that is read now misses nothing.
   */
  async sit(roomId: string, seat: LocalSeat): Promise<void> {
    let room = this.#rooms.get(roomId);
    if (!room) {
      room = new LocalRoom(roomId, this.#parts);
      this.#rooms.set(roomId, room);
      this.#count();
    }
    room.seats.add(seat);
    const opening = room;
    try {
      if (!opening.isLive) {
        await this.#openings.run(opening, async () => {
          await this.#bus.whenSubscribed(roomId);
          await opening.open();
        });
      }
    } catch (fault) {
      this.stand(roomId, seat.socket.id);
      throw fault;
    }
  }

  /** Gives the seat up, or the place at the door; the room is forgotten with its last seat. */
  stand(roomId: string, socketId: string): void {
    this.waiters.leave(roomId, socketId);
    const room = this.#rooms.get(roomId);
    if (!room) return;
    room.seats.remove(socketId);
    this.#forgetIfEmpty(room);
  }

  /** The seat of a socket in a room, if it has one. */
  seat(roomId: string, socketId: string): LocalSeat | undefined {
    return this.#rooms.get(roomId)?.seats.get(socketId);
  }

  /** The role of a seat, as it was read at this `rev`. False: it has been given another one since. */
  setRole(roomId: string, seat: LocalSeat, role: Role, rev: number): boolean {
    return this.#rooms.get(roomId)?.setRole(seat, role, rev) ?? true;
  }

  /** Tells the hosts of this node who waits at the door, soon. */
  tellWaiting(roomId: string): void {
    this.#rooms.get(roomId)?.tellWaiting();
  }

  /** Whether a user has a seat of this node in the room. */
  holds(roomId: string, userId: string): boolean {
    return (this.#rooms.get(roomId)?.seats.ofUser(userId).length ?? 0) > 0;
  }

  /**
   * Gives the seats of this node back where the store has lost them with its data. It may go on
   * longer than a command can wait for it.
   */
  async refresh(roomId: string): Promise<void> {
    const room = this.#rooms.get(roomId);
    if (room) await this.#inTime(room.refresh(), REFRESH_DEADLINE_MS);
  }

  /** One room that cannot be read, or not in time, must not keep the others from being checked. */
  async #check(room: LocalRoom): Promise<void> {
    try {
      await this.#inTime(room.checkPosition(), CHECK_DEADLINE_MS);
    } catch (fault) {
      const { logger } = this.#parts;
      logger.debug({ roomId: room.id, err: fault }, 'could not check where a room stands');
    }
  }

  /** Waits for work, but no longer than this. */
  async #inTime(work: Promise<void>, deadlineMs: number): Promise<void> {
    const done = new AbortController();
    try {
      await Promise.race([work, this.#parts.clock.sleep(deadlineMs, done.signal)]);
    } finally {
      done.abort();
    }
  }

  #receive(roomId: string, raw: Uint8Array): void {
    const room = this.#rooms.get(roomId);
    const hasWaiters = this.waiters.has(roomId);
    if (!room && !hasWaiters) return;
    const frame = parseFrame(raw);
    if (!frame) return;
    const isForDoor = frame.kind === 'decided' || frame.kind === 'closed';
    if (isForDoor && hasWaiters) this.waiters.receive(roomId, frame);
    room?.receive(frame);
  }

  #forgetIfEmpty(room: LocalRoom): void {
    if (room.seats.size > 0 || this.#rooms.get(room.id) !== room) return;
    room.stop();
    this.#rooms.delete(room.id);
    this.#count();
  }

  #count(): void {
    this.#parts.metrics.set('pinroom_local_rooms', this.#rooms.size);
  }
}
