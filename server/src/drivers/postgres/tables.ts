import type { Generated, Selectable } from 'kysely';

/** The schema as the queries see it. Times are milliseconds since 1970, ids of rooms and users UUIDs. */
export interface Tables {
  rooms: RoomsTable;
  room_hosts: RoomHostsTable;
  room_members: RoomMembersTable;
  room_bans: RoomBansTable;
  room_states: RoomStatesTable;
  pins: PinsTable;
  entries: EntriesTable;
  sessions: SessionsTable;
  system_log: SystemLogTable;
}

export interface RoomsTable {
  id: string;
  /** The PIN it has, or had; which room a PIN leads to is said by `pins`. */
  pin: string;
  title: string;
  created_by: string;
  /** Makes opening idempotent: unique for its creator. */
  create_key: string | null;
  capacity: number;
  locked: boolean;
  /** JSON text. */
  settings: string;
  /** What a passcode is compared with; null: none is wanted. */
  passcode_hash: string | null;
  rev: number;
  created_at: number;
  ttl_ms: number;
  max_until: number;
  closed_at: number | null;
  close_reason: string | null;
}

export interface RoomHostsTable {
  room_id: string;
  user_id: string;
  /** Keeps the order of the record's `hostIds`. */
  position: number;
}

export interface RoomMembersTable {
  room_id: string;
  user_id: string;
  nickname: string;
  role: string;
  joined_at: number;
}

export interface RoomBansTable {
  room_id: string;
  user_id: string;
  banned_at: number;
  /** From where nobody new may come in; null: only the user is banned. */
  network: string | null;
}

export interface RoomStatesTable {
  room_id: string;
  version: number;
  /** JSON text. */
  value: string;
  saved_at: number;
}

export interface PinsTable {
  pin: string;
  /** Whose it is, or was before it came to rest. */
  room_id: string;
  until: number;
  resting: boolean;
}

export interface EntriesTable {
  room_id: string;
  channel: string;
  epoch: number;
  seq: number;
  at: number;
  type: string;
  user_id: string | null;
  nickname: string | null;
  /** JSON text, byte for byte as it was sent: jsonb would refuse or rewrite some of it. */
  payload: string;
  key: string | null;
  after: string | null;
  /** An announced loss has taken it; the default is false. */
  voided: Generated<boolean>;
}

/** A row as it is read. */
export type EntryRow = Selectable<EntriesTable>;

export interface SessionsTable {
  id: string;
  user_id: string;
  nickname: string;
  salt: string;
  generation: number;
  created_at: number;
  rotated_at: number;
  seen_at: number | null;
  expires_at: number;
  ended_at: number | null;
  /** 0: written by the version before, which did not know. */
  last_used_at: Generated<number>;
  address: Generated<string>;
  user_agent: Generated<string>;
}

/** A row as it is read. */
export type SessionRow = Selectable<SessionsTable>;

export interface SystemLogTable {
  ms: number;
  seq: number;
  key: string;
  node_id: string;
  at: number;
  type: string;
  level: string;
  /** JSON text. */
  payload: string;
}

/** A row as it is read. */
export type SystemLogRow = Selectable<SystemLogTable>;

/** Stands where the id of an erased or unknown user would be. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';
