import type { CommandAnswer, CommandName, CommandPayload } from '../commands.js';
import type { EntryPage, RoomByPin, RoomList } from '../http.js';
import type { JoinAnswer, Room, RoomState } from '../model.js';
import { Backoff } from './backoff.js';
import { type ClientClock, Pause, systemClock } from './client-clock.js';
import type { ClientEvents, ClientOptions, JoinOptions } from './client-options.js';
import { Connection, type ConnectionState } from './connection.js';
import { DoorWaits } from './door-wait.js';
import { Emitter } from './emitter.js';
import { type ClientErrorCode, isTransient, PinroomError, toPinroomError } from './errors.js';
import { exportStream } from './export-stream.js';
import { HttpApi } from './http-api.js';
import { JoinRequests, throwIfStopped } from './join-requests.js';
import { pageOrigin } from './page-origin.js';
import { normalisePin } from './pin-input.js';
import { randomKey } from './random-key.js';
import type { RoomLink } from './room-events.js';
import { RoomHandle } from './room-handle.js';
import { RoomInbox } from './room-inbox.js';
import type { HistoryOptions } from './room-options.js';
import { type Positions, sinceOf } from './room-view.js';
import type { JoinWish } from './room-wish.js';
import { ServerClock } from './server-clock.js';
import { Session, type User } from './session.js';
import { openSocketIo } from './socket-line.js';
import { TokenKeeper } from './token-keeper.js';

/** A user's connection to a Pinroom server, and the rooms that the user is in. */
export class PinroomClient extends Emitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #clock: ClientClock;
  readonly #random: () => number;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #serverClock: ServerClock;
  readonly #rooms = new Map<string, RoomHandle>();
  readonly #inbox = new RoomInbox();
  readonly #link: RoomLink;
  readonly #pause: Pause;
  readonly #doors: DoorWaits;
  readonly #joins: JoinRequests;
  #stopped = false;

  constructor(options: ClientOptions = {}) {
    super();
    this.#options = options;
    const { clock = systemClock, random = Math.random, cookie = false } = options;
    const url = options.url ?? pageOrigin();
    this.#clock = clock;
    this.#random = random;
    this.#pause = new Pause(clock);
    this.#doors = new DoorWaits(clock, random, options.waitDeadlineMs ?? 600_000);
    this.#serverClock = new ServerClock(clock);
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#session = new Session({
      http: new HttpApi({ url, fetch, cookie, timeoutMs: 10_000 }),
      keeper: new TokenKeeper(options.storage ?? null),
      clock,
      cookie,
      nickname: options.nickname,
      refreshMarginMs: options.refreshMarginMs ?? 30_000,
      onUser: (user, isNew) => this.#greet(user, isNew),
    });
    this.#connection = new Connection({
      url,
      session: this.#session,
      openSocket: options.openSocket ?? openSocketIo,
      clock,
      random,
      renewSession: options.renewSession ?? false,
      requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    });
    this.#joins = new JoinRequests({
      doors: this.#doors,
      ask: (payload, signal) => this.#insist('room:join', payload, signal),
      // Without a connection there is no place to give back.
      leave: async (roomId) => {
        await this.#connection.request('room:leave', { roomId }).catch(() => {});
      },
      find: async (pin) => (await this.findByPin(pin).catch(() => null))?.room?.id ?? null,
      isInside: (roomId) => this.#rooms.has(roomId),
      onWaiting: (roomId) => this.emit('waiting', { roomId }),
    });
    this.#link = linkTo(this.#connection, clock, random);
    this.#listen();
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Null before the first session. */
  get user(): User | null {
    return this.#session.user;
  }

  /** By id. */
  get rooms(): ReadonlyMap<string, RoomHandle> {
    return this.#rooms;
  }

  /** The server's clock, for countdowns that end everywhere at once. */
  serverNow(): number {
    return this.#serverClock.now();
  }

  /** By how much `serverNow()` may be off; null before the first exchange. */
  get serverNowUncertaintyMs(): number | null {
    return this.#serverClock.uncertaintyMs;
  }

  /**
   * Connects and stays connected; resolves when the connection stands. Only for those who want to wait
   * for it, or start again after `stop()` or the end of a session: the first command starts by itself.
   */
  start(): Promise<User> {
    this.#stopped = false;
    this.#connection.start();
    return this.#whenOnline(null);
  }

  /** Closes the connection. The rooms keep the user's places for the grace time; the session lives. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#connection.stop();
    for (const room of [...this.#rooms.values()]) room.wire.end('stopped');
    this.#pause.wake();
    this.#doors.wake();
  }

  /** Opens a room. Creating does not join: the host joins with `joinRoom({ roomId })`. */
  createRoom(options: CommandPayload<'room:create'> = {}): Promise<CommandAnswer<'room:create'>> {
    return this.#insist('room:create', { key: randomKey(), ...options });
  }

  /**
   * Joins by the PIN as a person typed it, or by id. Where a host lets people in, it resolves once one has
   * (the event `waiting` tells that it comes to that) and rejects with `forbidden` where one does not.
   * `signal` gives the join up, also at the door: it rejects with `stopped`, and the place goes back.
   */
  async joinRoom(options: JoinOptions): Promise<RoomHandle> {
    const { signal, since: given = {}, ...wish } = options;
    const held = 'roomId' in wish ? this.#rooms.get(wish.roomId)?.wire.positions() : undefined;
    const since: Positions = held ?? new Map(Object.entries(given));
    const place = 'roomId' in wish ? { roomId: wish.roomId } : { pin: readPin(wish.pin) };
    const { nickname, role, passcode, hostKey } = wish;
    const self = defined({ nickname, role, passcode, hostKey });
    const wanted = since.size > 0 ? { since: sinceOf(since) } : {};
    const join = async () => {
      const answer = await this.#joins.run(place, { ...self, ...wanted }, signal);
      return this.#enter(answer, self, since);
    };
    return this.#inbox.whileJoining(() => this.#doors.whileJoining(join));
  }

  /** Which room has this PIN, without joining it. Like everything over HTTP it needs no connection. */
  findByPin(pin: string): Promise<RoomByPin> {
    return this.#get(`/api/rooms/by-pin/${readPin(pin)}`);
  }

  /** The rooms that the user hosts, newest first. */
  listRooms(page: { cursor?: string; limit?: number } = {}): Promise<RoomList> {
    return this.#get('/api/rooms', page);
  }

  /** For members, also after the room was closed. */
  async getRoom(roomId: string): Promise<Room> {
    return (await this.#get<{ room: Room }>(pathOf(roomId))).room;
  }

  /** For members, also after the room was closed. */
  entries(roomId: string, options: HistoryOptions = {}): Promise<EntryPage> {
    return this.#get(`${pathOf(roomId)}/entries`, { ...options });
  }

  /** The document that the room shares. For members, also after the room was closed. */
  getState(roomId: string): Promise<RoomState> {
    return this.#get(`${pathOf(roomId)}/state`);
  }

  /**
   * Every entry of every channel until now as JSON lines, for hosts; also after the room was closed. It
   * comes as it is read, and fails with `offline` where it breaks off: then it is not whole.
   */
  async exportRoom(roomId: string): Promise<ReadableStream<Uint8Array>> {
    const request = { method: 'GET', path: `${pathOf(roomId)}/export.ndjson` } as const;
    return exportStream(await this.#session.open(request, 'application/x-ndjson'), this.#clock);
  }

  /** Deletes a closed room with all that was said in it (hosts). */
  deleteRoom(roomId: string): Promise<void> {
    return this.#session.call({ method: 'DELETE', path: pathOf(roomId) });
  }

  /** For calls over HTTP that have no method here: `Authorization: Bearer …`. */
  accessToken(): Promise<string> {
    return this.#session.accessToken();
  }

  /** Ends this session and stops. */
  logout(): Promise<void> {
    return this.#logout('/api/sessions/current');
  }

  /** Ends all sessions of the user, on every device, and stops. */
  logoutEverywhere(): Promise<void> {
    return this.#logout('/api/sessions');
  }

  /** Erases the user from what stays, ends all sessions, and stops. */
  deleteUser(): Promise<void> {
    return this.#logout('/api/users/me');
  }

  async #logout(path: string): Promise<void> {
    await this.#session.call({ method: 'DELETE', path });
    await this.stop();
    this.#session.forget();
  }

  #get<T>(path: string, query: { [name: string]: string | number | undefined } = {}): Promise<T> {
    return this.#session.call<T>({ method: 'GET', path, query });
  }

  #enter(answer: JoinAnswer, wish: JoinWish, since: Positions): RoomHandle {
    const { room } = answer;
    const known = this.#rooms.get(room.id);
    if (known) {
      known.wire.adopt(answer, since);
      return known;
    }
    const { keepEntries = 500, maxQueued = 1_000, sendDeadlineMs = 60_000 } = this.#options;
    const handle: RoomHandle = new RoomHandle({
      link: this.#link,
      wish,
      answer,
      since,
      keepEntries,
      maxHeld: 1_000,
      maxQueued,
      sendDeadlineMs,
      maxPayloadBytes: this.#options.maxPayloadBytes ?? null,
      onServerTime: (at, askedAt) => this.#serverClock.sample(at, askedAt),
      serverNow: () => this.serverNow(),
      onLeft: () => {
        if (this.#rooms.get(room.id) === handle) this.#rooms.delete(room.id);
      },
      without: this.#options.without ?? new Set(),
    });
    this.#rooms.set(room.id, handle);
    for (const { name, payload } of this.#inbox.take(room.id)) handle.wire.receive(name, payload);
    return handle;
  }

  /** [CLIENT-12] Asks until there is an answer about the matter itself, across reconnects. */
  async #insist<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    signal?: AbortSignal,
  ): Promise<CommandAnswer<N>> {
    const { commandDeadlineMs = 20_000 } = this.#options;
    const deadline = this.#clock.monotonic() + commandDeadlineMs;
    const backoff = new Backoff({ random: this.#random, capMs: 3_000 });
    for (;;) {
      await this.#whenOnline(deadline, signal);
      try {
        return await this.#connection.request(name, payload);
      } catch (fault) {
        const error = toPinroomError(fault);
        const wait = backoff.next(error.retryAfterMs);
        const isLate = this.#clock.monotonic() + wait >= deadline;
        // Who gave it up is to know whether the last attempt may have been carried out.
        if (!isTransient(error) || isLate || signal?.aborted) throw error;
        await this.#pause.wait(wait, signal);
      }
    }
  }

  async #whenOnline(deadline: number | null, signal?: AbortSignal): Promise<User> {
    for (;;) {
      throwIfStopped(signal);
      const { state } = this;
      const { user } = this.#session;
      if (state === 'online' && user) return user;
      if (state === 'ended') throw new PinroomError(this.#endedWith);
      if (this.#stopped) throw new PinroomError('stopped');
      if (state === 'offline') this.#connection.start();
      const left = deadline === null ? 60_000 : deadline - this.#clock.monotonic();
      if (left <= 0) throw new PinroomError('offline');
      await this.#pause.wait(left, signal);
    }
  }

  #endedWith: ClientErrorCode = 'session_ended';

  #listen(): void {
    const connection = this.#connection;
    connection.on('state', (change) => {
      if (change.state === 'ended') {
        this.#endedWith = change.reason === 'protocol_mismatch' ? change.reason : 'session_ended';
        for (const room of [...this.#rooms.values()]) room.wire.end(this.#endedWith);
      }
      this.emit('state', change);
      this.#pause.wake();
      this.#doors.wake();
    });
    connection.on('ready', ({ ready, askedAt }) => {
      this.#serverClock.forget();
      this.#serverClock.sample(ready.serverTime, askedAt);
      for (const room of this.#rooms.values()) void room.wire.up();
      this.#pause.wake();
    });
    connection.on('down', () => {
      this.#inbox.clear();
      for (const room of this.#rooms.values()) room.wire.down();
    });
    connection.on('event', ({ name, payload }) => this.#route(name, payload));
  }

  #route(name: string, payload: unknown): void {
    const event = this.#inbox.read(name, payload);
    if (!event) return;
    if (event.name === 'room:admitted') {
      const { roomId, admit } = payload as ClientEvents['admitted'];
      this.emit('admitted', { roomId, admit });
      this.#doors.decided(roomId, admit ? 'admitted' : 'refused');
    }
    const room = this.#rooms.get(event.roomId);
    if (!room && event.name === 'room:left') this.#doors.decided(event.roomId, 'closed');
    if (room) room.wire.receive(event.name, event.payload);
    else this.#inbox.keep(event);
  }

  /** The user is another one than before, and in none of the rooms. */
  #greet(user: User, isNew: boolean): void {
    for (const room of [...this.#rooms.values()]) room.wire.end('session_ended');
    this.emit('user', { user, isNew });
  }
}

function linkTo(connection: Connection, clock: ClientClock, random: () => number): RoomLink {
  return {
    clock,
    random,
    get isOnline() {
      return connection.isOnline;
    },
    request: (name, payload, timeoutMs) => connection.request(name, payload, timeoutMs),
  };
}

function readPin(typed: string | null): string {
  if (typed === null) throw new PinroomError('room_closed', 'A closed room has no PIN.');
  const pin = normalisePin(typed);
  if (pin === null) throw new PinroomError('room_not_found', 'This is no PIN.');
  return pin;
}

function pathOf(roomId: string): string {
  return `/api/rooms/${encodeURIComponent(roomId)}`;
}

function defined(wish: { [K in keyof JoinWish]: JoinWish[K] | undefined }): JoinWish {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}
