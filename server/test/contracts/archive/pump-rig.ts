import pg from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { openPostgres } from '../../../src/drivers/postgres/open-database.js';
import { PostgresEntryArchive } from '../../../src/drivers/postgres/postgres-entry-archive.js';
import { PostgresRoomMemberArchive } from '../../../src/drivers/postgres/postgres-room-member-archive.js';
import { archivedKey, streamKey } from '../../../src/drivers/redis/keys.js';
import { openRedis } from '../../../src/drivers/redis/redis-clients.js';
import { createRedisStores } from '../../../src/drivers/redis/redis-stores.js';
import { ArchiveLag } from '../../../src/engine/history/archive-lag.js';
import { ArchivePump, type PumpParts } from '../../../src/engine/history/archive-pump.js';
import { archiveMembers } from '../../../src/engine/room/member-archiver.js';
import { systemClock } from '../../../src/engine/runtime/clock.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { type Metrics, noMetrics } from '../../../src/engine/runtime/metrics.js';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { noNotes } from '../../../src/engine/runtime/system-log.js';
import { afterFile } from '../../support/after-file.js';
import { createDatabase } from '../../support/services.js';
import { openProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { type RedisBackend, startRedisBackend } from '../stores/redis-driver.js';
import { appended, NEW_ROOM, newRecord } from '../stores/sample-rooms.js';
import { DEFAULT_OPTIONS, type StoreOptions, type Stores } from '../stores/store-driver.js';

type Faults = Partial<Pick<PumpParts, 'queue' | 'archive' | 'tags'>>;

/** One node's pump, as a node runs it, and what it counted. */
export interface PumpNode {
  readonly pump: ArchivePump;
  readonly queue: PumpParts['queue'];
  readonly archive: PumpParts['archive'];
  counted(name: string): number;
}

export interface ArchivedRow {
  readonly seq: number;
  readonly type: string;
  readonly payload: string;
}

/** A Redis and a PostgreSQL between which pumps carry entries; PostgreSQL behind a proxy. */
export interface PumpRig {
  readonly stores: Stores;
  readonly proxy: TcpProxy;
  /** Past the proxy. */
  readonly observer: pg.Client;
  /** A node's own connections, and its pump; with `faults` in place of parts of it. */
  node(faults?: (parts: Pick<PumpParts, 'queue' | 'archive'>) => Faults): Promise<PumpNode>;
  /** A room without entries. */
  room(): Promise<string>;
  rows(roomId: string, channel?: string): Promise<ArchivedRow[]>;
  /** Of the stream and the archive's position in it, at one moment. */
  stream(
    roomId: string,
  ): Promise<{ length: number; first: string | null; archived: string | null }>;
}

/**
 * Starts a Redis for a suite, and answers how a test gets empty stores and an empty database. What
 * pumps is stopped behind the test: the next one has the same Redis.
 */
export function usePumpRigs(): (changes?: Partial<StoreOptions>) => Promise<PumpRig> {
  let backend: RedisBackend | undefined;
  const nodes: PumpNode[] = [];

  beforeAll(async () => {
    backend = await startRedisBackend();
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(({ pump }) => pump.stop()));
  });
  afterAll(async () => {
    await backend?.[Symbol.asyncDispose]();
  });

  return (changes) => {
    if (!backend) throw new Error('Redis was not started');
    return openRig(backend, { ...DEFAULT_OPTIONS, ...changes }, (node) => nodes.push(node));
  };
}

async function openRig(
  backend: RedisBackend,
  options: StoreOptions,
  onNode: (node: PumpNode) => void,
): Promise<PumpRig> {
  const { url } = await createDatabase();
  const direct = new URL(url);
  const proxy = await openProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  const observer = new pg.Client({ connectionString: url });
  observer.on('error', () => {});
  await observer.connect();
  afterFile(() => observer.end());
  const openDatabase = (): Database => {
    const database = openPostgres({ url: proxied.href, logger: silentLogger });
    afterFile(() => database.close());
    return database;
  };
  await openDatabase().migrate();
  const stores = await backend.open(options);
  return {
    stores,
    proxy,
    observer,
    async node(faults) {
      const redis = await openRedis({
        urls: backend.service.url.split(','),
        logger: silentLogger,
        metrics: noMetrics,
      });
      afterFile(async () => {
        await redis.close();
      });
      const { queue } = createRedisStores(redis, options);
      const node = createPumpNode(queue, openDatabase(), faults);
      onNode(node);
      return node;
    },
    async room() {
      const record = newRecord(stores);
      await stores.rooms.put(record, { ...NEW_ROOM, isNew: false });
      return record.id;
    },
    async rows(roomId, channel = 'room') {
      const { rows } = await observer.query(
        `select seq::int, type, payload from entries
         where room_id = $1 and channel = $2 order by epoch, seq`,
        [roomId, channel],
      );
      return rows as ArchivedRow[];
    },
    async stream(roomId) {
      const key = streamKey(roomId, 'room');
      const [length, oldest, archived] = await backend.redis.calls.callAll([
        ['XLEN', key],
        ['XRANGE', key, '-', '+', 'COUNT', 1],
        ['HGET', archivedKey(roomId), 'room'],
      ]);
      const [first] = oldest as [string, unknown][];
      return {
        length: Number(length),
        first: first?.[0] ?? null,
        archived: archived as string | null,
      };
    },
  };
}

function createPumpNode(
  queue: PumpParts['queue'],
  database: Database,
  faults: (parts: Pick<PumpParts, 'queue' | 'archive'>) => Faults = () => ({}),
): PumpNode {
  const counts = new Map<string, number>();
  const metrics: Metrics = {
    ...noMetrics,
    count: (name, _labels, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
  };
  const archive = new PostgresEntryArchive(database);
  const members = new PostgresRoomMemberArchive(database);
  const pump = new ArchivePump({
    queue,
    archive,
    onRows: (rows) => archiveMembers(rows, members, silentLogger),
    tags: () => ALL_TAGS,
    lag: new ArchiveLag(systemClock, noNotes),
    clock: systemClock,
    logger: silentLogger,
    metrics,
    ...faults({ queue, archive }),
  });
  return { pump, queue, archive, counted: (name) => counts.get(name) ?? 0 };
}

/** Appends so many entries to a room, the payload of each its number from `from` on. */
export async function fill(
  { stores }: PumpRig,
  roomId: string,
  count: number,
  from = 0,
): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, n) => from + n);
  const ids: string[] = [];
  for (const n of numbers) ids.push(await appended(stores, roomId, { payloadJson: `${n}` }));
  return ids;
}

/** What the archive holds of a room that has all of these entries, and each once. */
export function whole(count: number): ArchivedRow[] {
  return Array.from({ length: count }, (_, n) => ({ seq: n, type: 'chat', payload: `${n}` }));
}
