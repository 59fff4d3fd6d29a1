import type { Config } from '../config/config.js';
import { createMemoryStores } from '../drivers/memory/memory-stores.js';
import { PostgresEntryArchive } from '../drivers/postgres/postgres-entry-archive.js';
import { PostgresRetentionArchive } from '../drivers/postgres/postgres-retention-archive.js';
import { PostgresRoomArchive } from '../drivers/postgres/postgres-room-archive.js';
import { PostgresRoomBanArchive } from '../drivers/postgres/postgres-room-ban-archive.js';
import { PostgresRoomMemberArchive } from '../drivers/postgres/postgres-room-member-archive.js';
import { PostgresRoomPinArchive } from '../drivers/postgres/postgres-room-pin-archive.js';
import { PostgresRoomStateArchive } from '../drivers/postgres/postgres-room-state-archive.js';
import { PostgresSessionArchive } from '../drivers/postgres/postgres-session-archive.js';
import { PostgresSystemLogArchive } from '../drivers/postgres/postgres-system-log-archive.js';
import type { RedisClients } from '../drivers/redis/redis-clients.js';
import { createRedisStores } from '../drivers/redis/redis-stores.js';
import type { EndedSessionList } from '../engine/auth/ended-session-list.port.js';
import type { SessionArchive } from '../engine/auth/session-archive.port.js';
import type { SessionStore } from '../engine/auth/session-store.port.js';
import type { FanoutBus } from '../engine/fanout/fanout-bus.port.js';
import type { RoomFeed } from '../engine/feed/room-feed.port.js';
import type { ArchiveQueue } from '../engine/history/archive-queue.port.js';
import type { EntryArchive } from '../engine/history/entry-archive.port.js';
import type { PageCache } from '../engine/history/page-cache.port.js';
import type { SystemLogArchive } from '../engine/history/system-log-archive.port.js';
import type { MemberStore } from '../engine/room/member-store.port.js';
import type { OpenRooms } from '../engine/room/open-rooms.port.js';
import type { PasscodeTries } from '../engine/room/passcode-tries.port.js';
import type { People } from '../engine/room/people.port.js';
import type { PinRegistry } from '../engine/room/pin-registry.port.js';
import type { RetentionArchive } from '../engine/room/retention-archive.port.js';
import type { RoomArchive } from '../engine/room/room-archive.port.js';
import type { RoomBanArchive } from '../engine/room/room-ban-archive.port.js';
import type { RoomMemberArchive } from '../engine/room/room-member-archive.port.js';
import type { RoomPinArchive } from '../engine/room/room-pin-archive.port.js';
import type { RoomSnapshots } from '../engine/room/room-snapshots.port.js';
import type { RoomStateArchive } from '../engine/room/room-state-archive.port.js';
import type { RoomStateStore } from '../engine/room/room-state-store.port.js';
import type { RoomStore } from '../engine/room/room-store.port.js';
import type { WaitingList } from '../engine/room/waiting-list.port.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Leases } from '../engine/runtime/leases.port.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import type { NodeDirectory } from '../engine/runtime/node-directory.port.js';
import type { ResourceStack } from '../engine/runtime/resource-stack.js';
import type { SystemLogStore } from '../engine/runtime/system-log.port.js';
import { storeLimits } from './choose-limits.js';
import type { Backend } from './health.js';
import { openArchive } from './open-archive.js';
import { connectRedis } from './open-redis.js';

/** What is hot. */
export interface Stores {
  readonly rooms: RoomStore;
  readonly members: MemberStore;
  readonly waiting: WaitingList;
  readonly people: People;
  readonly pins: PinRegistry;
  readonly passcodes: PasscodeTries;
  readonly feed: RoomFeed;
  readonly states: RoomStateStore;
  readonly snapshots: RoomSnapshots;
  readonly sessions: SessionStore;
  readonly endedSessions: EndedSessionList;
  readonly queue: ArchiveQueue;
  readonly pages: PageCache;
  readonly leases: Leases;
  readonly openRooms: OpenRooms;
  readonly nodes: NodeDirectory;
  readonly systemLog: SystemLogStore;
}

/** What is for good. */
export interface Archives {
  readonly rooms: RoomArchive;
  readonly members: RoomMemberArchive;
  readonly bans: RoomBanArchive;
  readonly pins: RoomPinArchive;
  readonly states: RoomStateArchive;
  readonly entries: EntryArchive;
  readonly sessions: SessionArchive;
  readonly retention: RetentionArchive;
  readonly systemLog: SystemLogArchive;
}

export interface Drivers {
  readonly stores: Stores;
  readonly archives: Archives;
  /** Null: the transport brings the bus, over the Redis clients. */
  readonly bus: FanoutBus | null;
  readonly redis: RedisClients | null;
  readonly backends: readonly Backend[];
  /** For people: what runs. */
  readonly description: string;
}

interface Surroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Opens the drivers that the configuration asks for; the stack closes them. The only switch on technology. */
export async function chooseDrivers(around: Surroundings, stack: ResourceStack): Promise<Drivers> {
  const { clock, config } = around;
  const database = await openArchive(around, stack);
  const archives: Archives = {
    rooms: new PostgresRoomArchive(database),
    members: new PostgresRoomMemberArchive(database),
    bans: new PostgresRoomBanArchive(database),
    pins: new PostgresRoomPinArchive(database),
    states: new PostgresRoomStateArchive(database),
    entries: new PostgresEntryArchive(database),
    sessions: new PostgresSessionArchive(database),
    retention: new PostgresRetentionArchive(database),
    systemLog: new PostgresSystemLogArchive(database),
  };
  const archiveName = config.databaseUrl === null ? 'embedded archive' : 'PostgreSQL';
  const archiveBackend: Backend = {
    name: config.databaseUrl === null ? 'archive' : 'postgres',
    ping: () => database.ping(),
  };
  const { backlogEntries, channelKeep } = config;
  const options = { backlogEntries, channelKeep, ...storeLimits(config.rates) };
  if (config.redisUrls === null) {
    const { bus, ...stores } = createMemoryStores({ clock, ...options });
    return {
      stores,
      archives,
      bus,
      redis: null,
      backends: [archiveBackend],
      description: `memory + ${archiveName}`,
    };
  }
  const { redis } = await connectRedis(config.redisUrls, around, stack);
  return {
    stores: await createRedisStores(redis, options),
    archives,
    bus: null,
    redis,
    backends: [{ name: 'redis', ping: () => redis.ping() }, archiveBackend],
    description: `Redis + ${archiveName}`,
  };
}
