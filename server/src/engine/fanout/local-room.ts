import { parseEntryId, type Role } from '@pinroom/client/contract';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { ChannelPositions } from './channel-positions.js';
import type { Frame, PresenceMember } from './frame.port.js';
import type { LocalBroadcaster } from './local-broadcaster.port.js';
import type { DeliveryRights, LocalRoomSources, LocalSeat } from './local-seat.js';
import { LocalSeats } from './local-seats.js';
import { type PresenceEvent, PresenceGatherer } from './presence-gatherer.js';
import { RoomCast } from './room-cast.js';
import { WaitingTeller } from './waiting-teller.js';

/** Frames that may wait while something is repaired; beyond it they are dropped and repaired from the stream. */
const MAX_QUEUED = 5_000;
/** Longer than a frame is under way. */
const IN_FLIGHT_MS = 250;

export interface LocalRoomParts {
  readonly broadcaster: LocalBroadcaster;
  readonly sources: LocalRoomSources;
  /** The last seat was taken away. */
  readonly onEmpty: (room: LocalRoom) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type EntryFrame = Extract<Frame, { kind: 'entry' }>;
type RemovedFrame = Extract<Frame, { kind: 'removed' }>;

/**
 * A room as this node holds it: its local seats, and the one place through which everything of the
 * room goes out to them, in order.
 *
 * States: `live` (frames go out at once) and `busy` (something is read first: the tops and rights
 * at the start, missing entries, changed rights; frames wait in line). Only `#work` changes the state.
 */
export class LocalRoom {
  readonly id: string;
  readonly seats = new LocalSeats();
  readonly #parts: LocalRoomParts;
  readonly #presence: PresenceGatherer;
  readonly #cast: RoomCast;
  readonly #positions: ChannelPositions;
  readonly #waiting: WaitingTeller;
  readonly #queue: Frame[] = [];
  #rev = 0;
  #epoch = 0;
  #stateVersion = 0;
  #busy = true;
  #opened = false;
  #dropped = false;
  #closed = false;
  /** The work that runs, or the one before; never rejects. */
  #working: Promise<unknown> = Promise.resolve();
  #refreshing: Promise<void> | undefined;

  constructor(id: string, parts: LocalRoomParts) {
    this.id = id;
    this.#parts = parts;
    this.#presence = new PresenceGatherer(id, 0, parts.clock, (event) =>
      this.#presenceGathered(event),
    );
    this.#cast = new RoomCast(id, this.seats, parts.broadcaster, parts.clock);
    this.#waiting = new WaitingTeller({
      ...parts,
      roomId: id,
      seats: this.seats,
      read: () => parts.sources.waiting(id),
      upTo: async (rev) => {
        if (rev > this.#rev) await this.refresh();
      },
    });
    this.#positions = new ChannelPositions(id, this.seats, this.#cast, parts);
  }

  /** Whether it was opened: frames are handled as they come. */
  get isLive(): boolean {
    return this.#opened;
  }

  /** Reads where the room stands. Frames that came since the subscription wait meanwhile. */
  async open(): Promise<void> {
    const { sources } = this.#parts;
    const asked = new Set(this.seats.all());
    const [tops, rights] = await Promise.all([
      sources.tops(this.id),
      sources.rights(this.id, this.seats.userIds()),
    ]);
    this.#positions.start(tops);
    if (rights) {
      this.#rev = rights.room.rev;
      this.#epoch = rights.epoch;
      this.#stateVersion = rights.stateVersion;
      this.#presence.reset(rights.presenceVersion);
      this.seats.judge(asked, rights.roles);
    }
    this.#opened = true;
    this.#busy = false;
    this.#drain();
  }

  /** A frame from the bus. */
  receive(frame: Frame): void {
    if (this.#closed) return;
    if (this.#busy || this.#queue.length > 0) {
      if (this.#queue.length < MAX_QUEUED) this.#queue.push(frame);
      else this.#dropped = true;
      return;
    }
    this.#handle(frame);
  }

  /**
   * Compares with the store what this node has delivered, catches up, and tells the clients where
   * the room stands.
   */
  async checkPosition(): Promise<void> {
    if (this.#busy || this.#closed) return;
    const { clock, sources } = this.#parts;
    const told = this.#stateVersion;
    const rights = await sources.rights(this.id, []);
    if (!rights) return;
    this.#noteState(rights, told);
    if (rights.room.closedAt !== null) {
      this.#removeAll('closed');
      return;
    }
    if (rights.room.rev > this.#rev || rights.epoch !== this.#epoch) await this.refresh();
    const tops = await sources.tops(this.id);
    const behind = this.#positions.missingOf(tops);
    if (behind.length > 0 && !this.#busy) {
      await this.#work(async () => {
        for (const [channel, id] of behind) await this.#repair(channel, id);
      });
    }
    if (rights.presenceVersion > this.#presence.version) {
      // What is on its way is not missing.
      await clock.sleep(IN_FLIGHT_MS);
      if (rights.presenceVersion > this.#presence.version) {
        this.#presence.reset(rights.presenceVersion);
      }
    }
    if (!this.#closed) this.sendTops();
    // Where the news of a change was lost.
    if (rights.room.settings.approval) this.#waiting.tellSoon();
  }

  /**
   * Looks the rights up again, and gives seats back that the store has lost. What runs already may
   * have looked too early, so it is waited for; who asks meanwhile shares the look.
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshNext().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshNext(): Promise<void> {
    while (this.#busy && this.#opened && !this.#closed) await this.#working;
    if (this.#opened && !this.#closed) await this.#work(() => this.#refreshRights(0));
  }

  /** Tells the clients where the room stands. */
  sendTops(): void {
    this.#cast.tops(this.#positions.tops, {
      rev: this.#rev,
      stateVersion: this.#stateVersion,
      presenceVersion: this.#presence.version,
    });
  }

  /** Nothing goes out any more. */
  stop(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#presence.stop();
    this.#cast.stop();
    this.#waiting.stop();
  }

  /** See `LocalRooms`. */
  setRole(seat: LocalSeat, role: Role, rev: number): boolean {
    if (rev < this.#rev) return seat.role === role;
    this.seats.setRole(seat, role);
    return true;
  }

  /** Tells the hosts of this node who waits at the door, soon. */
  tellWaiting(): void {
    this.#waiting.tellSoon();
  }

  #handle(frame: Frame): void {
    if (frame.kind === 'removed') {
      // Whoever left may be back with a newer seat: the rights decide, the frame only says why.
      if (frame.rev > this.#rev || this.seats.ofUser(frame.userId).length > 0) {
        this.#start(() => this.#refreshRights(frame.rev, frame));
      }
      return;
    }
    if ((frame.rev > this.#rev && frame.kind !== 'closed') || this.#beginsLife(frame)) {
      // Rights first: a member who was removed must not see what comes with or after this frame.
      this.#queue.unshift(frame);
      this.#start(() => this.#refreshRights(frame.rev));
      return;
    }
    switch (frame.kind) {
      case 'entry':
        this.#entry(frame);
        break;
      case 'signal':
        this.#cast.send(frame.to, frame.body);
        break;
      case 'state':
        this.#stateVersion = Math.max(this.#stateVersion, frame.version);
        this.#cast.send('room', frame.body);
        break;
      case 'presence':
        if (frame.delta.changed) this.#noteMember(frame.delta.changed);
        this.#presence.add(frame);
        break;
      case 'updated':
      case 'decided':
        break;
      case 'waiting':
        this.#waiting.tellSoon();
        break;
      case 'closed':
        this.#removeAll(frame.reason);
        break;
      default:
        frame satisfies never;
    }
  }

  /** What a seat would be given back with, where the store loses its data. */
  #noteMember({ muted, nickname, userId }: PresenceMember): void {
    for (const seat of this.seats.ofUser(userId)) {
      seat.nickname = nickname;
      seat.muted = muted;
    }
  }

  #entry(frame: EntryFrame): void {
    if (this.#positions.deliver(frame)) return;
    this.#queue.unshift(frame);
    this.#start(() => this.#repair(frame.channel, frame.id));
  }

  async #repair(channel: string, upTo: string): Promise<void> {
    // What was missed may have taken somebody's right to hear it.
    await this.#refreshRights(this.#rev);
    const isRepaired = await this.#positions.repair(channel, upTo, () => !this.#closed);
    const waiting = this.#queue[0];
    // Ids are the channel's own: another one's entry may well have the same.
    const isIt = waiting?.kind === 'entry' && waiting.channel === channel && waiting.id === upTo;
    if (isRepaired || !isIt) return;
    // It can't be had: the clients ask for the history when it can be read again.
    this.#queue.shift();
    this.#cast.send(channel, waiting.body);
  }

  async #refreshRights(atLeast: number, removal?: RemovedFrame): Promise<void> {
    const { clock, logger, sources } = this.#parts;
    // Where nothing else has changed, one is looked up: of a thousand who are removed one after the
    // other, none may cost a look at all who stay.
    let only = removal && removal.rev <= this.#rev + 1 ? removal.userId : null;
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        const asked = new Set(only === null ? this.seats.all() : this.seats.ofUser(only));
        const told = this.#stateVersion;
        const rights =
          only === null ? await this.#readRights() : await sources.rights(this.id, [only]);
        if (!rights) {
          // There is no such room any more, nowhere.
          this.#removeAll('closed');
          return;
        }
        if (only !== null && rights.epoch !== this.#epoch) {
          only = null;
          continue;
        }
        const seated = this.seats.all();
        const judged = seated.filter((seat) => asked.has(seat));
        // A seat taken meanwhile was not asked about: what is newer will be looked up again for it.
        const upTo = judged.length < seated.length ? atLeast : rights.room.rev;
        // Never below what was announced, or one announcement would be looked up for ever. Data that
        // began a new life may count from below.
        const isSameLife = rights.epoch === this.#epoch;
        const before = this.#rev;
        this.#rev = isSameLife ? Math.max(before, upTo, atLeast) : Math.max(upTo, atLeast);
        this.#epoch = rights.epoch;
        this.#noteState(rights, told);
        for (const seat of judged) {
          const role = rights.roles.get(seat.userId);
          if (role !== undefined) this.seats.setRole(seat, role);
          else this.#remove(seat, this.#reasonFor(seat.userId, removal));
        }
        if (!isSameLife || this.#rev !== before) this.#cast.updated(rights.room);
        // Somebody may have become a host.
        if (rights.room.settings.approval) this.#waiting.tellSoon();
        return;
      } catch (fault) {
        // Nothing may go out before the rights are known: wait for the store as long as it takes.
        if (attempt === 0) logger.warn({ roomId: this.id, err: fault }, 'cannot read the rights');
        await clock.sleep(Math.min(2_000, 50 * 2 ** attempt));
      }
    }
  }

  /** What was `told` before the rights were read is in them, unless the store has lost it. */
  #noteState({ stateVersion }: DeliveryRights, told: number): void {
    const isLost = stateVersion < told;
    this.#stateVersion = isLost ? stateVersion : Math.max(this.#stateVersion, stateVersion);
  }

  /** Why a user was removed; of who was removed a moment after another the frame is still in line. */
  #reasonFor(userId: string, removal: RemovedFrame | undefined): string {
    const said = [removal, ...this.#queue].findLast(
      (frame) => frame?.kind === 'removed' && frame.userId === userId,
    );
    return said?.kind === 'removed' ? said.reason : 'kicked';
  }

  /** The rights, after the seats are back where the store has lost them with its data; null: no room. */
  async #readRights(): Promise<DeliveryRights | null> {
    const { logger, metrics, sources } = this.#parts;
    const rights = await sources.rights(this.id, this.seats.userIds());
    if (!rights || rights.epoch === this.#epoch || this.#epoch === 0) return rights;
    logger.debug({ roomId: this.id }, 'the data of a room began a new life: seats are given back');
    await sources.restoreSeats(this.id, this.seats.all());
    metrics.count('pinroom_room_lives_begun_total');
    return sources.rights(this.id, this.seats.userIds());
  }

  /** Whether an entry shows that the room's data began a new life. */
  #beginsLife(frame: Frame): boolean {
    return frame.kind === 'entry' && (parseEntryId(frame.id)?.epoch ?? 0) > this.#epoch;
  }

  #presenceGathered(event: PresenceEvent | null): void {
    if (this.#closed) return;
    // Changes were missed: their versions tell the clients to fetch the whole.
    if (event === null) this.sendTops();
    else this.#cast.presence(event);
  }

  #removeAll(reason: string): void {
    for (const seat of this.seats.all()) this.#remove(seat, reason);
  }

  #remove(seat: LocalSeat, reason: string): void {
    this.seats.remove(seat.socket.id);
    this.#cast.farewell(seat, reason);
    seat.holder.onRemoved(this.id);
    if (this.seats.size === 0) this.#parts.onEmpty(this);
  }

  #start(task: () => Promise<void>): void {
    this.#work(task).catch((fault: unknown) => {
      this.#parts.logger.error({ roomId: this.id, err: fault }, 'a room got stuck for a moment');
    });
  }

  /** Runs a task while frames wait in line, then goes on with them. */
  async #work(task: () => Promise<void>): Promise<void> {
    this.#busy = true;
    const working = task();
    this.#working = working.catch(() => {});
    try {
      await working;
    } finally {
      this.#busy = false;
      this.#drain();
    }
  }

  #drain(): void {
    while (!this.#busy && !this.#closed) {
      const frame = this.#queue.shift();
      if (!frame) break;
      this.#handle(frame);
    }
    if (this.#dropped && !this.#busy && !this.#closed) {
      this.#dropped = false;
      this.#start(() => this.#catchUpAll());
    }
  }

  /** Frames were dropped: everything of theirs that is kept comes from the stream. */
  async #catchUpAll(): Promise<void> {
    await this.#refreshRights(this.#rev);
    const tops = await this.#parts.sources.tops(this.id);
    for (const [channel, id] of this.#positions.missingOf(tops)) await this.#repair(channel, id);
  }
}
