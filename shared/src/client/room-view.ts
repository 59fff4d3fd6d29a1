import type { CommandPayload } from '../commands.js';
import type { ServerEvents } from '../events.js';
import { mergePatch } from '../merge-patch.js';
import type { Entry, JoinAnswer, Member, Room, RoomState } from '../model.js';
import { ChannelLog, type ChannelLogOptions, type LogEvent } from './channel-log.js';
import { MemberRoster } from './member-roster.js';
import type { JoinWish } from './room-wish.js';

/** Positions per channel as they were sent with a join; null: known to be empty. */
export type Positions = ReadonlyMap<string, string | null>;

/**
 * A room as one member sees it: pure bookkeeping over what the server says. It notices what is
 * missing; fetching is others' work.
 */
export class RoomView {
  readonly roster = new MemberRoster();
  readonly #options: ChannelLogOptions;
  readonly #logs = new Map<string, ChannelLog>();
  #room: Room;
  #self: Member;
  #state: RoomState;
  #waiting: readonly Member[] = [];
  /** The newest versions that the server has spoken of. */
  #announced = { rev: 0, state: 0, presence: 0 };
  /** As of the last join answer, which is never doubted: what it says cannot be fetched better. */
  #wasListedHost = false;

  /** Knows nothing of the channels until `load`; the application's own positions come with `since`. */
  constructor(answer: JoinAnswer, options: ChannelLogOptions) {
    this.#options = options;
    this.#room = answer.room;
    this.#self = answer.self;
    this.#state = answer.state;
  }

  get room(): Room {
    return this.#room;
  }

  get self(): Member {
    return this.#self;
  }

  get state(): RoomState {
    return this.#state;
  }

  get waiting(): readonly Member[] {
    return this.#waiting;
  }

  get isHost(): boolean {
    return this.#self.role === 'host';
  }

  get channels(): string[] {
    return [...this.#logs.keys()];
  }

  entries(channel: string): readonly Entry[] {
    return this.#logs.get(channel)?.entries ?? [];
  }

  position(channel: string): string | null {
    return this.#logs.get(channel)?.position ?? null;
  }

  /** What is known of each channel. */
  positions(): Positions {
    const known = new Map<string, string | null>();
    for (const [channel, log] of this.#logs) {
      if (log.position !== undefined) known.set(channel, log.position);
    }
    return known;
  }

  /** How this member joins again. A host who was made a player meanwhile comes back as one. */
  rejoinWish({ passcode, hostKey }: JoinWish, since: Positions): CommandPayload<'room:join'> {
    const { role, nickname } = this.#self;
    const wish = { roomId: this.#room.id, nickname, since: sinceOf(since) };
    const secret = passcode === undefined ? {} : { passcode };
    if (role !== 'host') return { ...wish, ...secret, role };
    return { ...wish, ...secret, ...(hostKey === undefined ? {} : { hostKey }) };
  }

  /** Takes over a join answer; `since` is what was sent with the question. */
  load(answer: JoinAnswer, since: Positions): { channel: string; events: LogEvent[] }[] {
    this.#room = answer.room;
    this.#self = answer.self;
    this.#state = answer.state;
    if (!this.isHost) this.#waiting = [];
    this.#wasListedHost = this.#isListedHost();
    this.roster.load(answer);
    this.#announced = {
      rev: answer.room.rev,
      state: answer.state.version,
      presence: answer.presenceVersion,
    };
    // A role was lost: what it read stays as it was, but is followed no more.
    for (const channel of this.channels) {
      if (!Object.hasOwn(answer.channels, channel)) this.#logs.delete(channel);
    }
    return Object.entries(answer.channels).map(([channel, snapshot]) => ({
      channel,
      events: this.#log(channel).snapshot(snapshot, since.get(channel)),
    }));
  }

  entry(entry: Entry): LogEvent[] {
    return this.#log(entry.channel).live(entry);
  }

  /** The entries after a channel's position, read back. `complete`: there are no more. */
  page(channel: string, entries: readonly Entry[], complete: boolean): LogEvent[] {
    return this.#log(channel).page(entries, complete);
  }

  /** Nothing is known of the channels any more: the next answer to a join begins them anew. */
  forgetEntries(): void {
    this.#logs.clear();
  }

  /** Every channel may have gone on without a word. */
  doubtEntries(): void {
    for (const log of this.#logs.values()) log.doubt();
  }

  /** The server's newest positions and versions. */
  top(event: ServerEvents['room:top']): void {
    for (const [channel, id] of Object.entries(event.tops)) this.announce(channel, id);
    this.#announced = {
      rev: Math.max(this.#announced.rev, event.rev),
      // A lower one counts too: the server may have lost the newest patches.
      state: event.stateVersion,
      presence: Math.max(this.#announced.presence, event.presenceVersion),
    };
  }

  /** An entry exists that was not taken in. */
  announce(channel: string, id: string): void {
    this.#log(channel).top(id);
  }

  presence(event: ServerEvents['room:presence']): boolean {
    if (!this.roster.apply(event, this.isHost)) return false;
    const { userId } = this.#self;
    // In a crowded room one is told of oneself alone, and then everybody of the count.
    const told = event.changed.find((member) => member.userId === userId);
    this.#self = this.roster.members.get(userId) ?? told ?? this.#self;
    return true;
  }

  /** Who waits at the door now; hosts are told the whole list. */
  queue(waiting: readonly Member[]): void {
    this.#waiting = waiting;
  }

  /** The server has answered how this member is called now; presence says so to everybody. */
  renamed({ nickname }: Member): void {
    this.#self = { ...this.#self, nickname };
  }

  updated(room: Room): boolean {
    if (room.rev < this.#room.rev) return false;
    this.#room = room;
    return true;
  }

  statePatch(version: number, patch: unknown): boolean {
    const state = Math.max(this.#announced.state, version);
    this.#announced = { ...this.#announced, state };
    if (version !== this.#state.version + 1) return false;
    this.#state = { version, value: mergePatch(this.#state.value, patch) };
    return true;
  }

  /**
   * [CLIENT-9] Members, rights or state have gone on without a word, or another role follows other
   * channels; a fresh join answer has it all.
   */
  get isStale(): boolean {
    const { rev, state, presence } = this.#announced;
    return (
      rev > this.#room.rev ||
      state !== this.#state.version ||
      presence > this.roster.version ||
      this.roster.needsReload ||
      this.#rightsChanged()
    );
  }

  /** A channel whose entries have to be fetched. */
  behind(): { channel: string; log: ChannelLog } | null {
    for (const [channel, log] of this.#logs) if (log.isBehind) return { channel, log };
    return null;
  }

  /** With the role the channels have changed that this member follows. */
  #rightsChanged(): boolean {
    if (this.#isListedHost() !== this.#wasListedHost) return true;
    for (const log of this.#logs.values()) if (log.isUnplaced) return true;
    return false;
  }

  #isListedHost(): boolean {
    return this.#room.hostIds.includes(this.#self.userId);
  }

  #log(channel: string): ChannelLog {
    let log = this.#logs.get(channel);
    if (!log) {
      log = new ChannelLog(this.#options);
      this.#logs.set(channel, log);
    }
    return log;
  }
}

/** The newest entry id per channel, as `since` wants it. */
export function sinceOf(positions: Positions): { [channel: string]: string } {
  const since: { [channel: string]: string } = {};
  for (const [channel, id] of positions) if (id !== null) since[channel] = id;
  return since;
}
