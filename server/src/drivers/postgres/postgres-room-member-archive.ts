import type { Role } from '@pinroom/client/contract';
import { sql } from 'kysely';
import type {
  ArchivedMember,
  MemberChange,
  RoomMemberArchive,
} from '../../engine/room/room-member-archive.port.js';
import { retry } from '../resilience/retry.js';
import { deleteRoom, eraseUser, openRoomsOf } from './erasure.js';
import { PostgresArchive } from './postgres-archive.js';
import { takingRows } from './sql-faults.js';

/** The role of who was put out; the row stays, so that a repeated older one does not bring it back. */
const REMOVED: MemberChange['role'] = 'removed';

/** Who was in which room, in PostgreSQL; and what is erased on demand. */
export class PostgresRoomMemberArchive extends PostgresArchive implements RoomMemberArchive {
  @retry()
  async saveMembers(changes: readonly MemberChange[]): Promise<void> {
    // A statement touches a row once only: of two for one member, the later counts.
    const rows = new Map(changes.map((change) => [`${change.roomId} ${change.userId}`, change]));
    if (rows.size === 0) return;
    const json = JSON.stringify([...rows.keys()].sort().map((key) => rows.get(key)));
    const insert = sql`
      insert into room_members (room_id, user_id, nickname, role, joined_at)
      select "roomId", "userId", nickname, role, "joinedAt"
      from json_to_recordset(${json}::json) as new ("roomId" uuid, "userId" uuid, nickname text,
        role text, "joinedAt" bigint)
      on conflict (room_id, user_id) do update set
        nickname = excluded.nickname, role = excluded.role, joined_at = excluded.joined_at
      where excluded.joined_at >= room_members.joined_at
    `;
    await takingRows(() => insert.execute(this.db));
  }

  @retry()
  async findMember(roomId: string, userId: string): Promise<ArchivedMember | null> {
    const row = await this.db
      .selectFrom('room_members')
      .selectAll()
      .where('room_id', '=', roomId)
      .where('user_id', '=', userId)
      .where('role', '<>', REMOVED)
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('room_bans')
              .select('room_bans.user_id')
              .whereRef('room_bans.room_id', '=', 'room_members.room_id')
              .whereRef('room_bans.user_id', '=', 'room_members.user_id'),
          ),
        ),
      )
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      roomId: row.room_id,
      userId: row.user_id,
      nickname: row.nickname,
      role: row.role as Role,
      joinedAt: row.joined_at,
    };
  }

  @retry()
  deleteRoom(roomId: string): Promise<void> {
    return deleteRoom(this.db, roomId);
  }

  @retry()
  eraseUser(userId: string): Promise<string[]> {
    return eraseUser(this.db, userId);
  }

  @retry()
  listOpenRooms(userId: string): Promise<string[]> {
    return openRoomsOf(this.db, userId);
  }
}
