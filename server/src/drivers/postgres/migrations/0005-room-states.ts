import type { Kysely, Migration } from 'kysely';

/**
 * The last state of each room as JSON text. It goes with its room whoever deletes that, a node of the
 * version before too.
 */
export const roomStates: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('room_states')
      .addColumn('room_id', 'uuid', (column) =>
        column.primaryKey().references('rooms.id').onDelete('cascade'),
      )
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('saved_at', 'bigint', (column) => column.notNull())
      .execute();
  },
};
