import type { LeftReason, ServerEvents } from '../events.js';
import type { Entry, JoinAnswer } from '../model.js';
import { Backoff } from './backoff.js';
import type { LogEvent } from './channel-log.js';
import { Pause } from './client-clock.js';
import type { Mechanism } from './client-options.js';
import { ASK_AGAIN_MS } from './door-wait.js';
import { type ClientErrorCode, isTransient, toPinroomError } from './errors.js';
import { GapFiller } from './gap-filler.js';
import type { Resender } from './resender.js';
import type { RoomEvents, RoomLink, RoomStatus } from './room-events.js';
import type { RoomEventName } from './room-inbox.js';
import { type Positions, RoomView } from './room-view.js';
import type { JoinWish } from './room-wish.js';

export interface RoomSyncOptions {
  readonly link: RoomLink;
  readonly wish: JoinWish;
  readonly answer: JoinAnswer;
  /** What was sent with the join. */
  readonly since: Positions;
  readonly keepEntries: number;
  readonly maxHeld: number;
  readonly emit: <N extends keyof RoomEvents>(name: N, payload: RoomEvents[N]) => void;
  /** Hears what shows a loss, after the application. */
  readonly resender: Pick<Resender, 'joined' | 'observed' | 'tops'>;
  readonly without: ReadonlySet<Mechanism>;
}

interface EarlyEvent {
  readonly name: Exclude<RoomEventName, 'room:admitted'>;
  readonly payload: unknown;
}

/** Events that may wait for a join answer. */
const MAX_EARLY = 1_000;
/** Time for what is on its way, before something counts as missing; and its spread over clients. */
const SETTLE_MS = 1_000;
const SPREAD_MS = 2_000;
/** A gap is closed sooner; the spread keeps a whole room from asking in the same moment. */
const GAP_SPREAD_MS = 200;

/**
 * [CLIENT-8] Keeps a room's view true: joins again after each reconnect, fetches what is missing, and tells what
 * has happened. Each join begins a new round; answers to questions of older rounds are ignored.
 */
export class RoomSync {
  readonly view: RoomView;
  readonly #options: RoomSyncOptions;
  readonly #filler: GapFiller;
  readonly #pause: Pause;
  #round = 0;
  /** Joined over the present connection. */
  #isJoined = true;
  #status: RoomStatus = 'live';
  #missed = 0;
  /** Events that came between a join and its answer; null: none is under way. */
  #early: EarlyEvent[] | null = null;
  readonly #checks = new Map<'entries' | 'snapshot', () => void>();

  constructor(options: RoomSyncOptions) {
    this.#options = options;
    this.#pause = new Pause(options.link.clock);
    const { keepEntries: keep, maxHeld, answer, since, link, without } = options;
    this.view = new RoomView(answer, { keep, maxHeld });
    this.#filler = new GapFiller({
      view: this.view,
      link,
      tell: (channel, events) => this.#tell(channel, events),
      skipsGaps: without.has('gap-fill'),
    });
    this.#load(answer, since);
    this.#settle();
  }

  get status(): RoomStatus {
    return this.#status;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  connectionDown(): void {
    this.#round++;
    this.#isJoined = false;
    this.#early = null;
    this.#wake();
    this.#become('resuming');
  }

  /** Joins again with the positions held; also to get a fresh snapshot over the same connection. */
  async rejoin(): Promise<void> {
    if (this.#status === 'left') return;
    const { link } = this.#options;
    const round = ++this.#round;
    this.#early = [];
    this.#wake();
    const backoff = new Backoff({ random: link.random });
    while (round === this.#round) {
      if (this.#options.without.has('resume')) this.view.forgetEntries();
      const since = this.view.positions();
      try {
        const wish = this.view.rejoinWish(this.#options.wish, since);
        const answer = await link.request('room:join', wish);
        if (round === this.#round) this.adopt(answer, since);
        return;
      } catch (fault) {
        const error = toPinroomError(fault);
        // A lost connection is followed by another one, which starts another round.
        if (round !== this.#round || !link.isOnline) return;
        if (error.code === 'room_closed') return await this.#readToTheEnd(round);
        // The place was lost, and a host has to give it back.
        const waits = error.code === 'waiting_for_host';
        if (!waits && !isTransient(error)) return this.leave(error.code);
        await this.#pause.wait(waits ? ASK_AGAIN_MS : backoff.next(error.retryAfterMs));
      }
    }
  }

  /** Takes over the answer to a join. */
  adopt(answer: JoinAnswer, since: Positions): void {
    const early = this.#early ?? [];
    this.#early = null;
    this.#isJoined = true;
    const { emit } = this.#options;
    this.#load(answer, since);
    emit('presence', null);
    emit('updated', this.view.room);
    emit('state', this.view.state);
    for (const { name, payload } of early) this.receive(name, payload);
    this.#settle();
  }

  /** An event of the server about this room. */
  receive(name: RoomEventName, payload: unknown): void {
    if (this.#status === 'left') return;
    if (name === 'room:admitted') this.#decided(payload as ServerEvents['room:admitted']);
    else if (this.#early && this.#mustWait(name)) this.#keepForLater(name, payload);
    else this.#apply(name, payload);
  }

  /**
   * [CLIENT-11] It is over; tells so once. What was said before a room closed is handed on first.
   */
  leave(reason: LeftReason | ClientErrorCode): void {
    if (this.#status === 'left') return;
    this.#round++;
    this.#isJoined = false;
    this.#early = null;
    for (const cancel of this.#checks.values()) cancel();
    this.#checks.clear();
    this.#wake();
    this.#become('left');
    this.#options.emit('left', { reason });
  }

  #decided({ admit }: ServerEvents['room:admitted']): void {
    if (admit) this.#pause.wake();
    else if (!this.#isJoined) this.leave('forbidden');
  }

  #apply(name: Exclude<RoomEventName, 'room:admitted'>, payload: unknown): void {
    const { emit, resender } = this.#options;
    const { view } = this;
    switch (name) {
      case 'room:entry': {
        const entry = payload as Entry;
        this.#tell(entry.channel, view.entry(entry));
        break;
      }
      case 'room:top': {
        const event = payload as ServerEvents['room:top'];
        view.top(event);
        resender.tops(event.tops);
        break;
      }
      case 'room:presence': {
        const event = payload as ServerEvents['room:presence'];
        if (view.presence(event)) emit('presence', event);
        break;
      }
      case 'room:updated': {
        if (view.updated((payload as ServerEvents['room:updated']).room)) {
          emit('updated', view.room);
        }
        break;
      }
      case 'room:state': {
        const { version, patch } = payload as ServerEvents['room:state'];
        if (view.statePatch(version, patch)) emit('state', view.state);
        break;
      }
      case 'room:signal':
        emit('signal', payload as ServerEvents['room:signal']);
        break;
      case 'room:waiting': {
        const event = payload as ServerEvents['room:waiting'];
        view.queue(event.waiting);
        emit('waiting', event);
        break;
      }
      case 'room:left':
        this.leave((payload as ServerEvents['room:left']).reason);
        return;
      default:
        name satisfies never;
    }
    this.#checkSoon();
  }

  /** The room was closed meanwhile: its members may still read what they have missed. */
  async #readToTheEnd(round: number): Promise<void> {
    this.#early = null;
    this.view.doubtEntries();
    await this.#fill();
    if (round === this.#round) this.leave('closed');
  }

  /** What has a version waits for a join answer; over a connection that is joined, entries go on. */
  #mustWait(name: EarlyEvent['name']): boolean {
    if (name === 'room:left') return false;
    return !this.#isJoined || (name !== 'room:entry' && name !== 'room:signal');
  }

  #keepForLater(name: EarlyEvent['name'], payload: unknown): void {
    const early = this.#early;
    if (!early) return;
    if (early.length < MAX_EARLY) {
      early.push({ name, payload });
      return;
    }
    // Versions tell of the rest; the positions of entries have to be remembered.
    if (name === 'room:entry') {
      const entry = payload as Entry;
      this.view.announce(entry.channel, entry.id);
    }
  }

  /** After a join: fetches what the answer did not hold. */
  #settle(): void {
    this.#checkSoon();
    void this.#fill();
  }

  /** Looks later whether something is really missing: most of it is on its way. */
  #checkSoon(): void {
    const { random } = this.#options.link;
    if (this.view.behind()) {
      this.#check('entries', random() * GAP_SPREAD_MS, () => {
        void this.#fill();
      });
    }
    if (this.view.isStale && !this.#options.without.has('snapshot-refresh')) {
      this.#check('snapshot', SETTLE_MS + random() * SPREAD_MS, () => {
        if (this.view.isStale) void this.rejoin();
      });
    }
  }

  #check(what: 'entries' | 'snapshot', delayMs: number, look: () => void): void {
    if (this.#checks.has(what)) return;
    const cancel = this.#options.link.clock.after(delayMs, () => {
      this.#checks.delete(what);
      if (this.#isJoined && !this.#early) look();
    });
    this.#checks.set(what, cancel);
  }

  /** Fetches until nothing is behind, unless another round begins. */
  async #fill(): Promise<void> {
    if (!this.view.behind()) return this.#become('live');
    this.#become('resuming');
    const round = this.#round;
    const isCurrent = () => round === this.#round;
    if (!(await this.#filler.fill(isCurrent))) return;
    this.#become('live');
    this.#checkSoon();
  }

  #load(answer: JoinAnswer, since: Positions): void {
    for (const { channel, events } of this.view.load(answer, since)) this.#tell(channel, events);
    this.#options.resender.joined(answer.channels);
  }

  #tell(channel: string, events: readonly LogEvent[]): void {
    const { emit, resender } = this.#options;
    for (const event of events) {
      if (event.kind === 'entry') {
        if (this.#status === 'resuming') this.#missed++;
        emit('entry', event.entry);
      } else if (event.kind === 'reset') emit('reset', { channel, after: event.after });
      else emit('hole', { channel, after: event.after, next: event.next });
    }
    resender.observed(channel, events);
  }

  #wake(): void {
    this.#pause.wake();
    this.#filler.wake();
  }

  #become(status: RoomStatus): void {
    if (this.#status === status || this.#status === 'left') return;
    const missed = status === 'live' ? this.#missed : 0;
    this.#missed = 0;
    this.#status = status;
    this.#options.emit('status', { status, missed });
  }
}
