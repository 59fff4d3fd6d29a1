import type { RoomPinArchive, TakePinOutcome } from '../../engine/room/room-pin-archive.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';
import { takePin } from './take-pin.js';

/** Further PINs of open rooms, in PostgreSQL. */
export class PostgresRoomPinArchive extends PostgresArchive implements RoomPinArchive {
  @retry()
  async takePin(
    roomId: string,
    pin: string,
    { at, until }: { readonly at: number; readonly until: number },
  ): Promise<TakePinOutcome> {
    return this.db.transaction().execute(async (trx) => {
      // Whoever closes the room waits for this row, and then lets this PIN rest, too.
      const room = await trx
        .selectFrom('rooms')
        .select('id')
        .where('id', '=', roomId)
        .where('closed_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (room === undefined) return 'closed';
      return (await takePin(trx, { pin, roomId, at, until })) ? 'taken' : 'pin_taken';
    });
  }

  @retry()
  async restPin(roomId: string, pin: string, until: number): Promise<void> {
    await this.db
      .updateTable('pins')
      .set({ resting: true, until })
      .where('pin', '=', pin)
      .where('room_id', '=', roomId)
      .where('resting', '=', false)
      .execute();
  }

  @retry()
  async hasPin(roomId: string, pin: string): Promise<boolean> {
    const row = await this.db
      .selectFrom('pins')
      .select('pin')
      .where('pin', '=', pin)
      .where('room_id', '=', roomId)
      .executeTakeFirst();
    return row !== undefined;
  }
}
