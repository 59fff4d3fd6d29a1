import type {
  CommandName,
  Room,
  RoomByPin,
  RoomList,
  RoomState,
  SessionList,
} from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { ClientInfo } from '../auth/client-info.port.js';
import type { SessionGrant } from '../auth/session-grant.port.js';

export type { SessionGrant } from '../auth/session-grant.port.js';

/** What HTTP does with sessions. Everything rejects with an AppError. */
export interface SessionApi {
  createSession(
    request: { nickname?: string | undefined },
    client: ClientInfo,
  ): Promise<SessionGrant>;
  /** Rotates; `session_ended` or `unauthenticated` when the token is not good. */
  refreshSession(refreshToken: string, client: ClientInfo): Promise<SessionGrant>;
  /** The caller behind an access token whose session lives. */
  authenticateToken(accessToken: string, client: ClientInfo): Promise<Caller>;
  endSession(caller: Caller): Promise<void>;
  endAllSessions(caller: Caller): Promise<void>;
  /** The caller's own that go on, the last used first. */
  listSessions(caller: Caller): Promise<SessionList>;
  /** One of the caller's own; `not_found` for every other. */
  endOwnSession(caller: Caller, sessionId: string): Promise<void>;
}

/** A room on its way out. */
export interface ExportedRoom {
  /** The next entries as JSON, one a line; null: that was all. Rejects where the rest cannot be had. */
  next(): Promise<string | null>;
  /** No more is wanted. To be called in any case. */
  close(): void;
}

/** What HTTP does with rooms. Everything rejects with an AppError. */
export interface RoomApi {
  /** A command of the protocol; `payload` is checked against its schema. Answers its `data`. */
  command(
    caller: Caller | ApplicationCaller,
    name: CommandName,
    payload: unknown,
  ): Promise<unknown>;
  findByPin(caller: Caller, pin: string): Promise<RoomByPin>;
  /** For members, also after it closed. */
  getRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<Room>;
  /** For members, also after the room closed. */
  getState(caller: Caller | ApplicationCaller, roomId: string): Promise<RoomState>;
  /** Rooms that the caller hosts, newest first. */
  listRooms(caller: Caller, page: { cursor: string | null; limit: number }): Promise<RoomList>;
  /** Every entry of every channel until now, for hosts; also after it closed. */
  exportRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<ExportedRoom>;
  /** By a host, once it is closed. */
  deleteRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<void>;
  deleteUser(caller: Caller): Promise<void>;
}
