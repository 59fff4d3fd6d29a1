import type { EntryPaces } from '../../engine/feed/room-feed.port.js';
import type { PinBudget } from '../../engine/room/pin-registry.port.js';
import type { SystemLogBounds } from '../../engine/runtime/system-log.port.js';
import { RedisArchiveQueue } from './redis-archive-queue.js';
import type { RedisClients } from './redis-clients.js';
import { RedisEndedSessions } from './redis-ended-sessions.js';
import { RedisLeases } from './redis-leases.js';
import { RedisMemberStore } from './redis-member-store.js';
import { RedisNodeDirectory } from './redis-node-directory.js';
import { RedisOpenRooms } from './redis-open-rooms.js';
import { RedisPageCache } from './redis-page-cache.js';
import { RedisPasscodeTries } from './redis-passcode-tries.js';
import { RedisPeople } from './redis-people.js';
import { RedisPinRegistry } from './redis-pin-registry.js';
import { RedisRoomFeed } from './redis-room-feed.js';
import { RedisRoomSnapshots } from './redis-room-snapshots.js';
import { RedisRoomStateStore } from './redis-room-state-store.js';
import { RedisRoomStore } from './redis-room-store.js';
import { RedisSessionStore } from './redis-session-store.js';
import { RedisSystemLog } from './redis-system-log.js';
import { RedisWaitingList } from './redis-waiting-list.js';

export interface RedisStoreOptions {
  /** Entries of a channel that stay after they are archived. */
  readonly channelKeep: number;
  /** Entries of a room that may wait for the archive. */
  readonly backlogEntries: number;
  /** Absent: nothing is counted. */
  readonly pinBudget?: PinBudget;
  /** Absent: as fast as one likes. */
  readonly entryPaces?: EntryPaces;
  /** Default: those of the port. */
  readonly systemLogBounds?: SystemLogBounds;
}

/** The stores of a node over Redis. They hold no state of their own and need no closing. */
export interface RedisStores {
  readonly rooms: RedisRoomStore;
  readonly members: RedisMemberStore;
  readonly waiting: RedisWaitingList;
  readonly people: RedisPeople;
  readonly pins: RedisPinRegistry;
  readonly passcodes: RedisPasscodeTries;
  readonly feed: RedisRoomFeed;
  readonly states: RedisRoomStateStore;
  readonly snapshots: RedisRoomSnapshots;
  readonly sessions: RedisSessionStore;
  readonly endedSessions: RedisEndedSessions;
  readonly queue: RedisArchiveQueue;
  readonly pages: RedisPageCache;
  readonly leases: RedisLeases;
  readonly openRooms: RedisOpenRooms;
  readonly nodes: RedisNodeDirectory;
  readonly systemLog: RedisSystemLog;
}

/** Above this share of `maxmemory` no entries or states are taken: scripts that free memory need the rest. */
const FEED_MEMORY_SHARE = 0.75;
/** Above this share nothing is kept that can be read again from the archive. */
const PAGE_MEMORY_SHARE = 0.6;

/** Stores over open connections. */
export function createRedisStores(redis: RedisClients, options: RedisStoreOptions): RedisStores {
  const { watch } = redis;
  const { backlogEntries, channelKeep, entryPaces, pinBudget } = options;
  const isMemoryShort = () => watch.isAbove(FEED_MEMORY_SHARE);
  return {
    rooms: new RedisRoomStore(redis),
    members: new RedisMemberStore(redis),
    waiting: new RedisWaitingList(redis),
    people: new RedisPeople(redis),
    pins: new RedisPinRegistry(redis, pinBudget),
    passcodes: new RedisPasscodeTries(redis, pinBudget),
    feed: new RedisRoomFeed(redis, {
      backlogEntries,
      ...(entryPaces ? { entryPaces } : {}),
      isMemoryShort,
    }),
    states: new RedisRoomStateStore(redis, { isMemoryShort }),
    snapshots: new RedisRoomSnapshots(redis),
    sessions: new RedisSessionStore(redis),
    endedSessions: new RedisEndedSessions(redis),
    queue: new RedisArchiveQueue(redis, { channelKeep }),
    pages: new RedisPageCache(redis, { isMemoryShort: () => watch.isAbove(PAGE_MEMORY_SHARE) }),
    leases: new RedisLeases(redis),
    openRooms: new RedisOpenRooms(redis),
    nodes: new RedisNodeDirectory(redis),
    systemLog: new RedisSystemLog(redis, options.systemLogBounds),
  };
}
