import type { ChannelSnapshot } from '../model.js';
import type { LogEvent } from './channel-log.js';
import type { ClientClock } from './client-clock.js';
import type { ClientErrorCode, PinroomError } from './errors.js';
import type { RoomEvents } from './room-events.js';
import type { OutgoingMessage, SendItem, SendReceipt } from './send-queue.js';
import { type SentEvent, SentLog } from './sent-log.js';

/** A message can be sent again half the time for which the server knows its key. */
const MAX_AGE_MS = 5 * 60_000;
/** The server knows a key for 10 minutes; the last one is left for what is under way. */
const KEY_HOLDS_MS = 9 * 60_000;
const IN_FLIGHT_MS = 5_000;
const MAX_MESSAGES = 1_000;
const MAX_NAMES = 10_000;
/** What a later epoch has left of a channel is told with the channel's next entry, if there is one soon. */
const SETTLE_MS = 2_000;
const SPREAD_MS = 3_000;

export interface ResenderOptions {
  readonly clock: ClientClock;
  readonly random: () => number;
  readonly serverNow: () => number;
  /** How long a message is tried again, from when its loss was noticed. */
  readonly deadlineMs: number;
  /** For tests: nothing is sent again, and nothing is told. */
  readonly isOff: boolean;
  readonly emit: <N extends 'resent' | 'unsure'>(name: N, payload: RoomEvents[N]) => void;
  /** A channel has something to go before everything else. */
  readonly hurry: (channel: string) => void;
}

/**
 * [CLIENT-18] Sends again what the server has acknowledged and lost since: with the same key, before
 * newer messages of the channel that still wait, in the old order. [CLIENT-19] Tells of which
 * messages it cannot know.
 */
export class Resender {
  readonly #options: ResenderOptions;
  readonly #log = new SentLog({
    maxAgeMs: MAX_AGE_MS,
    inFlightMs: IN_FLIGHT_MS,
    maxMessages: MAX_MESSAGES,
    maxNames: MAX_NAMES,
  });
  #cancelSettling: (() => void) | null = null;
  #isOver: boolean;

  constructor(options: ResenderOptions) {
    this.#options = options;
    this.#isOver = options.isOff;
  }

  /** Messages that are to be sent again. */
  get size(): number {
    return this.#log.lostCount;
  }

  /** Call it right before a message is sent, and what it gives with the receipt. */
  attempt(message: OutgoingMessage): (receipt: SendReceipt) => void {
    const askedIn = this.#log.epoch;
    return ({ id, at }) => {
      const { clock, serverNow } = this.#options;
      const madeAt = clock.monotonic() - Math.max(0, serverNow() - at);
      this.#note((log, now) => log.acknowledged(message, { id, madeAt, askedIn }, now));
    };
  }

  /** The channels of a join answer, after their entries were handed on. */
  joined(channels: { readonly [channel: string]: ChannelSnapshot }): void {
    this.#note((log, now) => log.joined(channels, now));
  }

  /** What was handed on of a channel. */
  observed(channel: string, events: readonly LogEvent[]): void {
    this.#note((log, now) => log.observed(channel, events, now));
  }

  /** Where the server says that channels stand. */
  tops(tops: { readonly [channel: string]: string }): void {
    this.#note((log, now) => log.tops(tops, now));
  }

  /** What goes before everything that waits in a channel. */
  next(channel: string): SendItem | null {
    const lost = this.#log.next(channel);
    if (!lost) return null;
    const { message, madeAt, noticedAt } = lost;
    return {
      message,
      deadline: Math.min(noticedAt + this.#options.deadlineMs, madeAt + KEY_HOLDS_MS),
      // The receipt has come through `attempt`.
      resolve: () => {},
      reject: (error) => this.#failed(message, error),
    };
  }

  /** The room is over for this member. */
  close(reason: ClientErrorCode): void {
    this.#note((log) => log.close(reason));
    this.#cancelSettling?.();
    this.#isOver = true;
  }

  #failed(message: OutgoingMessage, { code }: PinroomError): void {
    const isThere = code === 'conflict' && message.once !== undefined;
    this.#note((log) => (isThere ? log.stands(message) : log.refused(message, code)));
  }

  #note(change: (log: SentLog, now: number) => SentEvent[]): void {
    if (this.#isOver) return;
    const { clock, emit, hurry } = this.#options;
    const { epoch } = this.#log;
    for (const { kind, ...payload } of change(this.#log, clock.monotonic())) {
      emit(kind, payload as RoomEvents[typeof kind]);
    }
    for (const channel of this.#log.lostChannels) hurry(channel);
    if (epoch > 0 && this.#log.epoch > epoch) this.#settleLater();
  }

  #settleLater(): void {
    const { clock, random } = this.#options;
    this.#cancelSettling?.();
    this.#cancelSettling = clock.after(SETTLE_MS + random() * SPREAD_MS, () => {
      this.#note((log, now) => log.settle(now));
    });
  }
}
