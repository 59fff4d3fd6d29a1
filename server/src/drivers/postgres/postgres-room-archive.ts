import type { Kysely } from 'kysely';
import type { PinInUse } from '../../engine/room/pin-registry.port.js';
import type {
  InsertRoomOutcome,
  RoomArchive,
  RoomPage,
} from '../../engine/room/room-archive.port.js';
import type { RoomRecord } from '../../engine/room/room-record.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import { retry } from '../resilience/retry.js';
import { PostgresArchive } from './postgres-archive.js';
import { ROOM_COLUMNS, toRoomRecord, toRoomRow } from './room-rows.js';
import type { Tables } from './tables.js';
import { takePin } from './take-pin.js';

const CURSOR = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Rolls the room back whose PIN is another's. */
class PinTaken extends Error {}

/** Rooms in PostgreSQL. `pins` decides which room a PIN leads to, and who may have it next. */
export class PostgresRoomArchive extends PostgresArchive implements RoomArchive {
  /** A repetition of a call that was carried out answers `inserted` again. */
  @retry()
  async insertRoom(
    room: RoomRecord,
    options: { createKey: string | null; pinUntil: number },
  ): Promise<InsertRoomOutcome> {
    try {
      return await this.db.transaction().execute(async (trx): Promise<InsertRoomOutcome> => {
        const inserted = await trx
          .insertInto('rooms')
          .values(toRoomRow(room, options.createKey))
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (inserted === undefined) return existingRoom(trx, room, options.createKey);
        const { createdAt: at, id: roomId, pin } = room;
        const isTaken = await takePin(trx, { pin, roomId, at, until: options.pinUntil });
        if (!isTaken) throw new PinTaken();
        await replaceHosts(trx, room);
        return { kind: 'inserted' };
      });
    } catch (fault) {
      if (fault instanceof PinTaken) return { kind: 'pin_taken' };
      throw fault;
    }
  }

  @retry()
  async findRoom(roomId: string): Promise<RoomRecord | null> {
    const row = await this.db
      .selectFrom('rooms')
      .select(ROOM_COLUMNS)
      .where('id', '=', roomId)
      .executeTakeFirst();
    return row === undefined ? null : toRoomRecord(row);
  }

  @retry()
  async findRoomByPin(pin: string): Promise<RoomRecord | null> {
    const row = await this.db
      .selectFrom('rooms')
      .select(ROOM_COLUMNS)
      .where('closed_at', 'is', null)
      .where('id', '=', (from) =>
        from
          .selectFrom('pins')
          .select('room_id')
          .where('pins.pin', '=', pin)
          .where('resting', '=', false),
      )
      .executeTakeFirst();
    return row === undefined ? null : toRoomRecord(row);
  }

  @retry()
  async saveRoom(room: RoomRecord): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const saved = await trx
        .updateTable('rooms')
        .set({
          pin: room.pin,
          title: room.title,
          locked: room.locked,
          capacity: room.capacity,
          settings: JSON.stringify(room.settings),
          passcode_hash: room.passcodeHash,
          rev: room.rev,
        })
        .where('id', '=', room.id)
        .where('rev', '<=', room.rev)
        .returning('id')
        .executeTakeFirst();
      // The row lock keeps two savers of one room apart until the hosts are written too.
      if (saved !== undefined) await replaceHosts(trx, room);
    });
  }

  @retry()
  async closeRoom(
    roomId: string,
    closed: { at: number; reason: string; pinRestsUntil: number },
  ): Promise<string[]> {
    return this.db.transaction().execute(async (trx) => {
      // First, and on its own: it waits for who gives the room another PIN right now.
      await trx
        .updateTable('rooms')
        .set({ closed_at: closed.at, close_reason: closed.reason })
        .where('id', '=', roomId)
        .where('closed_at', 'is', null)
        .execute();
      await trx
        .updateTable('pins')
        .set({ resting: true, until: closed.pinRestsUntil })
        .where('room_id', '=', roomId)
        .where('resting', '=', false)
        .execute();
      const pins = await trx
        .selectFrom('pins')
        .select('pin')
        .where('room_id', '=', roomId)
        .execute();
      return pins.map(({ pin }) => pin);
    });
  }

  @retry()
  async listRooms(
    userId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<RoomPage> {
    let query = this.db
      .selectFrom('rooms')
      .select(ROOM_COLUMNS)
      .where('id', 'in', (from) =>
        from.selectFrom('room_hosts').select('room_id').where('user_id', '=', userId),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(page.limit + 1);
    if (page.cursor !== null) {
      const [createdAt, id] = readCursor(page.cursor);
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at', 'id'), '<', tuple(createdAt, id)),
      );
    }
    const found = (await query.execute()).map(toRoomRecord);
    const rooms = found.slice(0, page.limit);
    const last = rooms.at(-1);
    const more = found.length > page.limit && last !== undefined;
    return { rooms, nextCursor: more ? `${last.createdAt}_${last.id}` : null };
  }

  /** A PIN of a room that should have been closed long ago stays taken, but is not told. */
  @retry()
  async listPins(now: number): Promise<PinInUse[]> {
    await this.db
      .deleteFrom('pins')
      .where('resting', '=', true)
      .where('until', '<=', now)
      .execute();
    const rows = await this.db
      .selectFrom('pins')
      .select(['pin', 'room_id', 'until', 'resting'])
      .where('until', '>', now)
      .execute();
    return rows.map((row) => ({
      pin: row.pin,
      roomId: row.resting ? null : row.room_id,
      until: row.until,
    }));
  }

  @retry()
  async listSuspects(bounds: {
    from: number;
    to: number;
    expiredBefore: number;
    limit: number;
  }): Promise<RoomRecord[]> {
    const rows = await this.db
      .selectFrom('rooms')
      .select(ROOM_COLUMNS)
      .where('closed_at', 'is', null)
      .where((where) =>
        where.or([
          where('max_until', '<', bounds.expiredBefore),
          where.and([where('created_at', '>=', bounds.from), where('created_at', '<', bounds.to)]),
        ]),
      )
      .orderBy('created_at')
      .orderBy('id')
      .limit(bounds.limit)
      .execute();
    return rows.map(toRoomRecord);
  }
}

/** What stands in the way of a room that could not be inserted. */
async function existingRoom(
  trx: Kysely<Tables>,
  room: RoomRecord,
  createKey: string | null,
): Promise<InsertRoomOutcome> {
  const rows = await trx
    .selectFrom('rooms')
    .select(ROOM_COLUMNS)
    .where((where) =>
      where.or([
        where('id', '=', room.id),
        where.and([where('created_by', '=', room.createdBy), where('create_key', '=', createKey)]),
      ]),
    )
    .execute();
  if (rows.some((row) => row.id === room.id)) return { kind: 'inserted' };
  const [existing] = rows;
  // Deleted between the two statements.
  if (existing === undefined) throw new AppError('conflict', 'The room has just been deleted.');
  return { kind: 'same_key', room: toRoomRecord(existing) };
}

async function replaceHosts(trx: Kysely<Tables>, room: RoomRecord): Promise<void> {
  const hosts = room.hostIds.map((user_id, position) => ({
    room_id: room.id,
    user_id,
    position,
  }));
  await trx.deleteFrom('room_hosts').where('room_id', '=', room.id).execute();
  if (hosts.length > 0) await trx.insertInto('room_hosts').values(hosts).execute();
}

function readCursor(cursor: string): [createdAt: number, id: string] {
  const [, createdAt, id] = CURSOR.exec(cursor) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw new AppError('bad_request', 'The cursor is none that was given out here.');
  }
  return [Number(createdAt), id];
}
