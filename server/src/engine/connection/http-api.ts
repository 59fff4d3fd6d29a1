import type { CommandName, Room, RoomByPin, RoomList, SessionList } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { ClientInfo } from '../auth/client-info.port.js';
import type { OwnSessions } from '../auth/own-sessions.js';
import type { SessionGrant } from '../auth/session-grant.port.js';
import type { Sessions } from '../auth/sessions.js';
import type { RoomEraser } from '../room/erase.js';
import type { RoomReader } from '../room/read-room.js';
import { normaliseNickname } from '../room/text.js';
import type { Clock } from '../runtime/clock.js';
import type { Metrics } from '../runtime/metrics.js';
import { networkOf } from '../runtime/network.js';
import type { PaceLimit } from '../runtime/pace.js';
import type { Random } from '../runtime/random.js';
import type { RateLimiters } from '../runtime/rate-limiter.port.js';
import { CommandPace } from './command-pace.js';
import type { CommandRouter } from './command-router.js';
import type { RoomApi, SessionApi } from './http-api.port.js';

/** How much one may ask for over HTTP. */
export interface SessionHttpLimits {
  readonly limiters: RateLimiters;
  readonly commandLimit: PaceLimit;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Sessions whose pace is known; who was away for longer than so many others begins anew. */
const MAX_PACES = 10_000;

/** What HTTP does with sessions. */
export class SessionHttpApi implements SessionApi {
  readonly #sessions: Sessions;
  readonly #own: OwnSessions;
  readonly #random: Random;
  readonly #limits: SessionHttpLimits;
  /** By session, the one that was used last at the end. */
  readonly #paces = new Map<string, CommandPace>();

  constructor(sessions: Sessions, own: OwnSessions, random: Random, limits: SessionHttpLimits) {
    this.#sessions = sessions;
    this.#own = own;
    this.#random = random;
    this.#limits = limits;
  }

  async createSession(
    request: { nickname?: string | undefined },
    client: ClientInfo,
  ): Promise<SessionGrant> {
    await this.#limits.limiters.sessions.take(networkOf(client.address));
    const nickname = request.nickname ?? `Player ${this.#random.int(1_000, 10_000)}`;
    return this.#sessions.create(normaliseNickname(nickname), client);
  }

  async refreshSession(refreshToken: string, client: ClientInfo): Promise<SessionGrant> {
    await this.#limits.limiters.handshakes.take(networkOf(client.address));
    return this.#sessions.refresh(refreshToken, client);
  }

  async authenticateToken(accessToken: string, client: ClientInfo): Promise<Caller> {
    const caller = await this.#sessions.authenticateToken(accessToken, client);
    this.#paceOf(caller.sessionId).take(this.#limits.clock.now());
    return caller;
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

  #paceOf(sessionId: string): CommandPace {
    const { commandLimit, metrics } = this.#limits;
    const pace = this.#paces.get(sessionId) ?? new CommandPace(commandLimit, metrics);
    this.#paces.delete(sessionId);
    this.#paces.set(sessionId, pace);
    const [oldest] = this.#paces.keys();
    if (this.#paces.size > MAX_PACES && oldest !== undefined) this.#paces.delete(oldest);
    return pace;
  }
}

/** What HTTP does with rooms. */
export class RoomHttpApi implements RoomApi {
  readonly #router: CommandRouter;
  readonly #reader: RoomReader;
  readonly #eraser: RoomEraser;

  constructor(router: CommandRouter, reader: RoomReader, eraser: RoomEraser) {
    this.#router = router;
    this.#reader = reader;
    this.#eraser = eraser;
  }

  command(
    caller: Caller | ApplicationCaller,
    name: CommandName,
    payload: unknown,
  ): Promise<unknown> {
    return this.#router.run(caller, name, payload, null);
  }

  findByPin(caller: Caller, pin: string): Promise<RoomByPin> {
    return this.#reader.byPin(caller, pin);
  }

  getRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<Room> {
    return this.#reader.room(caller, roomId);
  }

  listRooms(caller: Caller, page: { cursor: string | null; limit: number }): Promise<RoomList> {
    return this.#reader.list(caller, page);
  }

  deleteRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<void> {
    return this.#eraser.deleteRoom(caller, roomId);
  }

  deleteUser(caller: Caller): Promise<void> {
    return this.#eraser.deleteUser(caller);
  }
}
