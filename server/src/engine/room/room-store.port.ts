import type { Settings } from '@pinroom/client/contract';
import type { Ban } from './room-ban-archive.port.js';
import type { CloseReason, LiveRoom, RoomRecord } from './room-record.port.js';
import type { KeptState } from './room-state-store.port.js';

export interface RoomChange {
  readonly title?: string;
  readonly locked?: boolean;
  readonly capacity?: number;
  /** The whole new settings. */
  readonly settings?: Settings;
  /** Only while the room has this `rev`: what is changed was read at it. Else `conflict`. */
  readonly ifRev?: number;
}

export interface PutOptions {
  readonly epochFloor: number;
  readonly lastIds: ReadonlyMap<string, string>;
  readonly closedTtlMs: number;
  readonly isNew: boolean;
  /** Who cannot come back to an open room. */
  readonly bans: readonly Ban[];
  /** The last that the archive has; null: none. */
  readonly state: KeptState | null;
}

export type CloseOutcome = 'closed' | 'already' | 'absent';
export type ExpiryOutcome = 'expired' | 'later' | 'closing' | 'absent';

/** Open rooms, and closed ones for a while. Every method is one round trip, `listDue` two. */
export interface RoomStore {
  /**
   * [ROOM-1] Writes the room while it is absent, else changes nothing and answers false. Ids of its
   * entries will be in an epoch above `epochFloor` (the archive's highest; 0 for a new room);
   * `lastIds` (the archive's newest id of each channel, empty for a new room) become the archived
   * positions, so that the next entry of a channel names its predecessor in `after`. A closed
   * record is kept for `closedTtlMs` only. A new room's log begins with `created`. One that comes
   * back has a `rev` above every one that a node or a client may know of it: at least the record's
   * and a thousand, and the time in seconds. `bans` hold from the start, its hosts have 15 s more to come
   * back before they are gone, and the state is `state`, with its own version where the record is closed.
   */
  put(room: RoomRecord, options: PutOptions): Promise<boolean>;
  /** [ROOM-2] Null: not here (it may be in the archive). */
  get(roomId: string): Promise<LiveRoom | null>;
  /** [ROOM-3] Applies the change, raises `rev`, announces it; null: absent. Rejects with `room_closed` or `conflict`. */
  update(roomId: string, change: RoomChange, byUserId: string | null): Promise<LiveRoom | null>;
  /** [ROOM-4] Marks it closed, writes the log, tells every node. From here on nothing is appended. Repeatable. */
  close(roomId: string, reason: CloseReason, byUserId: string | null): Promise<CloseOutcome>;
  /** [ROOM-5] Rooms of these tags whose time to be looked at has come, longest due first, at most `limit`: perhaps expired, or still closing. */
  listDue(tags: readonly string[], limit: number): Promise<string[]>;
  /** [ROOM-6] Looks at the newest activity: `expired` closes it (as `close` does), `later` sets the next look. */
  expire(roomId: string): Promise<ExpiryOutcome>;
  /** [ROOM-7] The last step of closing: nothing is left to do, all its keys run out in `ttlMs`. */
  retire(roomId: string, ttlMs: number): Promise<void>;
}
