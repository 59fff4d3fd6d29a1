import type { CommandAnswer, CommandName, CommandPayload } from '../commands.js';
import { PROTOCOL_VERSION, type ServerEvents } from '../events.js';
import { Backoff } from './backoff.js';
import { type ClientClock, Pause } from './client-clock.js';
import { Emitter } from './emitter.js';
import { PinroomError, toPinroomError } from './errors.js';
import { Line, type LineEnd } from './line.js';
import type { Session } from './session.js';
import type { OpenSocket } from './socket-line.js';
import { onWake } from './wake-signals.js';

/** A connection that held so long was a good one: the next loss starts with short waits again. */
const STEADY_MS = 5_000;
/** An open connection does not keep a session alive, a refresh does: about once in this time, each client at another one. */
const KEEP_SESSION_MS = 3_600_000;
/** Their answers may hold 256 KiB: asked again too soon over a slow line, they would never get through. */
const BIG_ANSWERS: ReadonlySet<CommandName> = new Set<CommandName>([
  'room:join',
  'room:history',
  'room:members',
]);
/** So many times the time of other answers. */
const BIG_ANSWER_TIMES = 3;

/**
 * `offline`: not started, or stopped. `connecting`: the first attempt. `online`. `reconnecting`: lost,
 * coming back by itself. `ended`: the session is over or the server refuses for good; only a new
 * start helps.
 */
export type ConnectionState = 'offline' | 'connecting' | 'online' | 'reconnecting' | 'ended';

export interface ConnectionEvents {
  state: { readonly state: ConnectionState; readonly reason: string | null };
  /** The server has greeted; `askedAt` is monotonic. */
  ready: { readonly ready: ServerEvents['session:ready']; readonly askedAt: number };
  /** The line is gone; open requests fail right after. */
  down: undefined;
  event: { readonly name: string; readonly payload: unknown };
}

export interface ConnectionOptions {
  readonly url: string;
  readonly session: Session;
  readonly openSocket: OpenSocket;
  readonly clock: ClientClock;
  readonly random: () => number;
  /** Whether the end of a session may be answered with a new session, once. */
  readonly renewSession: boolean;
  readonly requestTimeoutMs: number;
}

/**
 * [CLIENT-5] Keeps one connection to the server: comes back by itself whenever it is lost, with a
 * fresh token where the old one is near its end or was refused, until it is stopped.
 */
export class Connection extends Emitter<ConnectionEvents> {
  readonly #options: ConnectionOptions;
  readonly #pause: Pause;
  readonly #backoff: Backoff;
  #state: ConnectionState = 'offline';
  #line: Line | null = null;
  #running: Promise<void> | null = null;
  #stopping = false;
  #renewed = false;
  /** The next handshake needs another token. */
  #tokenRefused = false;
  /** Handshakes refused for their token since the server last greeted. */
  #refusals = 0;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#pause = new Pause(options.clock);
    this.#backoff = new Backoff({ random: options.random });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isOnline(): boolean {
    return this.#state === 'online';
  }

  /** Connects, and stays connected until `stop()` or the end of the session. */
  start(): void {
    if (this.#running && this.#state !== 'ended') return;
    this.#stopping = false;
    this.#renewed = false;
    this.#refusals = 0;
    this.#backoff.reset();
    this.#change('connecting');
    const running = this.#run().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#line?.close();
    this.#pause.wake();
    await this.#running;
    this.#change('offline');
  }

  request<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    timeoutMs = this.#timeoutOf(name),
  ): Promise<CommandAnswer<N>> {
    if (!this.#line) return Promise.reject(new PinroomError('offline'));
    return this.#line.request(name, payload, timeoutMs);
  }

  #timeoutOf(name: CommandName): number {
    return this.#options.requestTimeoutMs * (BIG_ANSWERS.has(name) ? BIG_ANSWER_TIMES : 1);
  }

  async #run(): Promise<void> {
    const unwatch = onWake(() => this.#pause.wake());
    try {
      while (!this.#stopping) {
        const again = await this.#connectOnce();
        if (again === null) return;
        if (again > 0 && !this.#stopping) await this.#pause.wait(again);
      }
    } finally {
      unwatch();
    }
  }

  /** One connection from token to end. Gives the time until the next one; null: no next one. */
  async #connectOnce(): Promise<number | null> {
    const { clock, session } = this.#options;
    try {
      const token = await session.accessToken({ fresh: this.#tokenRefused });
      this.#tokenRefused = false;
      if (this.#stopping) return null;
      const since = clock.monotonic();
      const end = await this.#hold(token);
      if (this.#stopping) return null;
      if (end.kind === 'session-ended') return this.#sessionEnded(end.reason);
      this.#change('reconnecting');
      if (clock.monotonic() - since >= STEADY_MS) this.#backoff.reset();
      const waitMs = end.kind === 'draining' ? end.reconnectAt - clock.monotonic() : 0;
      return this.#backoff.next(Math.max(0, waitMs));
    } catch (fault) {
      return this.#stopping ? null : this.#failed(toPinroomError(fault));
    }
  }

  /** Opens a line and resolves when it is gone again; rejects when it does not open. */
  async #hold(token: string): Promise<LineEnd> {
    const { url, openSocket, clock } = this.#options;
    let ended: (end: LineEnd) => void = () => {};
    const end = new Promise<LineEnd>((resolve) => {
      ended = resolve;
    });
    let mismatch = false;
    const line = new Line({
      url,
      token,
      openSocket,
      clock,
      onReady: (ready, askedAt) => {
        mismatch = ready.protocol !== PROTOCOL_VERSION;
        if (mismatch) return;
        this.#refusals = 0;
        this.#change('online');
        this.emit('ready', { ready, askedAt });
      },
      onEvent: (name, payload) => this.emit('event', { name, payload }),
      onEnd: (how) => {
        this.#line = null;
        if (!mismatch) this.emit('down', undefined);
        ended(how);
      },
    });
    this.#line = line;
    const leaveSession = this.#keepSession();
    try {
      await line.opened;
      if (mismatch) throw new PinroomError('protocol_mismatch');
      return await end;
    } finally {
      leaveSession();
      line.close();
      this.#line = null;
    }
  }

  /** Refreshes the session from time to time; gives what ends that. */
  #keepSession(): () => void {
    const { clock, random, session } = this.#options;
    let cancel = () => {};
    const keep = () => {
      cancel = clock.after(KEEP_SESSION_MS * (0.5 + random() / 2), () => {
        keep();
        // What fails is tried again; that the session is over the server tells by itself.
        session.accessToken({ fresh: true }).catch(() => {});
      });
    };
    keep();
    return () => cancel();
  }

  #failed(error: PinroomError): number | null {
    switch (error.code) {
      case 'session_ended':
        return this.#sessionEnded(error.code);
      case 'unauthenticated': {
        // The first refusal is an old token; a second one with a fresh token is worth a pause.
        this.#tokenRefused = true;
        this.#refusals += 1;
        this.#retrying();
        return this.#refusals === 1 ? 0 : this.#backoff.next(error.retryAfterMs);
      }
      default:
        if (!error.retry) return this.#over(error.code);
        this.#retrying();
        return this.#backoff.next(error.retryAfterMs);
    }
  }

  /** [CLIENT-7] The end of the session is the end of the connection; a new session only if wanted, once. */
  #sessionEnded(reason: string): number | null {
    this.#options.session.forget();
    if (!this.#options.renewSession || this.#renewed) return this.#over(reason);
    this.#renewed = true;
    this.#change('reconnecting', reason);
    return this.#backoff.next();
  }

  #retrying(): void {
    if (this.#state !== 'connecting') this.#change('reconnecting');
  }

  #over(reason: string): null {
    this.#change('ended', reason);
    return null;
  }

  #change(state: ConnectionState, reason: string | null = null): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', { state, reason });
  }
}
