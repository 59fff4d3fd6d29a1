import type { Member } from '@pinroom/client/contract';
import type { JoinRequest } from './member-store.port.js';
import type { LiveRoom } from './room-record.port.js';

export interface RenameRequest
  extends Pick<JoinRequest, 'roomId' | 'userId' | 'nickname' | 'foldedNickname' | 'looks'> {}

export type RenameOutcome =
  | { readonly kind: 'renamed'; readonly self: Member }
  | {
      readonly kind: 'refused';
      readonly code: 'room_closed' | 'not_in_room' | 'muted' | 'nickname_taken';
    }
  | { readonly kind: 'absent' };

export interface MuteRequest {
  readonly roomId: string;
  readonly userId: string;
  readonly muted: boolean;
  readonly byUserId: string;
}

/** `forbidden`: who asks is no host (any more); `conflict`: a host cannot be muted. */
export type MuteOutcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      readonly code: 'room_closed' | 'forbidden' | 'not_found' | 'conflict';
    }
  | { readonly kind: 'absent' };

export interface HostRequest {
  readonly roomId: string;
  readonly userId: string;
  readonly action: 'grant' | 'revoke' | 'transfer';
  readonly byUserId: string;
}

/** `forbidden`: who asks is no host (any more); `conflict`: the room would be without a host; `room_full`: it has `LIMITS.hosts`. */
export type HostOutcome =
  | { readonly kind: 'changed'; readonly room: LiveRoom }
  | {
      readonly kind: 'refused';
      readonly code: 'room_closed' | 'forbidden' | 'not_found' | 'conflict' | 'room_full';
    }
  | { readonly kind: 'absent' };

/** What became of a room whose hosts were looked at. */
export interface HostVerdict {
  readonly roomId: string;
  readonly outcome: 'gone' | 'transferred' | 'closed';
}

/**
 * What members change about themselves, and hosts about members. Every change is one atomic step, which
 * raises the presence version, is written to the log and announced to all nodes.
 */
export interface People {
  /**
   * [PEOPLE-1] Another nickname, under the rules of joining: unique, and no look-alike of a host's unless
   * by a host. The old one is free at once; log `renamed`. The same nickname again changes nothing.
   */
  rename(request: RenameRequest): Promise<RenameOutcome>;
  /** [PEOPLE-2] The place among these of the first nickname that somebody new could have; null: none. */
  firstFree(
    roomId: string,
    candidates: readonly Pick<JoinRequest, 'foldedNickname' | 'looks'>[],
  ): Promise<number | null>;
  /**
   * [PEOPLE-3] A muted member reads and does not send, also after leaving and coming back; log `muted`,
   * `unmuted`. Who becomes a host is not muted any more.
   */
  mute(request: MuteRequest): Promise<MuteOutcome>;
  /**
   * [PEOPLE-4] Makes a member a host (`grant`), a host a player, who need not be here (`revoke`), or the
   * member a host and the one who asks a player (`transfer`). Raises `rev` before anything that comes
   * with it; log `host`. What is so already changes nothing.
   */
  changeHost(request: HostRequest): Promise<HostOutcome>;
  /** [PEOPLE-5] The network from which the user came to the room last; null: never did, or it was forgotten. */
  networkOf(roomId: string, userId: string): Promise<string | null>;
  /** [PEOPLE-7] Forgets from where the user came. Repeatable. */
  forgetNetwork(roomId: string, userId: string): Promise<void>;
  /**
   * [PEOPLE-6] Looks at rooms of these tags whose last host has been away for `hostGraceSeconds`, longest
   * due first, each once: announces `gone`, and where a host was there before, makes the player who has
   * been here longest, is online and not muted a host (`onHostGone: transfer`; when nobody is, the first
   * who comes) or closes the room (`close`); log `host`, or `host-gone` and `closed`.
   */
  judgeHosts(tags: readonly string[], limit: number): Promise<HostVerdict[]>;
}
