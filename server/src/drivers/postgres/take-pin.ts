import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

export interface WantedPin {
  readonly pin: string;
  readonly roomId: string;
  /** It may be taken from a room where it has rested until then. */
  readonly at: number;
  readonly until: number;
}

/** Takes the PIN for the room unless another one has it, or it rests. False: it is not the room's. */
export async function takePin(trx: Kysely<Tables>, wanted: WantedPin): Promise<boolean> {
  const { at, pin, roomId, until } = wanted;
  const taken = await trx
    .insertInto('pins')
    .values({ pin, room_id: roomId, until, resting: false })
    .onConflict((conflict) =>
      conflict
        .column('pin')
        .doUpdateSet({ room_id: roomId, until, resting: false })
        .where((where) =>
          where.or([
            where.and([where('pins.resting', '=', true), where('pins.until', '<=', at)]),
            // The same call again.
            where.and([where('pins.resting', '=', false), where('pins.room_id', '=', roomId)]),
          ]),
        ),
    )
    .returning('pin')
    .executeTakeFirst();
  return taken !== undefined;
}
