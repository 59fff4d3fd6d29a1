import type { Load } from './load-profile.js';

/** So many nodes, and masters of Redis. */
export interface House {
  readonly nodes: number;
  readonly masters: number;
}

/** How often things happen, each second unless it says otherwise. */
export interface LoadCounts {
  /** Open at a time. */
  readonly rooms: number;
  readonly joins: number;
  readonly newSessions: number;
  readonly roomsOpened: number;
  /** Entries that people send; those of the logs. */
  readonly said: number;
  readonly logged: number;
  /** Nodes that hold a room. */
  readonly nodesPerRoom: number;
  /** Messages from Redis to nodes: entries and changes of presence, for each node that holds the room. */
  readonly frames: number;
  /** Entries to sockets, and changes of presence. */
  readonly deliveries: number;
  /** Channels carried to the archive, each time that one is. */
  readonly channelRounds: number;
  /** Inserts of the rounds into PostgreSQL; rows, those of rooms too. */
  readonly inserts: number;
  readonly rows: number;
  /** Comparisons of where a room stands. */
  readonly checks: number;
}

/** Rounds of the archive pump while there is work: a pause of 400 ms, and the work. */
export const PUMP_ROUNDS = 2.4;
/** Sessions are written every 400 ms. */
const SESSION_ROUNDS = 2.5;
/** Changes of presence within it are one event. */
const GATHER_SECONDS = 0.2;
/** Nodes compare a room's position so often, and tell it to its members. */
export const CHECK_SECONDS = 12;
/** In the log of a room: who came and left, its opening and its end. */
const LOGGED = 2;
/** Somebody is here, is away, has left. */
const CHANGES = 3;
/** The row of a room, of its host and of its PIN. */
const ROOM_ROWS = 3;

/** Rounds in which there is something to do, where so much comes at random moments. */
function busyRounds(perSecond: number, rounds: number): number {
  return rounds * -Math.expm1(-perSecond / rounds);
}

/** On how many nodes the members of a room are, where each comes to any. */
export function nodesPerRoom({ isTogether, membersPerRoom }: Load, nodes: number): number {
  return isTogether ? 1 : nodes * (1 - (1 - 1 / nodes) ** membersPerRoom);
}

/** What happens in a house under a load. */
export function countsOf(load: Load, { nodes }: Pick<House, 'nodes'>): LoadCounts {
  const { entriesToAll, entriesToHost, membersPerRoom, newcomers, sockets, staySeconds } = load;
  const rooms = sockets / membersPerRoom;
  const joins = sockets / staySeconds;
  const newSessions = joins * newcomers;
  const roomsOpened = rooms / staySeconds;
  const said = rooms * (entriesToAll + entriesToHost);
  const logged = LOGGED * (joins + roomsOpened);
  const held = nodesPerRoom(load, nodes);
  const changes = CHANGES * joins;
  const changesOfRoom = changes / rooms;
  const presence = rooms * (changesOfRoom / (1 + GATHER_SECONDS * changesOfRoom));
  const perNode = (count: number, rounds: number) => nodes * busyRounds(count / nodes, rounds);
  const channels = [entriesToAll, entriesToHost, logged / rooms];
  return {
    rooms,
    joins,
    newSessions,
    roomsOpened,
    said,
    logged,
    nodesPerRoom: held,
    frames: (said + logged + changes) * held,
    deliveries:
      rooms * (entriesToAll * membersPerRoom + entriesToHost) + logged + presence * membersPerRoom,
    channelRounds: channels.reduce((sum, rate) => sum + rooms * busyRounds(rate, PUMP_ROUNDS), 0),
    inserts:
      perNode(said + logged, PUMP_ROUNDS) +
      perNode(joins, PUMP_ROUNDS) +
      perNode(newSessions, SESSION_ROUNDS),
    rows: said + logged + joins + newSessions + ROOM_ROWS * roomsOpened,
    checks: (rooms * held) / CHECK_SECONDS,
  };
}
