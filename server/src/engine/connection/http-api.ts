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
import type { OwnSessions } from '../auth/own-sessions.js';
import type { SessionGrant } from '../auth/session-grant.port.js';
import type { Sessions } from '../auth/sessions.js';
import type { RoomEraser } from '../room/erase.js';
import type { RoomExporter } from '../room/export-room.js';
import type { StatePatcher } from '../room/patch-state.js';
import type { RoomReader } from '../room/read-room.js';
import { normaliseNickname } from '../room/text.js';
import type { Random } from '../runtime/random.js';
import type { CommandRouter } from './command-router.js';
import type { Door } from './door.js';
import type { ExportedRoom, RoomApi, SessionApi } from './http-api.port.js';

/** What HTTP does with sessions. */
export class SessionHttpApi implements SessionApi {
  readonly #sessions: Sessions;
  readonly #own: OwnSessions;
  readonly #random: Random;
  readonly #door: Door;

  constructor(sessions: Sessions, own: OwnSessions, random: Random, door: Door) {
    this.#sessions = sessions;
    this.#own = own;
    this.#random = random;
    this.#door = door;
  }

  async createSession(
    request: { nickname?: string | undefined },
    client: ClientInfo,
  ): Promise<SessionGrant> {
    await this.#door.countNew(client);
    const nickname = request.nickname ?? `Player ${this.#random.int(1_000, 10_000)}`;
    return this.#sessions.create(normaliseNickname(nickname), client);
  }

  async refreshSession(refreshToken: string, client: ClientInfo): Promise<SessionGrant> {
    await this.#door.countRefresh(client);
    return this.#sessions.refresh(refreshToken, client);
  }

  authenticateToken(accessToken: string, client: ClientInfo): Promise<Caller> {
    return this.#door.call(accessToken, client);
  }

  endSession(caller: Caller): Promise<void> {
    return this.#sessions.end(caller.sessionId, caller.userId);
  }

  endAllSessions(caller: Caller): Promise<void> {
    return this.#sessions.endAll(caller.userId);
  }

  listSessions(caller: Caller): Promise<SessionList> {
    return this.#own.list(caller);
  }

  endOwnSession(caller: Caller, sessionId: string): Promise<void> {
    return this.#own.end(caller, sessionId);
  }
}

export interface RoomHttpParts {
  readonly router: CommandRouter;
  readonly reader: RoomReader;
  readonly states: StatePatcher;
  readonly exporter: RoomExporter;
  readonly eraser: RoomEraser;
}

/** What HTTP does with rooms. */
export class RoomHttpApi implements RoomApi {
  readonly #parts: RoomHttpParts;

  constructor(parts: RoomHttpParts) {
    this.#parts = parts;
  }

  command(
    caller: Caller | ApplicationCaller,
    name: CommandName,
    payload: unknown,
  ): Promise<unknown> {
    return this.#parts.router.run(caller, name, payload, null);
  }

  findByPin(caller: Caller, pin: string): Promise<RoomByPin> {
    return this.#parts.reader.byPin(caller, pin);
  }

  getRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<Room> {
    return this.#parts.reader.room(caller, roomId);
  }

  getState(caller: Caller | ApplicationCaller, roomId: string): Promise<RoomState> {
    return this.#parts.states.read(caller, roomId);
  }

  listRooms(caller: Caller, page: { cursor: string | null; limit: number }): Promise<RoomList> {
    return this.#parts.reader.list(caller, page);
  }

  exportRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<ExportedRoom> {
    return this.#parts.exporter.open(caller, roomId);
  }

  deleteRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<void> {
    return this.#parts.eraser.deleteRoom(caller, roomId);
  }

  deleteUser(caller: Caller): Promise<void> {
    return this.#parts.eraser.deleteUser(caller);
  }
}
