import type { EndedSessionList } from '../../../src/engine/auth/ended-session-list.port.js';
import type { SessionStore } from '../../../src/engine/auth/session-store.port.js';
import type { Frame } from '../../../src/engine/fanout/frame.port.js';
import type { EntryPaces, RoomFeed } from '../../../src/engine/feed/room-feed.port.js';
import type { ArchiveQueue } from '../../../src/engine/history/archive-queue.port.js';
import type { PageCache } from '../../../src/engine/history/page-cache.port.js';
import type { MemberStore } from '../../../src/engine/room/member-store.port.js';
import type { OpenRooms } from '../../../src/engine/room/open-rooms.port.js';
import type { PasscodeTries } from '../../../src/engine/room/passcode-tries.port.js';
import type { People } from '../../../src/engine/room/people.port.js';
import type { PinBudget, PinRegistry } from '../../../src/engine/room/pin-registry.port.js';
import type { RoomSnapshots } from '../../../src/engine/room/room-snapshots.port.js';
import type { RoomStateStore } from '../../../src/engine/room/room-state-store.port.js';
import type { RoomStore } from '../../../src/engine/room/room-store.port.js';
import type { WaitingList } from '../../../src/engine/room/waiting-list.port.js';
import type { Leases } from '../../../src/engine/runtime/leases.port.js';
import type { NodeDirectory } from '../../../src/engine/runtime/node-directory.port.js';
import type {
  SystemLogBounds,
  SystemLogStore,
} from '../../../src/engine/runtime/system-log.port.js';

export interface StoreOptions {
  /** Entries of a channel that stay after they are archived. */
  readonly channelKeep: number;
  /** Entries of a room that may wait for the archive. */
  readonly backlogEntries: number;
  /** Absent: nothing is counted. */
  readonly pinBudget?: PinBudget;
  /** Absent: as fast as one likes. */
  readonly entryPaces?: EntryPaces;
  readonly systemLogBounds?: SystemLogBounds;
}

/** Every store port of one driver, over data of their own. */
export interface Stores extends AsyncDisposable {
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
  /** The time that the stores go by. */
  now(): number;
  /** Lets time pass for the stores: at once where the driver's clock is ours, else for real. */
  pass(ms: number): Promise<void>;
  /** Everything kept is gone, as after a restart without data. */
  loseData(): Promise<void>;
  /** The frames of a room from now on, as every node gets them. */
  watch(roomId: string): Promise<readonly Frame[]>;
  /** The same of its door. */
  watchDoor(roomId: string): Promise<readonly Frame[]>;
}

/** One technology behind the store ports. */
export interface StoreDriver {
  readonly name: string;
  /** Starts what the driver needs; every `open` gives empty stores. */
  start(): Promise<StoreBackend>;
}

export interface StoreBackend extends AsyncDisposable {
  open(options?: Partial<StoreOptions>): Promise<Stores>;
}

export const DEFAULT_OPTIONS: StoreOptions = { channelKeep: 1_000, backlogEntries: 100_000 };
