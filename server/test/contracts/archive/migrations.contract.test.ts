import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { schemaState } from '../../../src/drivers/postgres/migrate-schema.js';
import { ALL_MIGRATIONS } from '../../../src/drivers/postgres/migrations/all-migrations.js';
import { openPostgres } from '../../../src/drivers/postgres/open-database.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { createDatabase } from '../../support/services.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS } from './archive-drivers.js';

describe('migrations on PostgreSQL', () => {
  it('20 servers that start at once bring an empty database forward together', async () => {
    const { url } = await createDatabase();
    const databases = Array.from({ length: 20 }, () => openPostgres({ url, logger: silentLogger }));
    try {
      await Promise.all(databases.map((database) => database.migrate()));
      const [first] = databases;
      if (first === undefined) throw new Error('no database');
      const { rows } = await sql`select name from kysely_migration order by name`.execute(
        first.queries,
      );
      expect(rows).toEqual(
        Object.keys(ALL_MIGRATIONS)
          .sort()
          .map((name) => ({ name })),
      );
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  });

  it('a migration that came in after later ones have run is made up for', async () => {
    const { url } = await createDatabase();
    await using database = openPostgres({ url, logger: silentLogger });
    await database.migrate();
    await sql`drop table system_log`.execute(database.queries);
    await sql`delete from kysely_migration where name = '0006-system-log'`.execute(
      database.queries,
    );
    await database.migrate();
    const { rows } = await sql`select * from system_log`.execute(database.queries);
    expect(rows).toEqual([]);
  });

  it('a database with tables of somebody else is refused, and left alone', async () => {
    const { url } = await createDatabase();
    await using database = openPostgres({ url, logger: silentLogger });
    await sql`create table rooms (number int)`.execute(database.queries);
    await expect(database.migrate()).rejects.toThrow(/did not make \(rooms\)/);
    await expect(schemaState(database.queries)).rejects.toThrow(/another application/);
    const { rows } = await sql`select to_regclass('entries') as made`.execute(database.queries);
    expect(rows).toEqual([{ made: null }]);
  });

  it('a server that is away is unavailable, not a wrong schema', async () => {
    await using database = openPostgres({
      url: 'postgres://nobody@127.0.0.1:1/none',
      logger: silentLogger,
    });
    await expect(database.migrate()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe.each(ARCHIVE_DRIVERS)('migrations on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  }, FIRST_START_MS);

  /** As if another server had run it. */
  const note = (name: string) =>
    sql`insert into kysely_migration values (${name}, '2030-01-01')`.execute(database.queries);
  const forget = (name: string) =>
    sql`delete from kysely_migration where name = ${name}`.execute(database.queries);

  it('can be repeated', async () => {
    await database.migrate();
    await database.ping();
  });

  it('an older server goes on with the schema of a newer one', async () => {
    await note('9999-later');
    await database.migrate();
    await database.ping();
    await forget('9999-later');
  });

  it('a schema that is not of this application is refused', async () => {
    await note('0000-other');
    await expect(database.migrate()).rejects.toThrow('0000-other');
    await forget('0000-other');
    await database.migrate();
  });
});
