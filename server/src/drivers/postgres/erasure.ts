import { randomUUID } from 'node:crypto';
import { userChannel } from '@pinroom/client/contract';
import { type Kysely, sql } from 'kysely';
import { CALL_DEADLINE_MS, CallDeadline } from './call-deadline.js';
import { eraseFromLog } from './entry-rows.js';
import { NIL_UUID, type Tables } from './tables.js';

/** Rows of one statement; each is committed, so a call that ran out of time has got further. */
const BATCH = 2_000;
const DELETE_BATCH = 20_000;
/** Above every generation that a session can have. */
const LAST_GENERATION = Number.MAX_SAFE_INTEGER;

/**
 * Removes a room with its members, bans and entries, the row of the room last, with which its state goes.
 * The newest entries of a channel go first: who reads it from its beginning meanwhile never comes to its
 * end. Its PIN, if it still has one, rests until it would have been free.
 */
export async function deleteRoom(db: Kysely<Tables>, roomId: string): Promise<void> {
  const deadline = new CallDeadline(CALL_DEADLINE_MS);
  let deleted = DELETE_BATCH;
  while (deleted >= DELETE_BATCH) {
    // Each batch has a connection, with a deadline, of its own.
    deadline.check();
    const result = await sql`
      delete from entries where room_id = ${roomId}::uuid and (channel, epoch, seq) in (
        select channel, epoch, seq from entries where room_id = ${roomId}::uuid
        order by channel desc, epoch desc, seq desc limit ${DELETE_BATCH})`.execute(db);
    deleted = Number(result.numAffectedRows ?? 0);
  }
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('pins')
      .set({ resting: true })
      .where('room_id', '=', roomId)
      .where('resting', '=', false)
      .execute();
    await trx.deleteFrom('room_members').where('room_id', '=', roomId).execute();
    await trx.deleteFrom('room_hosts').where('room_id', '=', roomId).execute();
    await trx.deleteFrom('room_bans').where('room_id', '=', roomId).execute();
    await trx.deleteFrom('rooms').where('id', '=', roomId).execute();
  });
}

/**
 * Erases a user from what stays: entries lose their author, log entries the id and nickname, the
 * user's own channels get another name, hosted rooms another creator. What was only about the user
 * is deleted, and last, as it says where to look. Answers the rooms that the user was seen in.
 */
export async function eraseUser(db: Kysely<Tables>, userId: string): Promise<string[]> {
  const deadline = new CallDeadline(CALL_DEADLINE_MS);
  const roomIds = await roomsOf(db, userId);
  await eraseAuthor(db, userId, deadline);
  if (roomIds.length > 0) {
    await renameOwnChannel(db, roomIds, userId);
    for (const roomId of roomIds) await eraseFromRoomLog(db, roomId, userId, deadline);
  }
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('rooms')
      .set({ created_by: NIL_UUID, create_key: null })
      .where('created_by', '=', userId)
      .execute();
    // Not deleted: another node may be about to write one down as it was. Retention takes the rest.
    await trx
      .updateTable('sessions')
      .set({
        user_id: NIL_UUID,
        nickname: '',
        salt: '',
        generation: LAST_GENERATION,
        address: '',
        user_agent: '',
        ended_at: sql`coalesce(ended_at, last_used_at)`,
      })
      .where('user_id', '=', userId)
      .execute();
    await trx.deleteFrom('room_hosts').where('user_id', '=', userId).execute();
    await trx.deleteFrom('room_members').where('user_id', '=', userId).execute();
    // A network that is banned stays so: nobody lifts that by going.
    await trx
      .updateTable('room_bans')
      .set({ user_id: sql`gen_random_uuid()` })
      .where('user_id', '=', userId)
      .where('network', 'is not', null)
      .execute();
    await trx.deleteFrom('room_bans').where('user_id', '=', userId).execute();
  });
  return roomIds;
}

/** The rooms that the user was seen in and that are not closed. */
export async function openRoomsOf(db: Kysely<Tables>, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('rooms')
    .select('id')
    .where('closed_at', 'is', null)
    .where('id', 'in', seenIn(db, userId))
    .execute();
  return rows.map((row) => row.id).sort();
}

async function roomsOf(db: Kysely<Tables>, userId: string): Promise<string[]> {
  const rows = await seenIn(db, userId).execute();
  return rows.map((row) => row.room_id).sort();
}

function seenIn(db: Kysely<Tables>, userId: string) {
  return db
    .selectFrom('room_members')
    .select('room_id')
    .where('user_id', '=', userId)
    .union(db.selectFrom('room_hosts').select('room_id').where('user_id', '=', userId))
    .union(db.selectFrom('room_bans').select('room_id').where('user_id', '=', userId))
    .union(db.selectFrom('entries').select('room_id').where('user_id', '=', userId))
    .union(db.selectFrom('rooms').select('id as room_id').where('created_by', '=', userId));
}

async function eraseAuthor(
  db: Kysely<Tables>,
  userId: string,
  deadline: CallDeadline,
): Promise<void> {
  let touched = BATCH;
  while (touched >= BATCH) {
    deadline.check();
    const result = await sql`
      update entries set user_id = null, nickname = null
      where (room_id, channel, epoch, seq) in (
        select room_id, channel, epoch, seq from entries
        where user_id = ${userId}::uuid limit ${BATCH})`.execute(db);
    touched = Number(result.numAffectedRows ?? 0);
  }
}

/** The name holds the user's id; a random one in its place keeps what hosts wrote there. */
async function renameOwnChannel(
  db: Kysely<Tables>,
  roomIds: readonly string[],
  userId: string,
): Promise<void> {
  await db
    .updateTable('entries')
    .set({ channel: userChannel(randomUUID()) })
    .where('room_id', 'in', roomIds)
    .where('channel', '=', userChannel(userId))
    .execute();
}

async function eraseFromRoomLog(
  db: Kysely<Tables>,
  roomId: string,
  userId: string,
  deadline: CallDeadline,
): Promise<void> {
  let found = BATCH;
  while (found >= BATCH) {
    deadline.check();
    const rows = await db
      .selectFrom('entries')
      .select(['epoch', 'seq', 'payload'])
      .where('room_id', '=', roomId)
      .where('channel', '=', 'log')
      .where('payload', 'like', `%${userId}%`)
      .limit(BATCH)
      .execute();
    found = rows.length;
    if (found === 0) return;
    const erased = rows.map((row) => ({ ...row, payload: eraseFromLog(row.payload, userId) }));
    await sql`
      update entries set payload = erased.payload
      from json_to_recordset(${JSON.stringify(erased)}::json)
        as erased (epoch bigint, seq bigint, payload text)
      where room_id = ${roomId}::uuid and channel = 'log'
        and entries.epoch = erased.epoch and entries.seq = erased.seq`.execute(db);
  }
}
