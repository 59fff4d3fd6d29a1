import type { Room } from '@pinroom/client/contract';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openPostgres } from '../../src/drivers/postgres/open-database.js';
import { PostgresEntryArchive } from '../../src/drivers/postgres/postgres-entry-archive.js';
import { PostgresRetentionArchive } from '../../src/drivers/postgres/postgres-retention-archive.js';
import { PostgresRoomArchive } from '../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresRoomBanArchive } from '../../src/drivers/postgres/postgres-room-ban-archive.js';
import { PostgresRoomMemberArchive } from '../../src/drivers/postgres/postgres-room-member-archive.js';
import { PostgresRoomStateArchive } from '../../src/drivers/postgres/postgres-room-state-archive.js';
import { openRedis } from '../../src/drivers/redis/redis-clients.js';
import { createRedisStores, type RedisStores } from '../../src/drivers/redis/redis-stores.js';
import { TokenSecrets } from '../../src/engine/auth/token-secrets.js';
import { ArchiveLag } from '../../src/engine/history/archive-lag.js';
import { ArchivePump } from '../../src/engine/history/archive-pump.js';
import { RoomCloser } from '../../src/engine/room/close-room.js';
import { Housekeeping } from '../../src/engine/room/housekeeping.js';
import { type PinPolicy, RoomOpener } from '../../src/engine/room/open-room.js';
import { Retention } from '../../src/engine/room/retention.js';
import { RoomDirectory } from '../../src/engine/room/room-directory.js';
import { systemClock } from '../../src/engine/runtime/clock.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { OwedWork } from '../../src/engine/runtime/owed-work.js';
import { ALL_TAGS, systemRandom } from '../../src/engine/runtime/random.js';
import { noNotes } from '../../src/engine/runtime/system-log.js';
import { afterFile } from './after-file.js';

/** As many rooms as one likes. */
const UNCOUNTED = { take: async () => {}, giveBack: async () => {} };

export interface HouseOptions {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly pinPolicy: PinPolicy;
  readonly reserveMs: number;
  readonly roomTtlMs: number;
  readonly openingMs: number;
}

/** What opens, closes and looks after rooms, over the real drivers, with waiting times of one's own. */
export interface House extends Pick<RedisStores, 'pins' | 'rooms'> {
  readonly archive: PostgresRoomArchive;
  readonly directory: RoomDirectory;
  readonly closer: RoomCloser;
  /** A connection to look at the data with. */
  readonly redis: Redis;
  /** Rows of a query on the archive's database. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Opens a room; `wanted` is the first candidate of the first draw. */
  open(wish: { userId: string; key?: string; wanted?: string }): Promise<Room>;
  /** Archive pump and housekeeping; ended with the file. */
  startHousekeeping(): void;
}

const AUDIT_MS = 200;

export async function openHouse(options: HouseOptions): Promise<House> {
  const { redisUrl, databaseUrl, pinPolicy, reserveMs, roomTtlMs, openingMs } = options;
  const around = {
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    log: noNotes,
    mayJudge: () => true,
    isRecovering: () => false,
    tags: () => ALL_TAGS,
  };
  const redis = await openRedis({ urls: [redisUrl], ...around });
  const stores = createRedisStores(redis, { channelKeep: 1_000, backlogEntries: 100_000 });
  const database = openPostgres({ url: databaseUrl, ...around });
  await database.migrate();
  const archive = new PostgresRoomArchive(database);
  const entries = new PostgresEntryArchive(database);
  const { members, people, pins, queue, rooms } = stores;
  const owed = new OwedWork(around.clock, around.logger);
  const shared = { ...around, rooms, pins, archive, members, owed, people, queue };
  const directory = new RoomDirectory({
    watch: { note() {} },
    ...shared,
    entries,
    bans: new PostgresRoomBanArchive(database),
    states: new PostgresRoomStateArchive(database),
  });
  const pump = new ArchivePump({
    ...around,
    queue,
    archive: entries,
    onRows: async () => {},
    lag: new ArchiveLag(around.clock, noNotes),
  });
  const closer = new RoomCloser({
    ...shared,
    states: { save: async () => {} },
    quarantineMs: pinPolicy.quarantineMs,
    hurry: () => pump.hurry(),
  });
  const housekeeping = new Housekeeping({
    ...shared,
    directory,
    closer,
    retention: new Retention({
      ...around,
      archive: new PostgresRetentionArchive(database),
      members: new PostgresRoomMemberArchive(database),
      pages: stores.pages,
      rooms,
      archiveDays: 0,
    }),
    openingMs,
    auditMs: AUDIT_MS,
    graceMs: 30_000,
    mayJudge: () => true,
    isRecovering: () => false,
  });
  const look = new Redis(redisUrl);
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  // The pool has ended before its connection has, which the end of the database then cuts.
  sql.on('connect', (client) => client.on('error', () => {}));
  afterFile(async () => {
    await housekeeping.stop();
    await pump.stop();
    look.disconnect();
    await sql.end();
    await database[Symbol.asyncDispose]();
    await redis.close();
  });

  return {
    pins,
    rooms,
    archive,
    directory,
    closer,
    redis: look,
    async query<Row>(text: string, values: readonly unknown[] = []) {
      return (await sql.query(text, [...values])).rows as Row[];
    },
    async open({ userId, key, wanted }) {
      const opener = new RoomOpener({
        limiters: { rooms: UNCOUNTED, roomsOfNetwork: UNCOUNTED },
        ...shared,
        directory,
        secrets: new TokenSecrets(['a secret of this test, long enough']),
        random: { bytes: systemRandom.bytes, int: firstWanted(wanted) },
        pinPolicy,
        roomTtlMs,
        roomMaxMs: 600_000,
        reserveMs,
      });
      return (await opener.open({ userId, network: 'n' }, key === undefined ? {} : { key })).room;
    },
    startHousekeeping() {
      pump.start();
      housekeeping.start();
    },
  };
}

/** Chance, but for its first answer. */
function firstWanted(wanted: string | undefined): (min: number, max: number) => number {
  let first = wanted;
  return (min, max) => {
    const pin = Number(first ?? systemRandom.int(min, max));
    first = undefined;
    return pin;
  };
}
