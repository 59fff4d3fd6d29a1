import type { Member } from '@pinroom/client/contract';
import type { CloseReason } from './room-record.port.js';

/** How many users are remembered as let in; beyond it the longest ago is forgotten. */
export const MOST_ADMITTED = 10_000;

export interface Waiting {
  /** In order of asking; `joinedAt` says since when, and all are online. */
  readonly waiting: Member[];
  /** Of the room: whoever is told has to be a host at this one. */
  readonly rev: number;
}

export interface Decision {
  readonly roomId: string;
  readonly userId: string;
  readonly admit: boolean;
}

/** `banned`, `room_full`: nobody let in would come in. */
export type DecisionOutcome = 'decided' | 'absent' | 'room_closed' | 'banned' | 'room_full';

/**
 * Who waits at the doors of rooms with `settings.approval`. Joining puts them there (see MemberStore).
 * Every change is announced to the nodes that hold the room, in the same atomic step; who waits is
 * told over the door's own channel, on which nothing of the room is ever said. Each method is one
 * round trip.
 */
export interface WaitingList {
  /** [WAIT-3] The whole list; null: the room is absent. */
  list(roomId: string): Promise<Waiting | null>;
  /**
   * [WAIT-4] The user is off the list, and their sockets are told. Who was admitted is remembered for
   * as long as the store has the room, passes a lock, and need not have waited; who was not may ask
   * again. Whom a ban or a full room would keep out is not admitted, and goes on waiting.
   */
  decide(decision: Decision): Promise<DecisionOutcome>;
  /** [WAIT-5] The list is empty from now on: all are let in (null), or told that the room is closed. Repeatable; answers how many there were. */
  empty(roomId: string, closed: CloseReason | null): Promise<number>;
}
