import type { Room } from '@pinroom/client/contract';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { openPostgres } from '../../src/drivers/postgres/open-database.js';
import { PostgresEntryArchive } from '../../src/drivers/postgres/postgres-entry-archive.js';
import { PostgresRetentionArchive } from '../../src/drivers/postgres/postgres-retention-archive.js';
import { PostgresRoomArchive } from '../../src/drivers/postgres/postgres-room-archive.js';
import { PostgresRoomBanArchive } from '../../src/drivers/postgres/postgres-room-ban-archive.js';
import { PostgresRoomMemberArchive } from '../../src/drivers/postgres/postgres-room-member-archive.js';
import { PostgresRoomPinArchive } from '../../src/drivers/postgres/postgres-room-pin-archive.js';
import { PostgresRoomStateArchive } from '../../src/drivers/postgres/postgres-room-state-archive.js';
import { openRedis } from '../../src/drivers/redis/redis-clients.js';
import { createRedisStores, type RedisStores } from '../../src/drivers/redis/redis-stores.js';
import type { Caller } from '../../src/engine/auth/caller.port.js';
import { TokenSecrets } from '../../src/engine/auth/token-secrets.js';
import { ArchiveLag } from '../../src/engine/history/archive-lag.js';
import { ArchivePump } from '../../src/engine/history/archive-pump.js';
import { RoomAccess } from '../../src/engine/room/access.js';
import type { PinPolicy } from '../../src/engine/room/allocate-pin.js';
import { RoomCloser } from '../../src/engine/room/close-room.js';
import { Housekeeping } from '../../src/engine/room/housekeeping.js';
import { RoomOpener } from '../../src/engine/room/open-room.js';
import { PinReplacer } from '../../src/engine/room/replace-pin.js';
import { Retention } from '../../src/engine/room/retention.js';
import { RoomDirectory } from '../../src/engine/room/room-directory.js';
import { systemClock } from '../../src/engine/runtime/clock.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { OwedWork } from '../../src/engine/runtime/owed-work.js';
import { ALL_TAGS, systemRandom } from '../../src/engine/runtime/random.js';
import { noNotes } from '../../src/engine/runtime/system-log.js';
import { afterFile } from './after-file.js';
import { connectToRedis } from './connect-to-redis.js';

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
  /**
   * Gives a room of this host another PIN. With `dieAfter` nothing more is done behind that step, as
   * if the process had died there: the call never ends.
   */
  newPin(
    wish: { userId: string; roomId: string; current: string; wanted?: string },
    dieAfter?: NewPinStep,
  ): Promise<Room>;
  /** Archive pump and housekeeping; ended with the file. */
  startHousekeeping(): void;
}

const AUDIT_MS = 200;

/** The steps of replacing a PIN, in their order, and who carries them out. */
export const NEW_PIN_STEPS = {
  reserve: 'pins',
  takePin: 'pinArchive',
  confirm: 'pins',
  update: 'rooms',
  saveRoom: 'archive',
  restPin: 'pinArchive',
  release: 'pins',
} as const;
export type NewPinStep = keyof typeof NEW_PIN_STEPS;

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
  const redis = await openRedis({ urls: redisUrl.split(','), ...around });
  const stores = createRedisStores(redis, { channelKeep: 1_000, backlogEntries: 100_000 });
  const database = openPostgres({ url: databaseUrl, ...around });
  await database.migrate();
  const archive = new PostgresRoomArchive(database);
  const entries = new PostgresEntryArchive(database);
  const pinArchive = new PostgresRoomPinArchive(database);
  const { members, people, pins, queue, rooms, waiting } = stores;
  const owed = new OwedWork(around.clock, around.logger);
  const shared = { ...around, rooms, pins, archive, members, owed, people, queue, waiting };
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
  const look = connectToRedis(redisUrl);
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  // The pool has ended before its connection has, which the end of the database then cuts: both tell it.
  sql.on('error', () => {});
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
    async newPin({ userId, roomId, current, wanted }, dieAfter) {
      const life = { isOver: false };
      const mortal = <T extends object>(part: string, object: T) =>
        dieAfter
          ? mortalPart(object, life, NEW_PIN_STEPS[dieAfter] === part ? dieAfter : null)
          : object;
      const replacer = new PinReplacer({
        ...around,
        limiters: { rooms: UNCOUNTED, roomsOfNetwork: UNCOUNTED },
        pins: mortal('pins', pins),
        rooms: mortal('rooms', rooms),
        archive: mortal('archive', archive),
        pinArchive: mortal('pinArchive', pinArchive),
        access: new RoomAccess({
          members,
          directory,
          memberArchive: new PostgresRoomMemberArchive(database),
          localRooms: { holds: () => false, refresh: async () => {} },
        }),
        directory,
        owed: new OwedWork(systemClock, silentLogger),
        random: { bytes: systemRandom.bytes, int: firstWanted(wanted) },
        pinPolicy,
        reserveMs,
      });
      const caller = { ...CALLER, userId };
      return (await replacer.replace(caller, { roomId, current })).room;
    },
    startHousekeeping() {
      pump.start();
      housekeeping.start();
    },
  };
}

const CALLER: Caller = {
  kind: 'user',
  userId: '',
  sessionId: '',
  nickname: '',
  authorisedUntil: Number.MAX_SAFE_INTEGER,
  sessionExpiresAt: Number.MAX_SAFE_INTEGER,
  sessionEndsBy: Number.MAX_SAFE_INTEGER,
  network: 'n',
};

/** A part of a process whose life ends right after one step, if it is one of this part. */
function mortalPart<T extends object>(
  object: T,
  life: { isOver: boolean },
  lastStep: string | null,
): T {
  const never = new Promise(() => {});
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (life.isOver) return never;
        const result: unknown = await value.apply(target, args);
        if (name !== lastStep) return result;
        life.isOver = true;
        return never;
      };
    },
  });
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
