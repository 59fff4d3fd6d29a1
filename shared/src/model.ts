import type { Static } from './schema.js';
import type { settingsSchema } from './schemas.js';

export type Role = 'host' | 'player' | 'spectator';
export type HostState = 'present' | 'away' | 'gone';

/** A room's settings as a host may change them; `passcode` is write-only. */
export type SettingsPatch = Static<typeof settingsSchema>;

/** A room's settings as everyone sees them. */
export type Settings = Required<Omit<SettingsPatch, 'passcode' | 'typesByRole'>> & {
  typesByRole: { [R in Role]?: string[] };
  /** Whether the room wants a passcode; the passcode itself is never told. */
  passcodeRequired: boolean;
};

export interface Room {
  /** UUIDv7. */
  id: string;
  /** Digits; null once the room is closed. */
  pin: string | null;
  title: string;
  hostIds: string[];
  locked: boolean;
  /** Places for players; hosts and spectators come on top. */
  capacity: number;
  memberCount: number;
  settings: Settings;
  /** Counts the changes of the room and of its members' rights. */
  rev: number;
  /** Milliseconds since 1970, like every time here. */
  createdAt: number;
  /** When the room closes if nothing more happens in it. */
  expiresAt: number;
  closedAt: number | null;
}

export interface Member {
  userId: string;
  nickname: string;
  role: Role;
  joinedAt: number;
  online: boolean;
  muted: boolean;
}

/** One record in a channel. */
export interface Entry {
  /** `"<epoch>-<seq>"`, unique within its channel. */
  id: string;
  roomId: string;
  channel: string;
  type: string;
  /** Null: the server wrote it (all of `log`), or an application with the API key. */
  from: { userId: string; nickname: string } | null;
  payload: unknown;
  at: number;
  key?: string;
  /** On the first entry of a new epoch: the last id before it that survived. */
  after?: string;
}

/** The document that the members of a room share. */
export interface RoomState {
  /** Higher with each patch: by one, or by a leap where patches may have been lost. */
  readonly version: number;
  /** Any JSON value; `{}` to begin with. */
  readonly value: unknown;
}

/** What a member gets on joining. */
export interface JoinAnswer {
  room: Room;
  self: Member;
  members: Member[];
  memberCount: number;
  presenceVersion: number;
  hostState: HostState;
  state: RoomState;
  channels: { [channel: string]: ChannelSnapshot };
}

export interface ChannelSnapshot {
  /** Ascending. */
  entries: Entry[];
  /** Newest id among `entries`, else the position that the channel has; null: nothing was ever written. */
  lastId: string | null;
  /** False: more has to be fetched with `room:history {after: lastId}`. */
  complete: boolean;
}
