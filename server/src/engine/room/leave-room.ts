import type { LocalRooms } from '../fanout/local-rooms.js';
import type { OwedWork } from '../runtime/owed-work.js';
import type { MemberStore, Seat } from './member-store.port.js';

/**
 * Leaving: with one socket, or altogether. Where the store does not answer, it is done as soon as the
 * store is back: nobody else would notice as long as this process lives.
 */
export class RoomLeaver {
  readonly #members: MemberStore;
  readonly #localRooms: LocalRooms;
  readonly #owed: OwedWork;
  readonly #graceMs: number;

  constructor(members: MemberStore, localRooms: LocalRooms, owed: OwedWork, graceMs: number) {
    this.#members = members;
    this.#localRooms = localRooms;
    this.#owed = owed;
    this.#graceMs = graceMs;
  }

  /** The socket dropped: its user may come back to the place for a while. */
  async drop(seat: Seat): Promise<void> {
    await this.#release(seat, this.#graceMs);
  }

  /** The user said good-bye on this socket: without another one, the member leaves at once. */
  async leave(seat: Seat): Promise<void> {
    await this.#release(seat, 0);
  }

  /** The member leaves with all its sockets; `seat` is the one that said so. */
  async leaveEverywhere(seat: Seat): Promise<void> {
    const { roomId, userId } = seat;
    this.#localRooms.stand(roomId, seat.socketId);
    await this.#owed.attempt(keyOf(seat), () => this.#members.leave(roomId, userId, seat));
  }

  /** The socket takes the seat (again): what is owed for it is void. */
  stays(seat: Seat): void {
    this.#owed.cancel(keyOf(seat));
  }

  async #release(seat: Seat, graceMs: number): Promise<void> {
    this.#localRooms.stand(seat.roomId, seat.socketId);
    await this.#owed.attempt(keyOf(seat), () => this.#members.release(seat, graceMs));
  }
}

function keyOf({ life, roomId, socketId }: Seat): string {
  return `seat ${roomId} ${life} ${socketId}`;
}
