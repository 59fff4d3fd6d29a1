import { type Kysely, type Migration, sql } from 'kysely';

/** Names compare as bytes, as everywhere. */
const text = sql`text collate "C"`;

/** What the system said of itself: ids are `<ms>-<seq>`, and unlike entries of a room may come twice. */
export const systemLog: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('system_log')
      .addColumn('ms', 'bigint', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('key', text, (column) => column.notNull())
      .addColumn('node_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('type', text, (column) => column.notNull())
      .addColumn('level', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('system_log_pkey', ['ms', 'seq', 'key'])
      .execute();
    await db.schema
      .createIndex('system_log_type')
      .on('system_log')
      .columns(['type', 'ms', 'seq'])
      .execute();
  },
};
