import { type Kysely, type Migration, sql } from 'kysely';

/** Ids and channels compare as bytes: the order never depends on the server's locale. */
const text = sql`text collate "C"`;

/**
 * Rooms, hosts, members, PINs, entries, sessions. No foreign keys: entries and members are written
 * by the archive in its own time, also while their room is being deleted.
 */
export const initialSchema: Migration = {
  async up(db: Kysely<unknown>) {
    await createRoomTables(db);
    await db.schema
      .createTable('entries')
      .addColumn('room_id', 'uuid', (column) => column.notNull())
      .addColumn('channel', text, (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('user_id', 'uuid')
      .addColumn('nickname', 'text')
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('key', 'text')
      .addColumn('after', 'text')
      .addPrimaryKeyConstraint('entries_pkey', ['room_id', 'channel', 'epoch', 'seq'])
      .execute();
    // Only for erasing a user; every row with an author is in it.
    await sql`create index entries_user_id on entries (user_id) where user_id is not null`.execute(
      db,
    );
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('user_id', 'uuid', (column) => column.notNull())
      .addColumn('nickname', 'text', (column) => column.notNull())
      .addColumn('salt', 'text', (column) => column.notNull())
      .addColumn('generation', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('rotated_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint')
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .execute();
    await sql`create index sessions_over on sessions (least(expires_at, ended_at))`.execute(db);
    await db.schema.createIndex('sessions_user_id').on('sessions').column('user_id').execute();
  },
};

async function createRoomTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rooms')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('pin', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('created_by', 'uuid', (column) => column.notNull())
    .addColumn('create_key', 'text')
    .addColumn('capacity', 'integer', (column) => column.notNull())
    .addColumn('locked', 'boolean', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('rev', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('ttl_ms', 'bigint', (column) => column.notNull())
    .addColumn('max_until', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('close_reason', 'text')
    .execute();
  await sql`create unique index rooms_create_key on rooms (created_by, create_key)
    where create_key is not null`.execute(db);
  await sql`create index rooms_open_created_at on rooms (created_at) where closed_at is null`.execute(
    db,
  );
  await sql`create index rooms_open_max_until on rooms (max_until) where closed_at is null`.execute(
    db,
  );
  await sql`create index rooms_closed_at on rooms (closed_at) where closed_at is not null`.execute(
    db,
  );
  await db.schema
    .createTable('room_hosts')
    .addColumn('room_id', 'uuid', (column) => column.notNull())
    .addColumn('user_id', 'uuid', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('room_hosts_pkey', ['room_id', 'user_id'])
    .execute();
  await db.schema.createIndex('room_hosts_user_id').on('room_hosts').column('user_id').execute();
  await db.schema
    .createTable('room_members')
    .addColumn('room_id', 'uuid', (column) => column.notNull())
    .addColumn('user_id', 'uuid', (column) => column.notNull())
    .addColumn('nickname', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('joined_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('room_members_pkey', ['room_id', 'user_id'])
    .execute();
  await db.schema
    .createIndex('room_members_user_id')
    .on('room_members')
    .column('user_id')
    .execute();
  await db.schema
    .createTable('pins')
    .addColumn('pin', text, (column) => column.primaryKey())
    .addColumn('room_id', 'uuid', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('resting', 'boolean', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('pins_room_id').on('pins').column('room_id').execute();
}
