/** Bounds of the protocol. They are part of the contract; what an operator may change is configuration. */
export const LIMITS = {
  /** Characters (code points) of a nickname after normalisation. */
  nicknameLength: 40,
  titleLength: 120,
  /** Characters of an entry's or a signal's `type`. */
  typeLength: 64,
  /** Characters of an idempotency `key` and of a `once` value. */
  keyLength: 128,
  pinMinLength: 4,
  pinMaxLength: 12,
  capacity: 100_000,
  defaultCapacity: 1_000,
  /** Hosts of a room. */
  hosts: 50,
  /** Spectators come on top of `capacity`; there are as many places as that, and at most these. */
  spectators: 1_000,
  /** Users who wait at a room's door, where a host lets people in. */
  waiting: 1_000,
  /** Entries, rooms or members in one answer. */
  pageLimit: 200,
  defaultPageLimit: 50,
  /** Newest entries of a channel that a join answer brings when `since` does not name the channel. */
  joinEntries: 50,
  /** Bytes of entries in one answer. */
  answerBytes: 262_144,
  /** Members in a join answer; above it, players get presence as counts. */
  joinMembers: 200,
  presenceDetailMembers: 200,
  /** Bytes of a room's state as JSON. */
  stateBytes: 65_536,
  /** How deep a payload may be nested. */
  payloadDepth: 32,
  /** For how long a `key` makes a repeated `room:send` harmless. */
  dedupeSeconds: 600,
} as const;
