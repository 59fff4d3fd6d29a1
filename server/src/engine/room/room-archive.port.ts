import type { PinInUse } from './pin-registry.port.js';
import type { RoomRecord } from './room-record.port.js';

export type InsertRoomOutcome =
  | { readonly kind: 'inserted' }
  /** The PIN is in use or resting. */
  | { readonly kind: 'pin_taken' }
  /** The same user opened a room with this key before. */
  | { readonly kind: 'same_key'; readonly room: RoomRecord };

export interface RoomPage {
  readonly rooms: readonly RoomRecord[];
  readonly nextCursor: string | null;
}

/** Rooms for good. Rejects with `unavailable` when the archive does not answer. */
export interface RoomArchive {
  /** [ROOM-8] One transaction: the room, its host, its PIN (in use until `pinUntil`). */
  insertRoom(
    room: RoomRecord,
    options: { createKey: string | null; pinUntil: number },
  ): Promise<InsertRoomOutcome>;
  /** [ROOM-9] Null: unknown. */
  findRoom(roomId: string): Promise<RoomRecord | null>;
  /** [ROOM-10] The open room that has the PIN; null: none. */
  findRoomByPin(pin: string): Promise<RoomRecord | null>;
  /** [ROOM-11] Keeps PIN, title, hosts, lock, capacity, settings, passcode; a lower `rev` changes nothing. */
  saveRoom(room: RoomRecord): Promise<void>;
  /** [ROOM-12] Repeatable; all its PINs rest until `pinRestsUntil`. Answers which they are. */
  closeRoom(
    roomId: string,
    closed: { at: number; reason: string; pinRestsUntil: number },
  ): Promise<string[]>;
  /** [ROOM-13] Rooms that the user hosts, newest first. */
  listRooms(userId: string, page: { cursor: string | null; limit: number }): Promise<RoomPage>;
  /** [ROOM-14] Every PIN that is in use or resting at `now`; forgets those that are neither. */
  listPins(now: number): Promise<PinInUse[]>;
  /** [ROOM-15] Open rooms created in [from, to), or whose `maxUntil` is before `expiredBefore`. */
  listSuspects(bounds: {
    from: number;
    to: number;
    expiredBefore: number;
    limit: number;
  }): Promise<RoomRecord[]>;
}
