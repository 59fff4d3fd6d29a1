import type { Kysely, Migration } from 'kysely';

/** Who may not come back to a room: written before the ban is answered, so no loss lifts it. */
export const roomBans: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('room_bans')
      .addColumn('room_id', 'uuid', (column) => column.notNull())
      .addColumn('user_id', 'uuid', (column) => column.notNull())
      .addColumn('banned_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('room_bans_pkey', ['room_id', 'user_id'])
      .execute();
    // For erasing a user.
    await db.schema.createIndex('room_bans_user_id').on('room_bans').column('user_id').execute();
  },
};
