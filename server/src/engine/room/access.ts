import { mayRead, type Role } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { LocalRooms } from '../fanout/local-rooms.js';
import type { DeliveryRights } from '../fanout/local-seat.js';
import { AppError, unavailable } from '../runtime/app-error.js';
import type { MemberStore, RoomRights } from './member-store.port.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomMemberArchive } from './room-member-archive.port.js';
import { type LiveRoom, toRoom } from './room-record.port.js';

export interface AccessParts {
  readonly members: MemberStore;
  readonly memberArchive: RoomMemberArchive;
  readonly directory: RoomDirectory;
  readonly localRooms: Pick<LocalRooms, 'holds' | 'refresh'>;
}

/** What a caller is in a room. An application stands for a host. */
export interface Access {
  readonly room: LiveRoom;
  readonly role: Role;
  readonly muted: boolean;
  /** The nickname that a member has in the room; null for who is no member. */
  readonly nickname: string | null;
}

/** Answers who may do what in a room. */
export class RoomAccess {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** The rights of these users in the room, brought back from the archive if need be. `room_not_found`. */
  async rights(roomId: string, userIds: readonly string[]): Promise<RoomRights> {
    const { directory, members } = this.#parts;
    let rights = await members.rights(roomId, userIds);
    if (!rights && (await directory.restore(roomId)))
      rights = await members.rights(roomId, userIds);
    if (!rights) throw new AppError('room_not_found');
    return rights;
  }

  /** The same as the fan-out needs it; null: there is no such room. */
  async deliveryRights(roomId: string, userIds: readonly string[]): Promise<DeliveryRights | null> {
    try {
      const { room, members } = await this.rights(roomId, userIds);
      return {
        room: toRoom(room),
        presenceVersion: room.presenceVersion,
        stateVersion: room.stateVersion,
        epoch: room.epoch,
        roles: new Map(members.map((member) => [member.userId, member.role])),
      };
    } catch (fault) {
      if (fault instanceof AppError && fault.code === 'room_not_found') return null;
      throw fault;
    }
  }

  /** What the caller is in the room, which may be closed; `not_in_room` for strangers. */
  async of(caller: Caller | ApplicationCaller, roomId: string): Promise<Access> {
    if (caller.kind === 'application') {
      const { room } = await this.rights(roomId, []);
      return { room, role: 'host', muted: false, nickname: null };
    }
    const { room, members } = await this.#rightsOf(caller, roomId);
    const member = members[0];
    if (member) return { room, ...member };
    if (room.hostIds.includes(caller.userId))
      return { room, role: 'host', muted: false, nickname: null };
    if (room.closedAt !== null) {
      const archived = await this.#parts.memberArchive.findMember(roomId, caller.userId);
      // Who was a host and is not on the list was taken off it.
      const role = archived?.role === 'host' ? 'player' : archived?.role;
      if (archived && role) return { room, muted: false, role, nickname: archived.nickname };
    }
    throw new AppError('not_in_room');
  }

  /** Whoever sits here is a member: if the store does not know, it has lost its data. */
  async #rightsOf(caller: Caller, roomId: string): Promise<RoomRights> {
    const { localRooms } = this.#parts;
    const rights = await this.rights(roomId, [caller.userId]);
    if (rights.members.length > 0 || rights.room.closedAt !== null) return rights;
    if (!localRooms.holds(roomId, caller.userId)) return rights;
    await localRooms.refresh(roomId);
    const again = await this.rights(roomId, [caller.userId]);
    const isLost = again.members.length === 0 && localRooms.holds(roomId, caller.userId);
    if (isLost) throw unavailable('The room');
    return again;
  }

  /** As `of`, for hosts alone: `forbidden` for others. */
  async ofHost(caller: Caller | ApplicationCaller, roomId: string): Promise<Access> {
    const access = await this.of(caller, roomId);
    if (access.role !== 'host') throw new AppError('forbidden', 'Only a host may do this.');
    return access;
  }
}

/** The open room that the caller hosts: `room_closed`, or what `ofHost` rejects with. */
export async function hostedRoom(
  access: Pick<RoomAccess, 'ofHost'>,
  caller: Caller | ApplicationCaller,
  roomId: string,
): Promise<LiveRoom> {
  const { room } = await access.ofHost(caller, roomId);
  if (room.closedAt !== null) throw new AppError('room_closed');
  return room;
}

/** `forbidden` when the caller may not read the channel. */
export function requireReadable(
  caller: Caller | ApplicationCaller,
  role: Role,
  channel: string,
): void {
  const userId = caller.kind === 'user' ? caller.userId : '';
  const readable = caller.kind === 'application' || mayRead(channel, role, userId);
  if (!readable) throw new AppError('forbidden', 'This channel is not for you to read.');
}
