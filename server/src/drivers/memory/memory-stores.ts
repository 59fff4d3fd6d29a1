import { MemoryArchiveQueue } from './memory-archive-queue.js';
import { MemoryEndedSessions } from './memory-ended-sessions.js';
import { MemoryFanoutBus } from './memory-fanout-bus.js';
import { MemoryLeases } from './memory-leases.js';
import { MemoryMemberStore } from './memory-member-store.js';
import { MemoryNodeDirectory } from './memory-node-directory.js';
import { MemoryOpenRooms } from './memory-open-rooms.js';
import { MemoryPageCache } from './memory-page-cache.js';
import { MemoryPasscodeTries } from './memory-passcode-tries.js';
import { MemoryPeople } from './memory-people.js';
import { MemoryPinRegistry } from './memory-pin-registry.js';
import { MemoryRoomFeed } from './memory-room-feed.js';
import { MemoryRoomSnapshots } from './memory-room-snapshots.js';
import { MemoryRoomStateStore } from './memory-room-state-store.js';
import { MemoryRoomStore } from './memory-room-store.js';
import { MemorySessionStore } from './memory-session-store.js';
import { MemoryState, type MemoryStateOptions } from './memory-state.js';
import { MemorySystemLog } from './memory-system-log.js';
import { MemoryWaitingList } from './memory-waiting-list.js';

/** The stores of one node without Redis. They share one state, hold no timer and need no closing. */
export interface MemoryStores {
  readonly rooms: MemoryRoomStore;
  readonly members: MemoryMemberStore;
  readonly waiting: MemoryWaitingList;
  readonly people: MemoryPeople;
  readonly pins: MemoryPinRegistry;
  readonly passcodes: MemoryPasscodeTries;
  readonly feed: MemoryRoomFeed;
  readonly states: MemoryRoomStateStore;
  readonly snapshots: MemoryRoomSnapshots;
  readonly sessions: MemorySessionStore;
  readonly endedSessions: MemoryEndedSessions;
  readonly queue: MemoryArchiveQueue;
  readonly pages: MemoryPageCache;
  readonly leases: MemoryLeases;
  readonly openRooms: MemoryOpenRooms;
  readonly nodes: MemoryNodeDirectory;
  readonly systemLog: MemorySystemLog;
  readonly bus: MemoryFanoutBus;
}

/** Empty stores. What they hold ends with the process; the archive keeps what lasts. */
export function createMemoryStores(options: MemoryStateOptions): MemoryStores {
  const state = new MemoryState(options);
  const endedSessions = new MemoryEndedSessions();
  const members = new MemoryMemberStore(state);
  return {
    rooms: new MemoryRoomStore(state),
    members,
    waiting: new MemoryWaitingList(state),
    people: new MemoryPeople(state),
    pins: new MemoryPinRegistry(state),
    passcodes: new MemoryPasscodeTries(state),
    feed: new MemoryRoomFeed(state),
    states: new MemoryRoomStateStore(state),
    snapshots: new MemoryRoomSnapshots(state, members),
    sessions: new MemorySessionStore(state, endedSessions),
    endedSessions,
    queue: new MemoryArchiveQueue(state),
    pages: new MemoryPageCache(state),
    leases: new MemoryLeases(state),
    openRooms: new MemoryOpenRooms(state),
    nodes: new MemoryNodeDirectory(state),
    systemLog: new MemorySystemLog(state, options.systemLogBounds),
    bus: new MemoryFanoutBus(state),
  };
}
