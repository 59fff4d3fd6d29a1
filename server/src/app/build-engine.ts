import { LIMITS } from '@pinroom/client/contract';
import type { Config } from '../config/config.js';
import type { AccessTokens } from '../engine/auth/access-token.port.js';
import type { EndedSessions } from '../engine/auth/ended-sessions.js';
import { SessionExpiry } from '../engine/auth/session-expiry.js';
import type { SessionWriter } from '../engine/auth/session-writer.js';
import { TokenSecrets } from '../engine/auth/token-secrets.js';
import { CommandRouter } from '../engine/connection/command-router.js';
import { Connections } from '../engine/connection/connection.js';
import { Door } from '../engine/connection/door.js';
import { RoomHttpApi, SessionHttpApi } from '../engine/connection/http-api.js';
import type { FanoutBus } from '../engine/fanout/fanout-bus.port.js';
import type { LocalBroadcaster } from '../engine/fanout/local-broadcaster.port.js';
import { LocalRooms } from '../engine/fanout/local-rooms.js';
import { ArchiveBacklog } from '../engine/history/archive-backlog.js';
import { ArchiveLag } from '../engine/history/archive-lag.js';
import { ArchivePump } from '../engine/history/archive-pump.js';
import { ArchivedKeys } from '../engine/history/archived-keys.js';
import { BlockReader } from '../engine/history/block-reader.js';
import { HistoryReader } from '../engine/history/read-history.js';
import { RoomAccess } from '../engine/room/access.js';
import { DoorKeeper } from '../engine/room/admit-waiting.js';
import { RoomCloser } from '../engine/room/close-room.js';
import { RoomEraser } from '../engine/room/erase.js';
import { RoomExporter } from '../engine/room/export-room.js';
import { HostCommands } from '../engine/room/host-commands.js';
import { Housekeeping } from '../engine/room/housekeeping.js';
import { RoomInspector } from '../engine/room/inspect-room.js';
import { RoomJoiner } from '../engine/room/join-room.js';
import { MemberKicker } from '../engine/room/kick-member.js';
import { RoomLeaver } from '../engine/room/leave-room.js';
import { archiveMembers } from '../engine/room/member-archiver.js';
import { MemberCommands } from '../engine/room/member-commands.js';
import { RoomOpener } from '../engine/room/open-room.js';
import { Passcodes } from '../engine/room/passcodes.js';
import { StatePatcher } from '../engine/room/patch-state.js';
import { PinWatch } from '../engine/room/pin-watch.js';
import { RoomReader } from '../engine/room/read-room.js';
import { SnapshotReader } from '../engine/room/read-snapshot.js';
import { PinReplacer } from '../engine/room/replace-pin.js';
import { Retention } from '../engine/room/retention.js';
import { RoomDirectory } from '../engine/room/room-directory.js';
import { EntrySender } from '../engine/room/send-entry.js';
import { SignalSender } from '../engine/room/send-signal.js';
import { StateArchiver } from '../engine/room/state-archiver.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import { NodeLife } from '../engine/runtime/node-life.js';
import { OwedWork } from '../engine/runtime/owed-work.js';
import type { Random } from '../engine/runtime/random.js';
import type { RateLimiters } from '../engine/runtime/rate-limiter.port.js';
import type { SchemaChecker } from '../engine/runtime/schema-checker.port.js';
import type { SystemNotes } from '../engine/runtime/system-log.js';
import { Turnstile } from '../engine/runtime/turnstile.js';
import { buildSessions } from './build-sessions.js';
import type { Archives, Stores } from './choose-drivers.js';
import { paceLimit } from './choose-limits.js';

export interface EngineParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly archives: Archives;
  readonly bus: FanoutBus;
  readonly limiters: RateLimiters;
  readonly broadcaster: LocalBroadcaster;
  readonly checker: SchemaChecker;
  readonly tokens: AccessTokens;
  readonly tokenSecrets: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly log: SystemNotes;
  readonly nodeId: string;
}

/** The engine of one node, wired; nothing runs before its parts are started. */
export interface Engine {
  readonly connections: Connections;
  readonly sessionApi: SessionHttpApi;
  readonly roomApi: RoomHttpApi;
  readonly inspector: RoomInspector;
  readonly directory: RoomDirectory;
  readonly pinWatch: PinWatch;
  readonly life: NodeLife;
  readonly localRooms: LocalRooms;
  readonly owed: OwedWork;
  readonly pump: ArchivePump;
  readonly archiveLag: ArchiveLag;
  readonly archiveBacklog: ArchiveBacklog;
  readonly stateArchiver: StateArchiver;
  readonly housekeeping: Housekeeping;
  readonly sessionWriter: SessionWriter;
  readonly endedSessions: EndedSessions;
  readonly sessionExpiry: SessionExpiry;
}

/**
 * A burst of joins goes through in turns. One takes some 50 ms in a burst; whoever waits for longer
 * than 4 s has asked again, and with a backend away nobody has to wait for more than its answers.
 */
const JOINS = {
  atOnce: 32,
  handOverMs: 100,
  maxWaiting: 10_000,
  maxWaitMs: 4_000,
  impatientMs: 400,
} as const;

/** Ties the stages of the engine to each other and to the drivers. No I/O. */
export function buildEngine(parts: EngineParts): Engine {
  const { archives, bus, checker, clock, config, logger, metrics, nodeId, random, stores } = parts;
  const { limiters, log } = parts;
  const { rates, roomMaxMs, roomTtlMs } = config;
  const commandLimit = paceLimit(rates, rates.commandsPerSocket);
  const { feed, members, pages, people, pins, queue, rooms, states, waiting } = stores;
  const shared = { clock, log, logger, metrics, random };
  const graceMs = config.rejoinGraceMs;
  const secrets = new TokenSecrets(parts.tokenSecrets);

  const owed = new OwedWork(clock, logger);
  const { sessions, ownSessions, endedSessions, sessionWriter } = buildSessions({
    ...parts,
    secrets,
    owed,
    onEnded: (sessionId) => connections.endSession(sessionId),
  });

  const history = new HistoryReader(feed, new BlockReader(archives.entries, pages), metrics);
  const archivedKeys = new ArchivedKeys({
    archive: archives.entries,
    clock,
    dedupeMs: LIMITS.dedupeSeconds * 1_000,
  });
  const pinWatch = new PinWatch(clock, logger, metrics, log);
  const directory = new RoomDirectory({
    ...shared,
    watch: pinWatch,
    rooms,
    pins,
    archive: archives.rooms,
    bans: archives.bans,
    states: archives.states,
    entries: archives.entries,
  });
  const localRooms = new LocalRooms(bus, {
    ...shared,
    broadcaster: parts.broadcaster,
    sources: {
      rights: async (roomId, userIds) => {
        await life.ensure();
        return access.deliveryRights(roomId, userIds);
      },
      restoreSeats: async (roomId, seats) => {
        // First, so that nobody gets a seat back whose ban was lost.
        await kicker.repeatBans(roomId);
        await joiner.restoreSeats(roomId, seats);
      },
      tops: (roomId) => feed.tops(roomId),
      waiting: (roomId) => waiting.list(roomId),
      missing: async (roomId, channel, after, limit) =>
        (await history.read({ roomId, channel, after: after ?? '0-0', limit })).entries,
    },
  });

  const access = new RoomAccess({
    members,
    memberArchive: archives.members,
    directory,
    localRooms,
  });

  // The pump reports who keeps it busy; a life says which tags are whose. Both are made before use.
  const life = new NodeLife({
    ...shared,
    leases: stores.leases,
    onLost: () => connections.disconnectAll(),
  });
  const archiveLag = new ArchiveLag(clock, log);
  const pump = new ArchivePump({
    ...shared,
    lag: archiveLag,
    queue,
    archive: archives.entries,
    onRows: (rows) => archiveMembers(rows, archives.members, logger),
    tags: () => life.tags,
  });
  const stateArchiver = new StateArchiver({
    ...shared,
    states,
    archive: archives.states,
    tags: () => life.tags,
  });
  const closer = new RoomCloser({
    ...shared,
    rooms,
    pins,
    waiting,
    archive: archives.rooms,
    queue,
    states: stateArchiver,
    quarantineMs: config.pinQuarantineMs,
    hurry: () => pump.hurry(),
  });
  const leaver = new RoomLeaver(members, localRooms, owed, graceMs);
  const hostKeeping = { rooms, archive: archives.rooms, owed };
  // What most of what is done in a room works with.
  const inRoom = {
    ...shared,
    ...hostKeeping,
    access,
    directory,
    members,
    people,
    waiting,
    secrets,
  };
  const joiner = new RoomJoiner({
    ...inRoom,
    localRooms,
    snapshots: new SnapshotReader({ snapshots: stores.snapshots, history }),
    passcodes: new Passcodes({ ...shared, tries: stores.passcodes, secrets, watch: pinWatch }),
    leaver,
    life: () => life.id,
  });
  const kicker = new MemberKicker({ ...inRoom, bans: archives.bans });
  const reader = new RoomReader({ ...inRoom, history });
  const allocation = {
    pins,
    limiters,
    pinPolicy: {
      minLength: config.pinLength,
      maxLength: config.pinMaxLength,
      density: config.pinDensity,
      quarantineMs: config.pinQuarantineMs,
    },
  };
  const statePatcher = new StatePatcher(access, states, clock);
  const router = new CommandRouter({
    checker,
    opener: new RoomOpener({ ...inRoom, ...allocation, roomTtlMs, roomMaxMs }),
    pinReplacer: new PinReplacer({ ...inRoom, ...allocation, pinArchive: archives.pins }),
    joiner,
    leaver,
    sender: new EntrySender(feed, directory, localRooms, archivedKeys, metrics),
    signals: new SignalSender(access, bus, { ...shared, pace: commandLimit }),
    reader,
    hosts: new HostCommands({ ...inRoom, closer }),
    kicker,
    doorKeeper: new DoorKeeper(access, waiting),
    states: statePatcher,
    people: new MemberCommands({ ...inRoom, limiters }),
    turnstile: new Turnstile({ ...JOINS, name: 'The door of the node', clock }),
  });
  const door = new Door({ ...shared, sessions, limiters, commandLimit });
  const connections = new Connections({
    ...shared,
    endedSessions,
    router,
    leaver,
    nodeId,
    door,
    commandLimit,
    socketBounds: { perUser: rates.socketsPerUser, perNetwork: rates.socketsPerAddress },
    roomsPerSocket: rates.roomsPerSocket,
  });
  const exporter = new RoomExporter({ access, archive: archives.entries, feed, ...shared });
  const eraser = new RoomEraser({
    ...inRoom,
    queue,
    closer,
    archive: archives.members,
    pages,
    sessions,
    flushSessions: () => sessionWriter.flush(),
    hurry: () => pump.hurry(),
  });
  return {
    connections,
    sessionApi: new SessionHttpApi(sessions, ownSessions, random, door),
    roomApi: new RoomHttpApi({ router, reader, states: statePatcher, exporter, eraser }),
    inspector: new RoomInspector({
      ...inRoom,
      feed,
      reader,
      closer,
      openRooms: stores.openRooms,
    }),
    directory,
    pinWatch,
    life,
    localRooms,
    owed,
    pump,
    archiveLag,
    archiveBacklog: new ArchiveBacklog({
      ...shared,
      queue,
      lag: archiveLag,
      tags: () => life.tags,
    }),
    stateArchiver,
    housekeeping: new Housekeeping({
      ...inRoom,
      pins,
      closer,
      retention: new Retention({
        ...shared,
        archive: archives.retention,
        members: archives.members,
        pages,
        rooms,
        archiveDays: config.archiveDays,
      }),
      graceMs,
      tags: () => life.tags,
      mayJudge: () => life.mayJudge,
      isRecovering: () => life.isRecovering,
    }),
    sessionWriter,
    endedSessions,
    sessionExpiry: new SessionExpiry({ ...shared, sockets: connections, sessions, endedSessions }),
  };
}
