import type { JoinCallbacks } from '../room/join-room.js';
import type { Seat } from '../room/member-store.port.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';

/** The rooms that one socket is in, and those at whose doors it waits. */
export class Places implements JoinCallbacks {
  readonly #most: number;
  readonly #metrics: Metrics;
  readonly #seats = new Map<string, Seat>();
  /** Hardly any socket ever waits. */
  #waits: Map<string, Seat> | undefined;

  /** @param most places that a socket may have. */
  constructor(most: number, metrics: Metrics) {
    this.#most = most;
    this.#metrics = metrics;
  }

  onFound(roomId: string): void {
    const count = this.#seats.size + (this.#waits?.size ?? 0);
    if (count < this.#most || this.#seats.has(roomId) || this.#waits?.has(roomId)) return;
    const message = `A socket may be in ${this.#most} rooms at most: leave one first.`;
    throw rateLimited(this.#metrics, 'rooms_per_socket', 1_000, message);
  }

  onWaiting(place: Seat): void {
    this.#waits ??= new Map();
    this.#waits.set(place.roomId, place);
  }

  onWaited(roomId: string): void {
    this.#waits?.delete(roomId);
  }

  onRemoved(roomId: string): void {
    this.#seats.delete(roomId);
  }

  sit(seat: Seat): void {
    this.#seats.set(seat.roomId, seat);
  }

  /** Takes the place at a room's door away; undefined: there is none. */
  takeWait(roomId: string): Seat | undefined {
    const place = this.#waits?.get(roomId);
    this.#waits?.delete(roomId);
    return place;
  }

  /** Takes the seat in a room away; undefined: there is none. */
  takeSeat(roomId: string): Seat | undefined {
    const seat = this.#seats.get(roomId);
    this.#seats.delete(roomId);
    return seat;
  }

  /** Takes everything away. */
  takeAll(): Seat[] {
    const all = [...this.#seats.values(), ...(this.#waits?.values() ?? [])];
    this.#seats.clear();
    this.#waits = undefined;
    return all;
  }
}
