import type { CommandAnswer, CommandPayload, HistoryPage, MemberPage } from '../commands.js';
import type { Entry, HostState, JoinAnswer, Member, Room, RoomState } from '../model.js';
import { Emitter, tell } from './emitter.js';
import { type ClientErrorCode, PinroomError } from './errors.js';
import { checkPayload } from './outgoing-payload.js';
import { randomKey } from './random-key.js';
import { Resender } from './resender.js';
import type { RoomEvents, RoomStatus } from './room-events.js';
import type { HistoryOptions, RoomHandleOptions, SendOptions } from './room-options.js';
import { RoomSync } from './room-sync.js';
import type { Positions } from './room-view.js';
import { type OutgoingMessage, SendQueue, type SendReceipt } from './send-queue.js';

type RoomCommand =
  | 'room:update'
  | 'room:kick'
  | 'room:admit'
  | 'room:new-pin'
  | 'room:state'
  | 'room:host'
  | 'room:rename'
  | 'room:mute'
  | 'room:close'
  | 'room:signal'
  | 'room:members'
  | 'room:history';

/**
 * A room that the user is in. It comes back by itself after a lost connection, hands on every entry
 * once and in order, and sends until the server has answered.
 */
export class RoomHandle extends Emitter<RoomEvents> {
  readonly #options: RoomHandleOptions;
  readonly #sync: RoomSync;
  readonly #queue: SendQueue;
  readonly #resender: Resender;

  /** Made by `PinroomClient.joinRoom`. */
  constructor(options: RoomHandleOptions) {
    super();
    this.#options = options;
    const { link, maxQueued, sendDeadlineMs: deadlineMs, serverNow, without } = options;
    const { clock, random } = link;
    this.#resender = new Resender({
      clock,
      random,
      serverNow,
      deadlineMs,
      isOff: without.has('resend'),
      emit: (name, payload) => this.emit(name, payload),
      hurry: (channel) => this.#queue.hurry(channel),
    });
    this.#queue = new SendQueue({
      clock,
      random,
      maxQueued,
      deadlineMs,
      isReady: () => this.#sync.isJoined,
      transmit: (message) => this.#transmit(message),
      ahead: (channel) => this.#resender.next(channel),
    });
    this.#sync = new RoomSync({
      ...options,
      emit: (name, payload) => this.#announce(name, payload),
      resender: this.#resender,
    });
  }

  get id(): string {
    return this.#sync.view.room.id;
  }

  get room(): Room {
    return this.#sync.view.room;
  }

  get self(): Member {
    return this.#sync.view.self;
  }

  get isHost(): boolean {
    return this.#sync.view.isHost;
  }

  /** By user id. Whole if `membersComplete`; in a room of hundreds only `memberCount` is told. */
  get members(): ReadonlyMap<string, Member> {
    return this.#sync.view.roster.members;
  }

  get membersComplete(): boolean {
    return this.#sync.view.roster.isComplete;
  }

  get memberCount(): number {
    return this.#sync.view.roster.count;
  }

  /** Whether a host is there, was a moment ago, or is gone. */
  get hostState(): HostState {
    return this.#sync.view.roster.hostState;
  }

  /** To hosts, where they let people in: who waits at the door, as the event `waiting` told last. */
  get waiting(): readonly Member[] {
    return this.#sync.view.waiting;
  }

  /** The document that everybody in the room shares. What is in it belongs to the room: do not change it. */
  get state(): RoomState {
    return this.#sync.view.state;
  }

  get status(): RoomStatus {
    return this.#sync.status;
  }

  /** Messages that are not acknowledged yet, or have to be sent again. */
  get unsent(): number {
    return this.#queue.size + this.#resender.size;
  }

  /** The newest entries of a channel, ascending. */
  entries(channel = 'room'): readonly Entry[] {
    return this.#sync.view.entries(channel);
  }

  /** The newest entry id per channel: kept, it lets a later `joinRoom` go on from there. */
  positions(): { readonly [channel: string]: string } {
    const known = [...this.#sync.view.positions()];
    return Object.fromEntries(known.flatMap(([name, id]) => (id === null ? [] : [[name, id]])));
  }

  /** Calls `listener` with the entries that are there, and from then on with each new one. */
  follow(channel: string, listener: (entry: Entry) => void): () => void {
    for (const entry of this.entries(channel)) tell(listener, entry);
    return this.on('entry', (entry) => {
      if (entry.channel === channel) listener(entry);
    });
  }

  /**
   * Sends an entry. Resolves when it is kept; until then it is sent again, across reconnects, at most
   * until the deadline. In one channel the messages of one handle keep their order.
   */
  async send(type: string, payload: unknown, options: SendOptions = {}): Promise<SendReceipt> {
    const { channel = 'room', key = randomKey(), once } = options;
    const copy = checkPayload(payload, this.#options.maxPayloadBytes);
    return this.#queue.push({ channel, type, payload: copy, key, once });
  }

  /** Tells those who are there now; not kept, not repeated. */
  async signal(type: string, payload: unknown, { to = 'room' } = {}): Promise<void> {
    const copy = checkPayload(payload, this.#options.maxPayloadBytes);
    await this.#command('room:signal', { to, type, payload: copy });
  }

  /** One page of the past, ascending. */
  history(options: HistoryOptions = {}): Promise<HistoryPage> {
    return this.#command('room:history', { channel: 'room', ...options });
  }

  /** Everything that a channel holds, from `after` (default: the beginning) to its present end. */
  async *wholeHistory({ channel = 'room', after = '0-0' } = {}): AsyncGenerator<Entry, void> {
    for (let cursor: string | null = after; cursor !== null; ) {
      const page: HistoryPage = await this.history({ channel, after: cursor, limit: 200 });
      yield* page.entries;
      cursor = page.nextCursor;
    }
  }

  membersPage(page: { cursor?: string; limit?: number } = {}): Promise<MemberPage> {
    return this.#command('room:members', page);
  }

  async update(change: Omit<CommandPayload<'room:update'>, 'roomId'>): Promise<Room> {
    return (await this.#command('room:update', change)).room;
  }

  /**
   * Changes the shared document by a JSON Merge Patch (hosts). Answers its new version; the value comes with
   * `state`. With `ifVersion` only while it has this version: `conflict` otherwise.
   */
  async patchState(patch: unknown, { ifVersion }: { ifVersion?: number } = {}): Promise<number> {
    const copy = checkPayload(patch, this.#options.maxPayloadBytes);
    const guard = ifVersion === undefined ? {} : { ifVersion };
    return (await this.#command('room:state', { patch: copy, ...guard })).version;
  }

  /**
   * Removes a member with all devices; with `ban` the user cannot come back, and need not be here; with
   * `banAddress` nobody else comes in from the user's network, who is not in already.
   */
  async kick(userId: string, { ban = false, banAddress = false } = {}): Promise<void> {
    await this.#command('room:kick', { userId, ban, ...(banAddress ? { banAddress } : {}) });
  }

  /** A muted member reads and does not send. */
  async mute(userId: string, muted = true): Promise<void> {
    await this.#command('room:mute', { userId, muted });
  }

  /** Makes a member a host. */
  async grantHost(userId: string): Promise<Room> {
    return (await this.#command('room:host', { userId, action: 'grant' })).room;
  }

  /** Makes a host a player; a room keeps at least one host. */
  async revokeHost(userId: string): Promise<Room> {
    return (await this.#command('room:host', { userId, action: 'revoke' })).room;
  }

  /** Hands one's own part of a host over to a member. */
  async transferHost(userId: string): Promise<Room> {
    return (await this.#command('room:host', { userId, action: 'transfer' })).room;
  }

  /** Another nickname in this room; the error `nickname_taken` has a `suggestion`. */
  async rename(nickname: string): Promise<Member> {
    const { self } = await this.#command('room:rename', { nickname });
    this.#sync.view.renamed(self);
    return self;
  }

  /** Lets a user in who waits at the door (the event `waiting` tells who does), or does not. */
  async admit(userId: string, admit = true): Promise<void> {
    await this.#command('room:admit', { userId, admit });
  }

  /**
   * Gives the room another PIN: `current` stops working, members stay. Repeated with the same
   * `current` (when the answer was lost) it answers the room as it is.
   */
  async newPin(current = this.room.pin): Promise<Room> {
    if (current === null) throw new PinroomError('room_closed');
    return (await this.#command('room:new-pin', { current })).room;
  }

  /** Closes the room for all. */
  async close(): Promise<void> {
    await this.#command('room:close', {});
  }

  /** Leaves with this device, or with all of the user's. What is unsent is given up. */
  async leave({ everywhere = false } = {}): Promise<void> {
    if (this.status === 'left') return;
    const { link } = this.#options;
    const goodbye = link.request('room:leave', { roomId: this.id, everywhere });
    this.#sync.leave('left');
    try {
      await goodbye;
    } catch {
      // Without a connection there is no seat to give back; the place goes when the grace ends.
    }
  }

  /** @internal The connection calls these. */
  readonly wire = {
    receive: (name: Parameters<RoomSync['receive']>[0], payload: unknown): void => {
      this.#sync.receive(name, payload);
      if (this.#sync.isJoined) this.#queue.wake();
    },
    adopt: (answer: JoinAnswer, since: Positions): void => {
      this.#sync.adopt(answer, since);
      this.#queue.wake();
    },
    up: async (): Promise<void> => {
      await this.#sync.rejoin();
      this.#queue.wake();
    },
    down: (): void => this.#sync.connectionDown(),
    end: (reason: ClientErrorCode): void => this.#sync.leave(reason),
    positions: (): Positions => this.#sync.view.positions(),
  };

  #command<N extends RoomCommand>(
    name: N,
    payload: Omit<CommandPayload<N>, 'roomId'>,
  ): Promise<CommandAnswer<N>> {
    if (this.status === 'left') return Promise.reject(new PinroomError('not_in_room'));
    const whole = { ...payload, roomId: this.id } as CommandPayload<N>;
    return this.#options.link.request(name, whole);
  }

  async #transmit(message: OutgoingMessage): Promise<SendReceipt> {
    const { link, onServerTime, without } = this.#options;
    const { once, ...always } = message;
    const unique = once === undefined ? {} : { once };
    const key = without.has('same-key') ? randomKey() : message.key;
    const acknowledged = this.#resender.attempt(message);
    const askedAt = link.clock.monotonic();
    const wish = { roomId: this.id, ...always, ...unique, key };
    const receipt = await link.request('room:send', wish);
    if (!receipt.duplicate) onServerTime(receipt.at, askedAt);
    acknowledged(receipt);
    return receipt;
  }

  #announce<N extends keyof RoomEvents>(name: N, payload: RoomEvents[N]): void {
    if (name === 'left') {
      const code = codeOf((payload as RoomEvents['left']).reason);
      this.#resender.close(code);
      this.#queue.close(new PinroomError(code));
      this.#options.onLeft();
    }
    this.emit(name, payload);
  }
}

/** What a message is told that can no longer be sent. */
function codeOf(reason: RoomEvents['left']['reason']): ClientErrorCode {
  switch (reason) {
    case 'closed':
    case 'expired':
      return 'room_closed';
    case 'kicked':
    case 'left':
      return 'not_in_room';
    default:
      return reason;
  }
}
