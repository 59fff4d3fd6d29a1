import type { HostState, Member, Role } from '@pinroom/client/contract';
import type { LiveRoom } from './room-record.port.js';

/** One socket in one room. `life` names the process life that holds it. */
export interface Seat {
  readonly roomId: string;
  readonly userId: string;
  readonly life: string;
  /** Unique within the life. */
  readonly socketId: string;
}

/** A seat among those of its user in a room. */
export type SeatName = Pick<Seat, 'life' | 'socketId'>;

export interface JoinRequest extends Seat {
  /** For a member who comes back it is ignored: the nickname stays. */
  readonly nickname: string;
  /** The nickname as a reader would compare it. */
  readonly foldedNickname: string;
  /** What the nickname may be taken for; two that share a look are look-alikes. */
  readonly looks: readonly string[];
  readonly role: 'player' | 'spectator';
  /** The host key was right: the member is, or becomes, a host. */
  readonly asHost: boolean;
  /** Had a seat when the store lost its data: the door is not asked again. */
  readonly isReturning: boolean;
  /** Was muted when the store lost its data. */
  readonly isMuted: boolean;
  /** Of the passcode that was proven: it has to be the room's still. Null: none was. */
  readonly passcodeHash: string | null;
  /** Where the user comes from, see runtime/network.ts. */
  readonly network: string;
  /** By which the room was found: it has to be the room's still, and the room open. Null: by its id. */
  readonly pin: string | null;
  /** Hears what is decided of those who wait, so that it may be put on the list of them. */
  readonly isAtDoor: boolean;
}

export type JoinOutcome =
  | {
      readonly kind: 'joined';
      readonly self: Member;
      readonly isNew: boolean;
      readonly rev: number;
    }
  | {
      readonly kind: 'refused';
      readonly code:
        | 'room_closed'
        | 'room_full'
        | 'room_locked'
        /** By this PIN. */
        | 'room_not_found'
        | 'banned'
        | 'nickname_taken'
        | 'passcode_required'
        /** On the list if it is at the door: see `join`. */
        | 'waiting_for_host';
    }
  | { readonly kind: 'absent' };

export interface KickRequest {
  readonly roomId: string;
  readonly userId: string;
  /** The user cannot come back either. */
  readonly ban: boolean;
  /** With `ban`: from where nobody new may come in. */
  readonly network: string | null;
  /** Null: an application. */
  readonly byUserId: string | null;
}

export type KickOutcome =
  | {
      readonly kind: 'kicked';
      /** The user was a host, and is none any more. */
      readonly wasHost: boolean;
    }
  | { readonly kind: 'refused'; readonly code: 'room_closed' | 'forbidden' | 'not_found' }
  | { readonly kind: 'absent' };

export interface MemberList {
  /** In order of joining. */
  readonly members: Member[];
  readonly memberCount: number;
  readonly presenceVersion: number;
  readonly nextCursor: string | null;
}

export interface MemberRights {
  readonly userId: string;
  readonly nickname: string;
  readonly role: Role;
  readonly muted: boolean;
}

/** A room's rights as a node needs them to deliver: read together, so they fit each other. */
export interface RoomRights {
  readonly room: LiveRoom;
  /** Of the users asked for, those who are members. */
  readonly members: readonly MemberRights[];
  readonly hostState: HostState;
}

/**
 * Who is in a room, and through which sockets. Every change raises the presence version and is
 * announced to all nodes in the same atomic step. Every method is one round trip, but for the sweeps
 * of tags (first who is concerned, in all tags at once, then each by a step that looks again).
 */
export interface MemberStore {
  /**
   * [MEMBER-1] Atomic: checks, place, nickname, seat, log (`joined`, or `host` where a member becomes one), announcement. A member always may come back.
   * [MEMBER-11] Nobody new gets a nickname that looks like that of a host who is a member, present or
   * away. Hosts do, and who had a seat when the data was lost: they were here first.
   * [WAIT-1] With `settings.approval` somebody new whom no host has let in is put on the waiting list,
   * with this socket and if it is at the door, where nothing else but a place is in the way; asking again changes nothing, and
   * `room_full` says that the list is. Names are not kept for who waits. Who joins waits no more.
   */
  join(request: JoinRequest): Promise<JoinOutcome>;
  /**
   * [MEMBER-2] Gives up one seat. The user's last one makes the member `online: false` for `graceMs`,
   * then it leaves; with a `graceMs` of 0 it leaves in the same step. Repeatable.
   * [WAIT-2] The last socket of who waits takes them off the list, at once, also where its life has ended.
   */
  release(seat: Seat, graceMs: number): Promise<void>;
  /**
   * [MEMBER-3] Removes the member with all seats, once: log (`left`), announcement. Seats that are
   * taken away raise `rev`; `own`, which has been given up by itself, does not. False: was no member.
   */
  leave(roomId: string, userId: string, own?: SeatName): Promise<boolean>;
  /** [MEMBER-4] A page in order of joining; null: the room is absent. */
  list(roomId: string, page: { cursor: string | null; limit: number }): Promise<MemberList | null>;
  /** [MEMBER-5] Null: the room is absent. */
  rights(roomId: string, userIds: readonly string[]): Promise<RoomRights | null>;
  /** [MEMBER-6] Removes members in these tags whose grace has ended and who are still away, longest due first, each exactly once. Answers how many. */
  removeAway(tags: readonly string[], limit: number): Promise<number>;
  /** [MEMBER-7] Gives up, in these tags, the seats of lives that have ended; for `graceMs` their members may come back. Answers how many. */
  releaseDead(tags: readonly string[], graceMs: number): Promise<number>;
  /**
   * [MEMBER-10] Atomic: removes the member with all seats and takes the user off the hosts; raises
   * `rev`, and says who was removed and why before anything that comes with it; log (`kicked` or
   * `banned`). With `ban` every later join is refused, and the user need not be a member; without it
   * that is `not_found`; `forbidden` where who does it is no host (any more). Banning once more changes nothing. With a `network` those are refused, too, who
   * come from it and were no member before, but for hosts.
   */
  kick(request: KickRequest): Promise<KickOutcome>;
}
