import type { Entry, ErrorCode } from '@pinroom/client/contract';
import type { KeyedEntry } from '../history/entry-archive.port.js';
import type { PaceLimit } from '../runtime/pace.js';

/** How fast somebody may send to a room, by role. */
export interface EntryPaces {
  readonly host: PaceLimit;
  /** Players and spectators. */
  readonly other: PaceLimit;
}

export interface AppendRequest {
  readonly roomId: string;
  /**
   * Null: the application's server (API key), which acts as a host without being a member. A host who
   * has not joined may send too; only then `nickname` counts, a member's entries carry the nickname
   * that the member has in the room.
   */
  readonly sender: { readonly userId: string; readonly nickname: string } | null;
  readonly channel: string;
  readonly type: string;
  /** The payload as JSON text; kept byte for byte. */
  readonly payloadJson: string;
  /** Idempotency key; null: none. */
  readonly key: string | null;
  readonly once: string | null;
  /** What the archive has under the key; null: nothing; undefined: it was not asked. */
  readonly archived?: KeyedEntry | null;
}

export type AppendOutcome =
  | {
      readonly kind: 'appended';
      readonly id: string;
      readonly at: number;
      readonly duplicate: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly code: Extract<
        ErrorCode,
        | 'room_closed'
        | 'not_in_room'
        | 'forbidden'
        | 'muted'
        | 'conflict'
        | 'rate_limited'
        | 'backlog_full'
      >;
      readonly retryAfterMs?: number;
    }
  /** The room is not here: restore it from the archive and try again. */
  | { readonly kind: 'absent' }
  /** The data lost what it knew of keys: ask the archive for this one and try again with `archived`. */
  | { readonly kind: 'unsure' };

export interface FeedRange {
  readonly roomId: string;
  readonly channel: string;
  /** Exclusive bounds; null: open. */
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  /** Which end of the range to take when it holds more than `limit`. */
  readonly take: 'oldest' | 'newest';
  /** About as many bytes of entries at most, but one entry in any case. Absent: no bound. */
  readonly maxBytes?: number;
}

export interface FeedPage {
  /** Ascending. */
  readonly entries: readonly Entry[];
  /** Whether there is another entry in the range that did not fit into the bytes. */
  readonly isCut: boolean;
}

/** The hot end of a room's channels: order, keep and announce are one step. */
export interface RoomFeed {
  /**
   * [FEED-1] One atomic step: dedupe by key, all checks that decide, order, keep, mark for the
   * archive, announce. An acknowledged entry is kept and will reach every node that holds the room.
   * Rejects with `unavailable` when the outcome is unknown; repeat it with the same key.
   * [FEED-7] While a room's data has begun a new life more recently than keys are remembered, only
   * the archive may know a key: `unsure`, once for a request. An entry that was lost with its data
   * makes no other a duplicate, and no `once` a conflict.
   * [FEED-2] Ids are contiguous within an epoch; the first entry of a later epoch carries `after`.
   */
  append(request: AppendRequest): Promise<AppendOutcome>;
  /**
   * [FEED-3] What is kept here of a range, ascending, in one round trip. What is missing at its old end
   * may be in the archive. [FEED-8] What does not fit into the bytes is not fetched.
   */
  read(range: FeedRange): Promise<FeedPage>;
  /** [FEED-5] The newest id of every channel that was ever written to. */
  tops(roomId: string): Promise<Map<string, string>>;
  /** [FEED-6] The newest id of one channel, kept here or archived; null: nothing was ever written. */
  top(roomId: string, channel: string): Promise<string | null>;
}
