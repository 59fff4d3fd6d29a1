import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Entries that a loss of Redis' data has voided: readers must not get them, and they stay for who
 * looks after a Redis that came back from an old backup.
 */
export const voidedEntries: Migration = {
  async up(db: Kysely<unknown>) {
    // Constant default: no row is rewritten, and a server of the version before goes on inserting.
    await db.schema
      .alterTable('entries')
      .addColumn('voided', 'boolean', (column) => column.notNull().defaultTo(sql`false`))
      .execute();
  },
};
