import type { RoomBanArchive } from '../../engine/room/room-ban-archive.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';

/** Who may not come back to a room, in PostgreSQL. */
export class PostgresRoomBanArchive extends PostgresArchive implements RoomBanArchive {
  @retry()
  async saveBan(roomId: string, userId: string, at: number): Promise<void> {
    await this.db
      .insertInto('room_bans')
      .values({ room_id: roomId, user_id: userId, banned_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  @retry()
  async listBanned(roomId: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('room_bans')
      .select('user_id')
      .where('room_id', '=', roomId)
      .orderBy('banned_at')
      .orderBy('user_id')
      .execute();
    return rows.map((row) => row.user_id);
  }
}
