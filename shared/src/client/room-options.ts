import type { JoinAnswer } from '../model.js';
import type { Mechanism } from './client-options.js';
import type { RoomLink } from './room-events.js';
import type { Positions } from './room-view.js';
import type { JoinWish } from './room-wish.js';

export interface SendOptions {
  /** `room` by default; `host` or `user:<userId>`. */
  readonly channel?: string;
  /** Makes the message count once across restarts of the application too; made up by default. */
  readonly key?: string;
  /** At most one entry per user, channel and value; a second one is refused with `conflict`. */
  readonly once?: string;
}

export interface HistoryOptions {
  /** `room` by default. */
  readonly channel?: string;
  /** Exclusive; at most one of both. */
  readonly before?: string;
  readonly after?: string;
  readonly limit?: number;
}

export interface RoomHandleOptions {
  readonly link: RoomLink;
  readonly wish: JoinWish;
  readonly answer: JoinAnswer;
  readonly since: Positions;
  readonly keepEntries: number;
  readonly maxHeld: number;
  readonly maxQueued: number;
  readonly sendDeadlineMs: number;
  readonly maxPayloadBytes: number | null;
  /** An entry was acknowledged: when it was asked for, and the server's time in it. */
  readonly onServerTime: (at: number, askedAt: number) => void;
  readonly serverNow: () => number;
  readonly onLeft: () => void;
  /** For tests. */
  readonly without: ReadonlySet<Mechanism>;
}
