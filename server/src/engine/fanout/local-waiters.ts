import type { ServerEventName, ServerEvents } from '@pinroom/client/contract';
import type { FanoutBus } from './fanout-bus.port.js';
import type { Frame } from './frame.port.js';
import { leftReason } from './room-cast.js';

/** What waiting needs of a client's socket. */
export interface WaitingSocket {
  readonly id: string;
  emit<N extends ServerEventName>(event: N, payload: ServerEvents[N]): void;
  /** Brings the door's frames to this node; the socket itself is sent none of them. */
  joinDoor(roomId: string): void;
  leaveDoor(roomId: string): void;
}

/** One socket of this node at one door. */
export interface Waiter {
  readonly userId: string;
  readonly socket: WaitingSocket;
  /** It waits no more. */
  readonly onDecided: () => void;
}

export type DoorFrame = Extract<Frame, { kind: 'decided' | 'closed' }>;

/** The sockets of this node that wait at the doors of rooms: they hear what was decided of them, and nothing else. */
export class LocalWaiters {
  readonly #bus: Pick<FanoutBus, 'whenAtDoor'>;
  /** By room and socket. */
  readonly #rooms = new Map<string, Map<string, Waiter>>();

  constructor(bus: Pick<FanoutBus, 'whenAtDoor'>) {
    this.#bus = bus;
  }

  /** When it resolves, every decision from then on reaches the socket. */
  async wait(roomId: string, waiter: Waiter): Promise<void> {
    const waiters = this.#rooms.get(roomId) ?? new Map<string, Waiter>();
    this.#rooms.set(roomId, waiters);
    if (!waiters.has(waiter.socket.id)) {
      waiters.set(waiter.socket.id, waiter);
      waiter.socket.joinDoor(roomId);
    }
    try {
      await this.#bus.whenAtDoor(roomId);
    } catch (fault) {
      this.leave(roomId, waiter.socket.id);
      throw fault;
    }
  }

  /** Whether anybody of this node waits there. */
  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  isWaiting(roomId: string, socketId: string): boolean {
    return this.#rooms.get(roomId)?.has(socketId) ?? false;
  }

  leave(roomId: string, socketId: string): void {
    const waiters = this.#rooms.get(roomId);
    const waiter = waiters?.get(socketId);
    if (!waiters || !waiter) return;
    waiters.delete(socketId);
    if (waiters.size === 0) this.#rooms.delete(roomId);
    waiter.socket.leaveDoor(roomId);
  }

  receive(roomId: string, frame: DoorFrame): void {
    for (const waiter of [...(this.#rooms.get(roomId)?.values() ?? [])]) {
      const { onDecided, socket, userId } = waiter;
      if (frame.kind === 'decided' && frame.userId !== null && frame.userId !== userId) continue;
      this.leave(roomId, socket.id);
      onDecided();
      if (frame.kind === 'decided') socket.emit('room:admitted', { roomId, admit: frame.admit });
      else socket.emit('room:left', { roomId, reason: leftReason(frame.reason) });
    }
  }
}
