import type { Role } from '@pinroom/client/contract';
import { LIMITS } from '@pinroom/client/contract';
import { composeFrame } from '../../engine/fanout/frame.port.js';
import type { JoinRequest, Seat } from '../../engine/room/member-store.port.js';
import type { CloseReason } from '../../engine/room/room-record.port.js';
import {
  type Decision,
  type DecisionOutcome,
  MOST_ADMITTED,
  type Waiting,
  type WaitingList,
} from '../../engine/room/waiting-list.port.js';
import { isFull, type MemoryRoom, seatKey } from './memory-room.js';
import type { MemoryState } from './memory-state.js';

/** Who waits at the doors, in the memory of this process. */
export class MemoryWaitingList implements WaitingList {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async list(roomId: string): Promise<Waiting | null> {
    const room = this.#state.room(roomId);
    if (!room) return null;
    const waiting = [...room.waiting].map(([userId, { since, nickname, role }]) => ({
      userId,
      nickname,
      role,
      joinedAt: since,
      online: true,
      muted: false,
    }));
    return { rev: room.rev, waiting };
  }

  async decide({ roomId, userId, admit }: Decision): Promise<DecisionOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return 'absent';
    if (room.closedAt !== null) return 'room_closed';
    if (admit && room.bans.has(userId)) return 'banned';
    const waiter = room.waiting.get(userId);
    // Who could not come in goes on waiting.
    if (admit && waiter && isFull(room, waiter.role)) return 'room_full';
    room.admitted.delete(userId);
    if (admit) room.admitted.add(userId);
    const [oldest] = room.admitted;
    if (room.admitted.size > MOST_ADMITTED && oldest) room.admitted.delete(oldest);
    dismiss(this.#state, room, userId, admit);
    return 'decided';
  }

  async empty(roomId: string, closed: CloseReason | null): Promise<number> {
    const room = this.#state.room(roomId);
    if (!room || room.waiting.size === 0) return 0;
    const count = room.waiting.size;
    for (const { seats } of room.waiting.values()) {
      for (const seat of seats.values()) this.#state.removeSeat(seat);
    }
    room.waiting.clear();
    const line = closed === null ? `a ${room.rev} * 1` : `c ${room.rev} ${closed}`;
    this.#state.publish(room.id, composeFrame(line));
    announce(this.#state, room);
    return count;
  }
}

/** Puts a user on the list, or one more of their sockets; answers the code of the join. */
export function waitAtDoor(
  state: MemoryState,
  room: MemoryRoom,
  request: JoinRequest,
): 'waiting_for_host' | 'room_full' {
  const { roomId, userId, life, socketId, nickname } = request;
  const known = room.waiting.get(userId);
  if (!known && room.waiting.size >= LIMITS.waiting) return 'room_full';
  const role: Exclude<Role, 'host'> = request.role;
  const seats = new Map<string, Seat>();
  const waiter = known ?? { nickname, role, since: state.clock.now(), seats };
  const seat = { roomId, userId, life, socketId };
  waiter.seats.set(seatKey(seat), seat);
  state.addSeat(seat);
  // A host may want to keep the address out, too.
  room.networks.set(userId, request.network);
  if (known) return 'waiting_for_host';
  room.waiting.set(userId, waiter);
  announce(state, room);
  return 'waiting_for_host';
}

/** Takes a user off the list and tells all their sockets. */
export function dismiss(
  state: MemoryState,
  room: MemoryRoom,
  userId: string,
  admit: boolean,
): void {
  const waiter = room.waiting.get(userId);
  if (!waiter) return;
  room.waiting.delete(userId);
  for (const seat of waiter.seats.values()) state.removeSeat(seat);
  state.publish(room.id, composeFrame(`a ${room.rev} ${userId} ${admit ? 1 : 0}`));
  announce(state, room);
}

/** Takes one socket of a user off the list. */
export function leaveDoor(state: MemoryState, room: MemoryRoom, seat: Seat): void {
  const waiter = room.waiting.get(seat.userId);
  if (!waiter?.seats.delete(seatKey(seat)) || waiter.seats.size > 0) return;
  room.waiting.delete(seat.userId);
  announce(state, room);
}

function announce(state: MemoryState, room: MemoryRoom): void {
  state.publish(room.id, composeFrame(`w ${room.rev}`));
}
