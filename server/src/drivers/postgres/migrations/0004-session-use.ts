import type { Kysely, Migration } from 'kysely';

/** When and from where a session was used last, for its owner to see. */
export const sessionUse: Migration = {
  async up(db: Kysely<unknown>) {
    // Constant defaults: no row is rewritten, and a server of the version before goes on inserting.
    await db.schema
      .alterTable('sessions')
      .addColumn('last_used_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('address', 'text', (column) => column.notNull().defaultTo(''))
      .addColumn('user_agent', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
  },
};
