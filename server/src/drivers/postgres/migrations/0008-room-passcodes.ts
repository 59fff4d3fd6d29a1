import type { Kysely, Migration } from 'kysely';

/** What a room's passcode is compared with. */
export const roomPasscodes: Migration = {
  async up(db: Kysely<unknown>) {
    // Without a default: no row is rewritten, and a server of the version before goes on inserting.
    await db.schema.alterTable('rooms').addColumn('passcode_hash', 'text').execute();
  },
};
