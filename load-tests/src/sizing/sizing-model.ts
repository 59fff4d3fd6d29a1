import { CHECK_SECONDS, countsOf, type House, type LoadCounts } from './load-counts.js';
import type { Load } from './load-profile.js';
import { cost } from './unit-costs.js';

/** What a load asks of a house. CPU in cores, sizes in bytes. */
export interface Demand {
  readonly counts: LoadCounts;
  readonly nodes: {
    /** Of all together. */
    readonly cores: number;
    /** Of each. */
    readonly memory: number;
    readonly bytesOut: number;
  };
  readonly redis: {
    readonly commands: number;
    /** Of all masters together; of the fullest one. */
    readonly cores: number;
    readonly fullest: number;
    /** What one master has of it that no other can take: the PINs, the lives of nodes. */
    readonly once: number;
    readonly memory: number;
    readonly sessionMemory: number;
    /** Each second. */
    readonly bytesOut: number;
  };
  readonly postgres: {
    readonly cores: number;
    readonly rows: number;
    readonly connections: number;
    /** A second, while it is as busy as this; and of a day. */
    readonly bytes: number;
    readonly bytesPerDay: number;
  };
}

/** From the handshake to the snapshot, and the leaving. */
const JOIN_COMMANDS = 6;
/** HGET, XRANGE and the script that confirms, for a channel that is archived. */
const ROUND_COMMANDS = 3;
/** The rights of a room, by a script, and its tops. */
const CHECK_COMMANDS = 2;
/** Lease, status, pings, memory, ended sessions, probe, judgement; two of them are scripts, every 2.5 s. */
const NODE_COMMANDS = 4.6;
const NODE_SCRIPTS = 0.8;
/** So many rounds a second look at all tags, 16 in a command, on a Cluster one in a command. */
const TAG_ROUNDS = 7;
const TAGS = 256;
const TAGS_AT_ONCE = 16;
/** A closed room and its PIN stay so long in Redis. */
const CLOSED_SECONDS = 3_600;
/** Idempotency keys. */
const DEDUPE_SECONDS = 600;
const HOUR_SECONDS = 3_600;
/** `PINROOM_PIN_LENGTH`, `PINROOM_PIN_DENSITY`. */
const SHORTEST_PIN = 6;
const PIN_DENSITY = 0.05;
/** Connections of a node to PostgreSQL, at most. */
const POOL = 10;
/** The fullest of several masters has so much more than its share. */
const UNEVEN = 1.2;

/** Rooms and tags do not spread evenly over masters: how many times its share the fullest has. */
export function unevenness({ masters }: Pick<House, 'masters'>): number {
  return masters > 1 ? UNEVEN : 1;
}

/** What a load asks of a house, resource by resource. */
export function demandOf(load: Load, house: House): Demand {
  const counts = countsOf(load, house);
  return {
    counts,
    nodes: nodesDemand(load, house, counts),
    redis: redisDemand(load, house, counts),
    postgres: postgresDemand(load, house, counts),
  };
}

function nodesDemand(load: Load, { nodes }: House, counts: LoadCounts): Demand['nodes'] {
  const { sockets } = load;
  const cores =
    nodes * cost('nodeSecond') +
    sockets * cost('nodeSocketSecond') +
    counts.rooms * counts.nodesPerRoom * cost('nodeRoomSecond') +
    counts.roomsOpened * cost('nodeOpening') +
    counts.newSessions * cost('nodeSession') +
    counts.joins * cost('nodeJoin') +
    counts.said * cost('nodeEntry') +
    counts.frames * cost('nodeFrame') +
    counts.deliveries * cost('nodeDelivery') +
    (counts.said + counts.logged) * cost('nodeRow');
  return {
    cores,
    memory: cost('nodeMemory') + (sockets / nodes) * cost('nodeSocketMemory'),
    bytesOut:
      counts.deliveries * (load.payloadBytes + cost('wireBytes')) +
      (sockets / CHECK_SECONDS) * cost('topBytes'),
  };
}

function redisDemand(load: Load, { masters, nodes }: House, counts: LoadCounts): Demand['redis'] {
  const held = counts.rooms * counts.nodesPerRoom;
  // One master has them, however many there are. Who renews a lease looks at the leases of all.
  const once =
    counts.joins * cost('redisPin') +
    counts.roomsOpened * cost('redisOpeningPin') +
    nodes * (cost('redisLease') + nodes * cost('redisOtherLease'));
  const spread =
    nodes * cost('redisNodeSecond') +
    cost('redisTagsSecond') +
    held * cost('redisRoomSecond') +
    counts.roomsOpened * (cost('redisOpening') - cost('redisOpeningPin')) +
    counts.newSessions * cost('redisSession') +
    counts.joins * (cost('redisJoin') - cost('redisPin')) +
    counts.said * cost('redisEntry') +
    counts.frames * cost('redisFrame') +
    counts.channelRounds * cost('redisRound');
  // What comes alone has to wake a master up, the less often the busier it is.
  const alone =
    counts.said + counts.joins * JOIN_COMMANDS + counts.newSessions + nodes * NODE_COMMANDS;
  const awake = (busy: number, calls: number) => {
    const waking = calls * cost('redisWake');
    return (busy + waking) / (1 + waking);
  };
  const uneven = unevenness({ masters });
  const [busy, calls] = [spread / masters, alone / masters];
  const fullest = awake(uneven * busy + once, uneven * calls);
  return {
    commands:
      alone +
      counts.channelRounds * ROUND_COMMANDS +
      counts.checks * CHECK_COMMANDS +
      looksAtTags({ masters, nodes }),
    cores: fullest + (masters - 1) * awake(busy, calls),
    fullest,
    once,
    memory: redisMemory(load, counts),
    sessionMemory: sessionMemory(load, counts),
    bytesOut:
      nodes * cost('nodeBytesSecond') +
      counts.checks * cost('checkBytes') +
      counts.frames * (load.payloadBytes + cost('frameBytes')) +
      (counts.said + counts.logged) * (load.payloadBytes + cost('readBytes')),
  };
}

/** Commands a second that look for what is due in a tag: always the same, however many nodes do it. */
function looksAtTags({ masters, nodes }: House): number {
  return TAG_ROUNDS * (masters > 1 ? TAGS : Math.max(nodes, TAGS / TAGS_AT_ONCE));
}

/** Of the commands those that are scripts, while nobody comes or goes. */
export function scriptsOf({ channelRounds, checks, said }: LoadCounts, house: House): number {
  return said + channelRounds + checks + looksAtTags(house) + house.nodes * NODE_SCRIPTS;
}

function sessionMemory(
  { hoursPerDay, sessionDays, staySeconds }: Load,
  counts: LoadCounts,
): number {
  const seconds = Math.max(staySeconds, sessionDays * hoursPerDay * HOUR_SECONDS);
  return counts.newSessions * seconds * cost('redisSessionBytes');
}

function redisMemory(load: Load, counts: LoadCounts): number {
  const { channelKeep, entriesToAll, entriesToHost, payloadBytes, staySeconds } = load;
  const left = counts.roomsOpened * (load.openSeconds + CLOSED_SECONDS);
  const rates = [entriesToAll, entriesToHost].filter((rate) => rate > 0);
  const entryBytes = payloadBytes + cost('redisEntryBytes');
  const whole = rates.map((rate) => Math.min(channelKeep, rate * staySeconds));
  const soFar = rates.map((rate) => keptOnAverage(rate * staySeconds, channelKeep));
  const bytesOf = (kept: readonly number[]) =>
    cost('redisRoomBytes') +
    rates.length * cost('redisChannelBytes') +
    load.membersPerRoom * cost('redisMemberBytes') +
    kept.reduce((sum, count) => sum + count, 0) * entryBytes;
  return (
    cost('redisMemory') +
    counts.rooms * bytesOf(soFar) +
    left * bytesOf(whole) +
    counts.said * DEDUPE_SECONDS * cost('redisKeyBytes') +
    sessionMemory(load, counts)
  );
}

/** Entries of a channel that gets so many in its time, on average over that time. */
function keptOnAverage(whole: number, keep: number): number {
  return whole <= keep ? whole / 2 : keep - keep ** 2 / (2 * whole);
}

function postgresDemand(load: Load, { nodes }: House, counts: LoadCounts): Demand['postgres'] {
  const bytes =
    (counts.said + counts.logged) * (load.payloadBytes + cost('postgresEntryBytes')) +
    counts.joins * cost('postgresMemberBytes') +
    counts.newSessions * cost('postgresSessionBytes') +
    counts.roomsOpened * cost('postgresRoomBytes');
  return {
    cores:
      nodes * cost('postgresNodeSecond') +
      counts.roomsOpened * cost('postgresOpening') +
      counts.inserts * cost('postgresInsert') +
      counts.rows * cost('postgresRow'),
    rows: counts.rows,
    connections: nodes * POOL,
    bytes,
    bytesPerDay: bytes * load.hoursPerDay * HOUR_SECONDS,
  };
}

/** PINs that lead to a room, or rest for an hour after one. */
export function pinsTaken({ openSeconds }: Load, { rooms, roomsOpened }: LoadCounts): number {
  return rooms + roomsOpened * (openSeconds + CLOSED_SECONDS);
}

/** Digits that new PINs have where so many are taken, with the usual length and density. */
export function pinDigits(taken: number): number {
  let digits = SHORTEST_PIN;
  while (taken > PIN_DENSITY * 9 * 10 ** (digits - 1)) digits += 1;
  return digits;
}

/** How long it takes until the people of a node that died are in again, seconds. */
export function secondsUntilBack(
  load: Load,
  { nodes }: House,
  { nodes: { cores } }: Demand,
): number {
  const left = nodes - 1;
  const free = left - cores * (left / nodes);
  if (left <= 0 || free <= 0) return Number.POSITIVE_INFINITY;
  return ((load.sockets / nodes) * cost('nodeJoin')) / free;
}
