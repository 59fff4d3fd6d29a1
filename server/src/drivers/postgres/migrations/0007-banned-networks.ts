import type { Kysely, Migration } from 'kysely';

/** With a user, a host may keep out everybody new who comes from the same network. */
export const bannedNetworks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('room_bans').addColumn('network', 'text').execute();
  },
};
