import type { Role } from '@pinroom/client/contract';

export interface ArchivedMember {
  readonly roomId: string;
  readonly userId: string;
  readonly nickname: string;
  readonly role: Role;
  readonly joinedAt: number;
}

/** What the log says of somebody: became a member, or was put out (at `joinedAt`) and is none any more. */
export interface MemberChange extends Omit<ArchivedMember, 'role'> {
  readonly role: Role | 'removed';
}

/** Who was a member of a room, and what is erased on demand. */
export interface RoomMemberArchive {
  /** [MEMBER-8] Inserts or overwrites what is not newer; repeatable. Rejects with `RowsRefused` where a row can never be kept as it is; then none is. */
  saveMembers(changes: readonly MemberChange[]): Promise<void>;
  /** [MEMBER-9] Null: was never a member, was put out and not let in again, or is banned. */
  findMember(roomId: string, userId: string): Promise<ArchivedMember | null>;
  /** [ERASE-1] Removes the room, its members, its bans and its entries, the newest of a channel first. Repeatable. */
  deleteRoom(roomId: string): Promise<void>;
  /** [ERASE-2] Erases the user's nickname and id from entries, members, bans, rooms; deletes the sessions. Answers the rooms touched. Repeatable. */
  eraseUser(userId: string): Promise<string[]>;
  /** [ERASE-3] The open rooms in which the user was seen: as a member, a host, the creator, an author, or banned. */
  listOpenRooms(userId: string): Promise<string[]>;
}
