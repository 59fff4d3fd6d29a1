import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtModule } from '../../../src/drivers/postgres/built-module.js';
import { DataFolderLock } from '../../../src/drivers/postgres/data-folder-lock.js';
import { openEmbedded } from '../../../src/drivers/postgres/open-database.js';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { afterFile } from '../../support/after-file.js';
import { FIRST_START_MS, roomRecord, temporaryFolder } from './archive-drivers.js';

/** What only the archive inside the process has: its folder, and a worker that may end. */

const logger = silentLogger;

/** Another process that holds the folder until it is killed. */
async function holdElsewhere(dataDir: string): Promise<ChildProcess> {
  const program = `
    import { DataFolderLock } from ${JSON.stringify(builtModule('data-folder-lock').href)};
    await DataFolderLock.acquire(process.argv[1]);
    process.stdout.write('held');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterFile(() => void child.kill('SIGKILL'));
  await new Promise<void>((held, failed) => {
    child.stdout?.once('data', () => held());
    child.once('exit', () => failed(new Error('the other process ended')));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((exit) => {
    child.once('exit', exit);
  });
  child.kill('SIGKILL');
  await ended;
}

describe('the lock of the data folder', () => {
  it.each([
    ['a short path', ''],
    ['a path too long for a socket', 'deep/'.repeat(30)],
  ])('keeps a second process out and names the first: %s', async (_, below) => {
    const folder = join(await temporaryFolder(), below);
    await mkdir(folder, { recursive: true });
    const other = await holdElsewhere(folder);
    await expect(openEmbedded({ dataDir: folder, logger })).rejects.toThrow(
      `in use by process ${other.pid}`,
    );
    await kill(other);
    const lock = await DataFolderLock.acquire(folder);
    await expect(DataFolderLock.acquire(folder)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await lock.release();
    await (await DataFolderLock.acquire(folder)).release();
  });

  it('of many who find the lock of a dead process, one gets it', async () => {
    const folder = await temporaryFolder();
    await kill(await holdElsewhere(folder));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, () => DataFolderLock.acquire(folder)),
    );
    const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(held).toHaveLength(1);
    for (const { value } of held) await value.release();
  });
});

describe('the embedded archive', () => {
  // Creating one takes seconds, so the tests share it; each opens it anew.
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
    await using database = await openEmbedded({ dataDir, logger });
    await database.migrate();
  }, FIRST_START_MS);

  it('keeps what was written over a restart', async () => {
    const room = roomRecord();
    {
      await using database = await openEmbedded({ dataDir, logger });
      const rooms = new PostgresRoomArchive(database);
      await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
    }
    await using database = await openEmbedded({ dataDir, logger });
    await database.migrate();
    expect(await new PostgresRoomArchive(database).findRoom(room.id)).toEqual(room);
  });

  it('a statement that takes too long rejects all who wait, and the archive goes on', async () => {
    await using database = await openEmbedded({ dataDir, logger });
    const rooms = new PostgresRoomArchive(database);
    const room = roomRecord();
    await rooms.insertRoom(room, { createKey: null, pinUntil: 9_000_000 });
    const slow = sql`select count(*) from generate_series(1, 100000000000)`.execute(
      database.queries,
    );
    const stuck = expect(slow).rejects.toThrow('no answer');
    const start = performance.now();
    await expect(rooms.findRoom(room.id)).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(4_000);
    await stuck;
    expect(await rooms.findRoom(room.id)).toEqual(room);
  });

  it('errors of the server keep their code, constraint and detail', async () => {
    await using database = await openEmbedded({ dataDir, logger });
    const row = { pin: '1234', room_id: randomUUID(), until: 1, resting: false };
    const twice = database.queries.insertInto('pins').values([row, row]).execute();
    await expect(twice).rejects.toMatchObject({
      code: '23505',
      constraint: 'pins_pkey',
      detail: 'Key (pin)=(1234) already exists.',
    });
    await expect(sql`select 1 +`.execute(database.queries)).rejects.toMatchObject({
      code: '42601',
    });
    await database.ping();
  });

  it('a closed archive answers nobody', async () => {
    const database = await openEmbedded({ dataDir, logger });
    await Promise.all([database.close(), database.close()]);
    await expect(database.ping()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
