import type { Settings } from '@pinroom/client/contract';
import { sql } from 'kysely';
import type { CloseReason, RoomRecord } from '../../engine/room/room-record.port.js';
import type { RoomsTable } from './tables.js';

type RoomRow = RoomsTable & { readonly host_ids: readonly string[] };

/** Every column of a room, and its hosts in their order. */
export const ROOM_COLUMNS = [
  'rooms.id',
  'rooms.pin',
  'rooms.title',
  'rooms.created_by',
  'rooms.create_key',
  'rooms.capacity',
  'rooms.locked',
  'rooms.settings',
  'rooms.passcode_hash',
  'rooms.rev',
  'rooms.created_at',
  'rooms.ttl_ms',
  'rooms.max_until',
  'rooms.closed_at',
  'rooms.close_reason',
  sql<readonly string[]>`(select coalesce(json_agg(user_id order by position), '[]'::json)
    from room_hosts where room_hosts.room_id = rooms.id)`.as('host_ids'),
] as const;

export function toRoomRecord(row: RoomRow): RoomRecord {
  return {
    id: row.id,
    pin: row.pin,
    title: row.title,
    createdBy: row.created_by,
    hostIds: row.host_ids,
    locked: row.locked,
    capacity: row.capacity,
    settings: JSON.parse(row.settings) as Settings,
    passcodeHash: row.passcode_hash,
    rev: row.rev,
    createdAt: row.created_at,
    ttlMs: row.ttl_ms,
    maxUntil: row.max_until,
    closedAt: row.closed_at,
    closeReason: row.close_reason as CloseReason | null,
  };
}

export function toRoomRow(room: RoomRecord, createKey: string | null): RoomsTable {
  return {
    id: room.id,
    pin: room.pin,
    title: room.title,
    created_by: room.createdBy,
    create_key: createKey,
    capacity: room.capacity,
    locked: room.locked,
    settings: JSON.stringify(room.settings),
    passcode_hash: room.passcodeHash,
    rev: room.rev,
    created_at: room.createdAt,
    ttl_ms: room.ttlMs,
    max_until: room.maxUntil,
    closed_at: room.closedAt,
    close_reason: room.closeReason,
  };
}
