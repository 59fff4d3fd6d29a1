import type { CommandAnswer, CommandName, CommandPayload } from '../commands.js';
import type { LeftReason, ServerEvents } from '../events.js';
import type { Entry, Room, RoomState } from '../model.js';
import type { ClientClock } from './client-clock.js';
import type { ClientErrorCode } from './errors.js';

/** What a room needs of the connection. */
export interface RoomLink {
  readonly isOnline: boolean;
  readonly clock: ClientClock;
  readonly random: () => number;
  request<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    timeoutMs?: number,
  ): Promise<CommandAnswer<N>>;
}

/**
 * `live`: every entry up to now was handed on. `resuming`: something is missing and being fetched.
 * `left`: it is over.
 */
export type RoomStatus = 'live' | 'resuming' | 'left';

export interface RoomEvents {
  /** In order per channel, each once. */
  entry: Entry;
  /** The server has lost the entries above `after` (null: all) of this channel; forget them. */
  reset: { readonly channel: string; readonly after: string | null };
  /** The server no longer has what lay between both. */
  hole: { readonly channel: string; readonly after: string | null; readonly next: string };
  /** `members`, `memberCount` or `hostState` have changed; null: by a fresh snapshot. */
  presence: ServerEvents['room:presence'] | null;
  signal: ServerEvents['room:signal'];
  waiting: ServerEvents['room:waiting'];
  updated: Room;
  state: RoomState;
  /**
   * The server had acknowledged an own message as `oldId` and has lost it; it was sent again and is
   * now `id`.
   */
  resent: {
    readonly channel: string;
    readonly key: string;
    readonly oldId: string;
    readonly id: string;
  };
  /**
   * An own message was acknowledged as `id`; the server has lost entries since, and whether this is
   * one of them cannot be known. `reason`: why it was not sent again: `too_old` (more than 5 minutes
   * or 1,000 messages ago), or how sending it again ended.
   */
  unsure: {
    readonly channel: string;
    readonly key: string;
    readonly id: string;
    readonly reason: ClientErrorCode | 'too_old';
  };
  /** With `live`: how many entries were missed and have been handed on meanwhile. */
  status: { readonly status: RoomStatus; readonly missed: number };
  left: { readonly reason: LeftReason | ClientErrorCode };
}
