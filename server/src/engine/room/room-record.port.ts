import type { Room, Settings } from '@pinroom/client/contract';

/** How a room came to its end. */
export type CloseReason = 'closed' | 'expired';

/** A room as the stores keep it: what does not change with every entry. */
export interface RoomRecord {
  readonly id: string;
  /** The PIN it has, or had. */
  readonly pin: string;
  readonly title: string;
  readonly createdBy: string;
  readonly hostIds: readonly string[];
  readonly locked: boolean;
  readonly capacity: number;
  readonly settings: Settings;
  /** What a passcode is compared with; null: the room wants none. Never leaves the server. */
  readonly passcodeHash: string | null;
  readonly rev: number;
  readonly createdAt: number;
  /** Closes after this long without activity, ms. */
  readonly ttlMs: number;
  /** Closes at the latest at this time. */
  readonly maxUntil: number;
  readonly closedAt: number | null;
  readonly closeReason: CloseReason | null;
}

/** A record with what is live about it. */
export interface LiveRoom extends RoomRecord {
  /** Of the ids that its next entries get. Higher than before: the room's data began a new life. */
  readonly epoch: number;
  readonly memberCount: number;
  readonly players: number;
  readonly activeAt: number;
  readonly presenceVersion: number;
  readonly stateVersion: number;
}

/** The room as people see it. */
export function toRoom(room: LiveRoom | RoomRecord): Room {
  const live = 'memberCount' in room ? room : null;
  return {
    id: room.id,
    pin: room.closedAt === null ? room.pin : null,
    title: room.title,
    hostIds: [...room.hostIds],
    locked: room.locked,
    capacity: room.capacity,
    memberCount: live?.memberCount ?? 0,
    settings: room.settings,
    rev: room.rev,
    createdAt: room.createdAt,
    expiresAt: Math.min(room.maxUntil, (live?.activeAt ?? room.createdAt) + room.ttlMs),
    closedAt: room.closedAt,
  };
}
