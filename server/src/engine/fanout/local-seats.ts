import { channelUser, type Role } from '@pinroom/client/contract';
import type { LocalSeat } from './local-seat.js';

/** The seats of one room on this node, found by socket, by user and by what they may read. */
export class LocalSeats {
  readonly #bySocket = new Map<string, LocalSeat>();
  /** Arrays: nearly always there is one. */
  readonly #byUser = new Map<string, LocalSeat[]>();
  readonly #hosts = new Set<LocalSeat>();

  get size(): number {
    return this.#bySocket.size;
  }

  get hosts(): ReadonlySet<LocalSeat> {
    return this.#hosts;
  }

  /** Everybody, as a copy: seats may go while one walks over it. */
  all(): LocalSeat[] {
    return [...this.#bySocket.values()];
  }

  userIds(): string[] {
    return [...this.#byUser.keys()];
  }

  get(socketId: string): LocalSeat | undefined {
    return this.#bySocket.get(socketId);
  }

  ofUser(userId: string): readonly LocalSeat[] {
    return this.#byUser.get(userId) ?? NOBODY;
  }

  /** Those who may read a channel other than `room`, which everyone may. */
  readers(channel: string): readonly LocalSeat[] {
    const userId = channelUser(channel);
    return userId === null ? [...this.#hosts] : this.ofUser(userId);
  }

  /** Takes a seat; one that the socket had before is replaced. */
  add(seat: LocalSeat): void {
    this.remove(seat.socket.id);
    this.#bySocket.set(seat.socket.id, seat);
    const ofUser = this.#byUser.get(seat.userId);
    if (ofUser) ofUser.push(seat);
    else this.#byUser.set(seat.userId, [seat]);
    if (seat.role === 'host') this.#hosts.add(seat);
  }

  remove(socketId: string): void {
    const seat = this.#bySocket.get(socketId);
    if (!seat) return;
    this.#bySocket.delete(socketId);
    this.#hosts.delete(seat);
    const others = this.ofUser(seat.userId).filter((other) => other !== seat);
    if (others.length > 0) this.#byUser.set(seat.userId, others);
    else this.#byUser.delete(seat.userId);
  }

  setRole(seat: LocalSeat, role: Role): void {
    if (this.#bySocket.get(seat.socket.id) !== seat) return;
    seat.role = role;
    if (role === 'host') this.#hosts.add(seat);
    else this.#hosts.delete(seat);
  }

  /**
   * Gives those who were asked about the roles that they have. Of the others, who was a host may be none
   * any more: what is for hosts is kept from them until `setRole`.
   */
  judge(asked: ReadonlySet<LocalSeat>, roles: ReadonlyMap<string, Role>): void {
    for (const seat of this.all()) {
      const role = asked.has(seat) ? roles.get(seat.userId) : undefined;
      if (role !== undefined) this.setRole(seat, role);
      else if (seat.role === 'host') this.setRole(seat, 'player');
    }
  }
}

const NOBODY: readonly LocalSeat[] = [];
