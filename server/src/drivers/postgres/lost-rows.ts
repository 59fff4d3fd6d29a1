import { type Kysely, sql } from 'kysely';
import type { ArchiveRow } from '../../engine/history/entry-archive.port.js';
import type { Tables } from './tables.js';

/** Where to look for the first rows of epochs: from the one after `epoch` on. */
interface Place {
  readonly roomId: string;
  readonly channel: string;
  readonly epoch: number;
}

/**
 * Voids what a loss has taken, after these rows were inserted: where they begin a later epoch, what
 * older ones have above its `after`; and where they come late, when a later epoch has begun, those
 * of themselves. Each step is a range of the primary key: planned as a join it may become a scan of
 * the table. Where nothing was lost it is one look at the index for each channel.
 */
export async function voidLostRows(
  trx: Kysely<Tables>,
  rows: readonly ArchiveRow[],
): Promise<void> {
  await sql`
    update entries set voided = true where ctid = any(array(
      select lost.ctid
      from json_to_recordset(${JSON.stringify(placesOf(rows))}::json)
        as place ("roomId" uuid, channel text, epoch bigint)
      cross join lateral (
        select epoch, after from entries
        where room_id = place."roomId" and channel = place.channel
          and epoch > place.epoch and seq = 0 offset 0) as start
      cross join lateral (
        select ctid from entries
        where room_id = place."roomId" and channel = place.channel
          and (epoch, seq) > (coalesce(split_part(start.after, '-', 1)::bigint, -1),
            coalesce(split_part(start.after, '-', 2)::bigint, -1))
          and epoch < start.epoch and not voided offset 0) as lost))`.execute(trx);
}

/** Of each channel its oldest epoch among the rows, or the one before it where the rows begin it. */
function placesOf(rows: readonly ArchiveRow[]): Place[] {
  const places = new Map<string, Place>();
  for (const { roomId, channel, epoch, seq } of rows) {
    const name = `${roomId} ${channel}`;
    const from = seq === 0 ? epoch - 1 : epoch;
    const known = places.get(name);
    if (!known || from < known.epoch) places.set(name, { roomId, channel, epoch: from });
  }
  return [...places.values()];
}
