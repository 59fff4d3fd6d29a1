import { sql } from 'kysely';
import type { RoomStateArchive, StateToSave } from '../../engine/room/room-state-archive.port.js';
import type { KeptState } from '../../engine/room/room-state-store.port.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';

/** The last states of rooms in PostgreSQL, byte for byte. */
export class PostgresRoomStateArchive extends PostgresArchive implements RoomStateArchive {
  @retry()
  async saveStates(states: readonly StateToSave[]): Promise<void> {
    // In one order, so that two who save the same rooms do not block each other.
    await sql`
      insert into room_states (room_id, version, value, saved_at)
      select saved."roomId", saved.version, saved.json, saved.at
      from json_to_recordset(${JSON.stringify(states)}::json)
        as saved ("roomId" uuid, version bigint, json text, at bigint)
      join rooms on rooms.id = saved."roomId"
      order by saved."roomId"
      on conflict (room_id) do update
        set version = excluded.version, value = excluded.value, saved_at = excluded.saved_at
        where room_states.version < excluded.version`.execute(this.db);
  }

  @retry()
  async findState(roomId: string): Promise<KeptState | null> {
    const row = await this.db
      .selectFrom('room_states')
      .select(['version', 'value'])
      .where('room_id', '=', roomId)
      .executeTakeFirst();
    return row === undefined ? null : { version: row.version, json: row.value };
  }
}
