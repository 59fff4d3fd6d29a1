import { type ErrorCode, PARAMETER_SCHEMAS, PROTOCOL_VERSION } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { EndedSessions } from '../auth/ended-sessions.js';
import type { SessionSockets } from '../auth/session-expiry.js';
import type { RoomLeaver } from '../room/leave-room.js';
import { AppError, toWireError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import type { PaceLimit } from '../runtime/pace.js';
import { rateLimited } from '../runtime/rate-limited.js';
import { stopwatch } from '../runtime/stopwatch.js';
import type { SystemNotes } from '../runtime/system-log.js';
import { CommandPace } from './command-pace.js';
import type { CommandRouter, SeatHolder } from './command-router.js';
import type {
  ClientConnection,
  ClientSocket,
  CommandResult,
  ConnectionHandler,
  HandshakeCredentials,
} from './connection-handler.port.js';
import type { Door } from './door.js';
import { letGo } from './drain.js';
import { Places } from './places.js';
import { type SocketBounds, SocketLimits } from './socket-limits.js';

/** Commands that count for more than one: they are told to everybody, and a join reads and answers much. */
const COSTS: ReadonlyMap<string, number> = new Map([
  ['room:join', 4],
  ['room:rename', 4],
]);

const ROOM_ID = new RegExp(PARAMETER_SCHEMAS.id.pattern);

/** Before anything of a socket's seats has changed. */
const NO_CHANGE = Promise.resolve();

function nothing(): void {}

/** Commands of one socket that may run at the same time; more are refused until some are done. */
const MAX_RUNNING = 128;

export interface ConnectionParts {
  readonly endedSessions: Pick<EndedSessions, 'hasEnded'>;
  readonly router: CommandRouter;
  readonly leaver: RoomLeaver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly log: SystemNotes;
  readonly nodeId: string;
  readonly door: Door;
  readonly commandLimit: PaceLimit;
  readonly socketBounds: SocketBounds;
  /** Most rooms that one socket may be in. */
  readonly roomsPerSocket: number;
}

/** Accepts clients and holds those who are on the line. */
export class Connections implements ConnectionHandler, SessionSockets {
  readonly #parts: ConnectionParts;
  readonly #limits: SocketLimits;
  readonly #open = new Set<Connection>();
  /** Arrays: nearly always there is one. */
  readonly #bySession = new Map<string, Connection[]>();
  #draining = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#limits = new SocketLimits(parts.socketBounds, parts.metrics);
  }

  /** Sockets that are open now. */
  get size(): number {
    return this.#open.size;
  }

  async authenticate(credentials: HandshakeCredentials): Promise<Caller> {
    if (this.#draining) throw new AppError('draining', undefined, { retryAfterMs: 500 });
    const caller = await this.#identify(credentials);
    this.#limits.check(caller);
    return caller;
  }

  async #identify({ client, refreshToken, token }: HandshakeCredentials): Promise<Caller> {
    const { door } = this.#parts;
    if (token !== undefined) return door.enter(token, client);
    if (refreshToken !== undefined) return door.enterByRefreshToken(refreshToken, client);
    throw new AppError('unauthenticated', 'The handshake brought no token.');
  }

  connected(caller: Caller, socket: ClientSocket): ClientConnection {
    const connection = new Connection(caller, socket, this.#parts, () => {
      this.#open.delete(connection);
      this.#forgetSession(connection);
      this.#limits.closed(caller);
    });
    const isOneTooMany = this.#limits.reached(caller) !== null;
    this.#limits.opened(caller);
    this.#open.add(connection);
    const ofSession = this.#bySession.get(caller.sessionId);
    if (ofSession) ofSession.push(connection);
    else this.#bySession.set(caller.sessionId, [connection]);
    connection.greet();
    // Both are closed behind this call, once the transport has its connection and tells it so.
    if (this.#parts.endedSessions.hasEnded(caller.sessionId)) {
      // It was alive when it was looked up: it may have ended since, before anybody knew of this socket.
      queueMicrotask(() => connection.sessionEnded());
    } else if (isOneTooMany) {
      // Several were let in at the same time.
      queueMicrotask(() => connection.disconnect());
    }
    return connection;
  }

  #forgetSession(connection: Connection): void {
    const { sessionId } = connection.caller;
    const others = this.#bySession.get(sessionId)?.filter((other) => other !== connection) ?? [];
    if (others.length === 0) this.#bySession.delete(sessionId);
    else this.#bySession.set(sessionId, others);
  }

  /** The session is over: its sockets are told, and closed. */
  endSession(sessionId: string): void {
    for (const connection of [...(this.#bySession.get(sessionId) ?? [])]) connection.sessionEnded();
  }

  *callers(): Iterable<Caller> {
    for (const { caller } of this.#open) yield caller;
  }

  disconnectIf(applies: (caller: Caller) => boolean, most: number): void {
    const found = [...this.#open].filter(({ caller }) => applies(caller));
    for (const connection of found.slice(0, most)) connection.disconnect();
  }

  /** Closes every transport; the clients come back by themselves, here or elsewhere. */
  disconnectAll(): void {
    for (const connection of [...this.#open]) connection.disconnect();
  }

  /** From now on new clients are sent elsewhere; those who are here are let go, within `spreadMs`. */
  async drain(spreadMs: number, isTakenOver: boolean): Promise<void> {
    this.#draining = true;
    const leaving = new Set(this.#open);
    const { clock } = this.#parts;
    await letGo([...leaving], { spreadMs, isTakenOver, clock });
    // Those who were just being let in.
    const late = [...this.#open].filter((connection) => !leaving.has(connection));
    await letGo(late, { spreadMs: 0, isTakenOver, clock });
  }
}

/** One client's life: its commands and the seats that it holds. */
class Connection implements ClientConnection, SeatHolder {
  readonly socket: ClientSocket;
  readonly places: Places;
  readonly caller: Caller;
  readonly #parts: ConnectionParts;
  readonly #onClosed: () => void;
  readonly #pace: CommandPace;
  #closed = false;
  #running = 0;
  /** Closed for going on and on above the limit. */
  #isCast = false;
  /** The last change of the seats that was begun; never rejects. */
  #seatChange = NO_CHANGE;

  constructor(caller: Caller, socket: ClientSocket, parts: ConnectionParts, onClosed: () => void) {
    this.caller = caller;
    this.socket = socket;
    this.#parts = parts;
    this.#onClosed = onClosed;
    this.#pace = new CommandPace(parts.commandLimit, parts.metrics);
    this.places = new Places(parts.roomsPerSocket, parts.metrics);
  }

  isOpen(): boolean {
    return !this.#closed;
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#seatChange.then(work);
    this.#seatChange = run.then(nothing, nothing);
    return run;
  }

  greet(): void {
    const { clock, nodeId } = this.#parts;
    this.socket.emit('session:ready', {
      userId: this.caller.userId,
      nickname: this.caller.nickname,
      nodeId,
      serverTime: clock.now(),
      protocol: PROTOCOL_VERSION,
    });
  }

  sessionEnded(): void {
    this.socket.emit('session:ended', { reason: 'session_ended' });
    this.socket.disconnect();
  }

  announceDrain(reconnectInMs: number): void {
    this.socket.emit('server:draining', { reconnectInMs });
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  async command(name: string, payload: unknown): Promise<CommandResult> {
    const { metrics, router } = this.#parts;
    if (!router.knows(name)) {
      return this.#refuse(new AppError('bad_request', 'The protocol has no command of this name.'));
    }
    const startedAt = stopwatch();
    let code: ErrorCode | 'ok' = 'ok';
    this.#running += 1;
    try {
      this.#spend(COSTS.get(name));
      if (this.#running > MAX_RUNNING) {
        const message = 'Too many commands at once: wait for the answers.';
        throw rateLimited(metrics, 'commands_at_once', 200, message);
      }
      return { ok: true, data: await router.run(this.caller, name, payload ?? {}, this) };
    } catch (fault) {
      const error = toWireError(fault);
      code = error.code;
      this.#logRefusal(name, code, payload, fault);
      return { ok: false, error };
    } finally {
      this.#running -= 1;
      metrics.count('pinroom_commands_total', { command: name, code });
      metrics.observe('pinroom_command_seconds', stopwatch() - startedAt, { command: name });
    }
  }

  /** A fault of ours is for the operator to see, any other only where one looks closer. */
  #logRefusal(command: string, code: ErrorCode, payload: unknown, fault: unknown): void {
    const { logger, metrics } = this.#parts;
    const { sessionId, userId } = this.caller;
    const fields = {
      command,
      roomId: roomIdOf(payload),
      socketId: this.socket.id,
      sessionId,
      userId,
    };
    if (code !== 'internal') {
      logger.debug({ ...fields, code }, 'a command was refused');
      return;
    }
    metrics.count('pinroom_internal_faults_total');
    logger.error({ ...fields, err: fault }, 'a command failed');
  }

  unreadable(code: ErrorCode): CommandResult {
    return this.#refuse(new AppError(code));
  }

  /** What is no command counts against the pace all the same. */
  #refuse(fault: AppError): CommandResult {
    let error = fault.toWire();
    try {
      this.#spend();
    } catch (tooFast) {
      error = toWireError(tooFast);
    }
    const labels = { command: 'unknown', code: error.code };
    this.#parts.metrics.count('pinroom_commands_total', labels);
    return { ok: false, error };
  }

  #spend(cost?: number): void {
    const { clock, door, log, logger, metrics } = this.#parts;
    try {
      this.#pace.take(clock.now(), cost);
    } finally {
      if (this.#pace.isAbusive && !this.#isCast) {
        this.#isCast = true;
        metrics.count('pinroom_abusive_sockets_total');
        const { network, sessionId, userId } = this.caller;
        logger.warn({ network, sessionId, userId }, 'a socket is closed: it ignores its limit');
        log.note('abuse', { kind: 'socket-closed', network });
        door.bar(sessionId);
        this.socket.disconnect();
      }
    }
  }

  async closed(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClosed();
    await this.exclusively(async () => {
      const all = this.places.takeAll();
      await Promise.all(all.map((seat) => this.#parts.leaver.drop(seat)));
    });
  }
}

/** The room that a command is about, where it says a room's id; a PIN does not belong into a log. */
function roomIdOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null || !('roomId' in payload)) return undefined;
  const { roomId } = payload;
  return typeof roomId === 'string' && ROOM_ID.test(roomId) ? roomId : undefined;
}
