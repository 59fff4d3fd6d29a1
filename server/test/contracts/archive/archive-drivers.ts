import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { openEmbedded, openPostgres } from '../../../src/drivers/postgres/open-database.js';
import type { RoomRecord } from '../../../src/engine/room/room-record.port.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { afterFile } from '../../support/after-file.js';
import { putArchive } from '../../support/prepared-archive.js';
import { createDatabase } from '../../support/services.js';
import { until } from '../../support/until.js';

/** Both kinds of archive; every contract holds for each. */
export const ARCHIVE_DRIVERS: readonly { name: string; open(): Promise<Database> }[] = [
  { name: 'PostgreSQL', open: openServerDatabase },
  { name: 'embedded', open: openEmbeddedDatabase },
];

/** The embedded archive is created in seconds, on a busy machine in many. */
export const FIRST_START_MS = 90_000;

/** An empty, migrated archive; closed when the test file is over. */
async function openServerDatabase(): Promise<Database> {
  const { url } = await createDatabase();
  return migrated(openPostgres({ url, logger: silentLogger }));
}

async function openEmbeddedDatabase(): Promise<Database> {
  const dataDir = await temporaryFolder();
  await putArchive(dataDir);
  return migrated(await openEmbedded({ dataDir, logger: silentLogger }));
}

async function migrated(database: Database): Promise<Database> {
  afterFile(() => database.close());
  await database.migrate();
  return database;
}

/** Repeats a call that the archive had no time for, as its callers do: the machine may be busy. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const { result } = await until(async () => ({ result: await call() }), 15_000);
  return result;
}

/** Removed when the test file is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinroom-archive-'));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A PIN that no other test has. */
export function anyPin(): string {
  return String(randomInt(100_000_000_000, 999_999_999_999));
}

/** An open room of a new user, unless told otherwise. */
export function roomRecord(changes: Partial<RoomRecord> = {}): RoomRecord {
  const createdBy = changes.createdBy ?? randomUUID();
  return {
    id: randomUUID(),
    pin: anyPin(),
    title: 'A room 🎲',
    createdBy,
    hostIds: [createdBy],
    locked: false,
    capacity: 100,
    settings: {
      playersMaySend: true,
      typesByRole: { player: ['answer'] },
      slowModeSeconds: 0,
      approval: false,
      hostGraceSeconds: 60,
      onHostGone: 'keep',
      passcodeRequired: false,
    },
    passcodeHash: null,
    rev: 1,
    createdAt: 1_000_000,
    ttlMs: 14_400_000,
    maxUntil: 87_400_000,
    closedAt: null,
    closeReason: null,
    ...changes,
  };
}
