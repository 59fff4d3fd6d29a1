import { sql } from 'kysely';
import type { Ban, RoomBanArchive } from '../../engine/room/room-ban-archive.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';

/** Who may not come back to a room, in PostgreSQL. */
export class PostgresRoomBanArchive extends PostgresArchive implements RoomBanArchive {
  @retry()
  async saveBan(roomId: string, { userId, network }: Ban, at: number): Promise<void> {
    await this.db
      .insertInto('room_bans')
      .values({ room_id: roomId, user_id: userId, banned_at: at, network })
      .onConflict((conflict) =>
        conflict
          .columns(['room_id', 'user_id'])
          .doUpdateSet({ network: sql`coalesce(excluded.network, room_bans.network)` }),
      )
      .execute();
  }

  @retry()
  async listBans(roomId: string): Promise<Ban[]> {
    const rows = await this.db
      .selectFrom('room_bans')
      .select(['user_id', 'network'])
      .where('room_id', '=', roomId)
      .orderBy('banned_at')
      .orderBy('user_id')
      .execute();
    return rows.map((row) => ({ userId: row.user_id, network: row.network }));
  }
}
