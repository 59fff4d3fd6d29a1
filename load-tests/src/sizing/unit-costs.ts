/** What one thing costs, as it was measured. */
export interface UnitCost {
  readonly value: number;
  readonly unit: 'µs' | 'B' | 'KiB' | 'MiB';
  /** What is counted; a row of the table in `docs/operations.md`. */
  readonly about: string;
}

/**
 * CPU is that of the machine in `docs/performance.md` while nothing else ran. What is cheaper the more of it comes at
 * once lies in between: an entry costs a node 100 µs at 1,000 a second and 270 at 150, and each further node that holds
 * its room 12 and 37; that costs Redis 0.2 µs in a flood and 5.6 at 1,000 a second. Memory and bytes are the same
 * everywhere.
 */
export const UNIT_COSTS = {
  nodeSecond: { value: 20_000, unit: 'µs', about: 'an idle node, each second' },
  nodeSocketSecond: { value: 7, unit: 'µs', about: 'a joined socket that is silent, each second' },
  nodeRoomSecond: { value: 14, unit: 'µs', about: 'a room on a node that holds it, each second' },
  nodeOpening: { value: 1_500, unit: 'µs', about: 'a room, opened' },
  nodeSession: { value: 1_000, unit: 'µs', about: 'a new session over HTTP' },
  nodeJoin: { value: 1_100, unit: 'µs', about: 'a handshake, a join by PIN, later the leaving' },
  nodeEntry: { value: 130, unit: 'µs', about: 'an entry, on the node that takes it' },
  nodeFrame: { value: 20, unit: 'µs', about: 'an entry, on each node that holds the room' },
  nodeDelivery: { value: 6.1, unit: 'µs', about: 'an entry, for each socket that gets it' },
  nodeRow: { value: 8.5, unit: 'µs', about: 'an entry, on the node that archives it' },
  redisNodeSecond: { value: 1_100, unit: 'µs', about: 'what a node asks, each second' },
  redisTagsSecond: { value: 2_500, unit: 'µs', about: 'looking after all tags, each second' },
  redisRoomSecond: { value: 6.3, unit: 'µs', about: 'a room on a node that holds it, each second' },
  redisOpening: { value: 290, unit: 'µs', about: 'a room, opened' },
  redisSession: { value: 60, unit: 'µs', about: 'a new session' },
  redisJoin: { value: 260, unit: 'µs', about: 'a handshake, a join by PIN, later the leaving' },
  redisEntry: { value: 28, unit: 'µs', about: 'an entry: ordered, kept, published' },
  redisFrame: { value: 2, unit: 'µs', about: 'an entry, for each node that holds the room' },
  redisRound: { value: 25, unit: 'µs', about: 'a channel, each time that it is archived' },
  redisWake: { value: 100, unit: 'µs', about: 'a command that finds Redis asleep, beside its own' },
  redisPin: { value: 10, unit: 'µs', about: 'a join, of which on the master of {pin}' },
  redisOpeningPin: {
    value: 50,
    unit: 'µs',
    about: 'a room opened, of which on the master of {pin}',
  },
  redisLease: { value: 36, unit: 'µs', about: 'the lease of a node, each second' },
  redisOtherLease: { value: 0.7, unit: 'µs', about: 'of it, for each node that there is' },
  postgresNodeSecond: { value: 170, unit: 'µs', about: 'what a node asks, each second' },
  postgresOpening: { value: 500, unit: 'µs', about: 'a room, opened' },
  postgresInsert: { value: 1_200, unit: 'µs', about: 'an insert, however many rows' },
  postgresRow: { value: 7.1, unit: 'µs', about: 'a row of it' },
  nodeMemory: { value: 140, unit: 'MiB', about: 'a node without sockets' },
  nodeSocketMemory: { value: 14.2, unit: 'KiB', about: 'a joined socket' },
  redisMemory: { value: 4, unit: 'MiB', about: 'an empty Redis with its clients' },
  redisRoomBytes: { value: 7_900, unit: 'B', about: 'a room with its log' },
  redisChannelBytes: { value: 2_300, unit: 'B', about: 'each other channel that is written to' },
  redisMemberBytes: { value: 850, unit: 'B', about: 'a member with a seat' },
  redisSessionBytes: { value: 750, unit: 'B', about: 'a session, until it is over' },
  redisEntryBytes: { value: 185, unit: 'B', about: 'an entry that is kept, beside its payload' },
  redisKeyBytes: { value: 290, unit: 'B', about: 'an idempotency key, for ten minutes' },
  postgresEntryBytes: { value: 230, unit: 'B', about: 'an entry with indexes, beside its payload' },
  postgresRoomBytes: { value: 1_200, unit: 'B', about: 'a room with its host and PIN' },
  postgresMemberBytes: { value: 260, unit: 'B', about: 'a member' },
  postgresSessionBytes: { value: 320, unit: 'B', about: 'a session' },
  wireBytes: { value: 250, unit: 'B', about: 'an entry to a client, beside its payload' },
  topBytes: { value: 200, unit: 'B', about: 'where its room stands, to a client every 12 s' },
  frameBytes: { value: 370, unit: 'B', about: 'an entry to a node, beside its payload' },
  checkBytes: {
    value: 1_620,
    unit: 'B',
    about: 'a comparison of where a room stands, its answers',
  },
  nodeBytesSecond: {
    value: 2_300,
    unit: 'B',
    about: 'what Redis answers to a node that does nothing, each second',
  },
  readBytes: {
    value: 400,
    unit: 'B',
    about: 'an entry to who archives it, and the answer, beside its payload',
  },
} as const satisfies Readonly<Record<string, UnitCost>>;

export type UnitName = keyof typeof UNIT_COSTS;

const SCALE = { µs: 1e-6, B: 1, KiB: 1_024, MiB: 1_048_576 } as const;

/** Microseconds, or bytes, in the unit that the cost is told in. */
export function inItsUnit(name: UnitName, value: number): number {
  const { unit } = UNIT_COSTS[name];
  return unit === 'µs' ? value : value / SCALE[unit];
}

/** A unit cost in seconds of CPU, or in bytes. */
export function cost(name: UnitName): number {
  const { unit, value } = UNIT_COSTS[name];
  return value * SCALE[unit];
}
