import { compareEntryIds, type Entry } from '@pinroom/client/contract';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { continuity } from './continuity.js';
import type { Frame } from './frame.port.js';
import type { LocalRoomSources } from './local-seat.js';
import type { LocalSeats } from './local-seats.js';
import type { RoomCast } from './room-cast.js';

const REPAIR_PAGE = 200;
const REPAIR_ATTEMPTS = 5;

export interface ChannelPositionsParts {
  readonly sources: Pick<LocalRoomSources, 'missing'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type EntryFrame = Extract<Frame, { kind: 'entry' }>;

/** How far each channel of a room was delivered on this node, and how it gets further. */
export class ChannelPositions {
  readonly #roomId: string;
  readonly #seats: LocalSeats;
  readonly #cast: RoomCast;
  readonly #parts: ChannelPositionsParts;
  readonly #tops = new Map<string, string>();

  constructor(roomId: string, seats: LocalSeats, cast: RoomCast, parts: ChannelPositionsParts) {
    this.#roomId = roomId;
    this.#seats = seats;
    this.#cast = cast;
    this.#parts = parts;
  }

  /** The newest delivered id of each channel. */
  get tops(): ReadonlyMap<string, string> {
    return this.#tops;
  }

  /** Starts from what the store holds: all of it is in the snapshots of who sits down. */
  start(tops: ReadonlyMap<string, string>): void {
    for (const [channel, id] of tops) this.#tops.set(channel, id);
  }

  /** Delivers the entry unless it was before; false: something between is missing. */
  deliver(frame: EntryFrame): boolean {
    const { channel, id } = frame;
    const found = continuity(this.#tops.get(channel) ?? null, frame);
    if (found === 'old') return true;
    // Nobody here misses anything of a channel without a reader; who sits down starts with a snapshot.
    if (found === 'gap' && this.#isRead(channel)) return false;
    this.#tops.set(channel, id);
    this.#count(this.#cast.send(channel, frame.body));
    return true;
  }

  #count(readers: number): void {
    const { metrics } = this.#parts;
    metrics.count('pinroom_entries_delivered_total');
    metrics.count('pinroom_deliveries_total', undefined, readers);
  }

  /** Of these positions, those of channels that are read here and were not delivered so far. */
  missingOf(tops: ReadonlyMap<string, string>): [channel: string, upTo: string][] {
    return [...tops].filter(
      ([channel, id]) => this.#isRead(channel) && this.#isBehind(channel, id),
    );
  }

  /**
   * Reads what is missing up to a position and delivers it. False: after some attempts it could not
   * be read; the position is taken as it is, and the clients see the jump themselves.
   */
  async repair(channel: string, upTo: string, isWanted: () => boolean): Promise<boolean> {
    const { clock, logger, metrics } = this.#parts;
    for (let attempt = 0; attempt < REPAIR_ATTEMPTS && isWanted(); attempt++) {
      try {
        await this.#readMissing(channel);
        if (!this.#isBehind(channel, upTo)) {
          metrics.count('pinroom_gaps_total', { result: 'repaired' });
          return true;
        }
      } catch (fault) {
        logger.debug({ roomId: this.#roomId, err: fault }, 'could not read missing entries');
      }
      await clock.sleep(50 * 2 ** attempt);
    }
    metrics.count('pinroom_gaps_total', { result: 'given_up' });
    logger.warn({ roomId: this.#roomId, channel, upTo }, 'entries stay missing on this node');
    this.#tops.set(channel, upTo);
    return false;
  }

  async #readMissing(channel: string): Promise<void> {
    let page: readonly Entry[];
    do {
      const top = this.#tops.get(channel) ?? null;
      page = await this.#parts.sources.missing(this.#roomId, channel, top, REPAIR_PAGE);
      for (const entry of page) {
        if (!this.#isBehind(channel, entry.id)) continue;
        this.#tops.set(channel, entry.id);
        this.#count(this.#cast.entry(entry));
      }
    } while (page.length === REPAIR_PAGE);
  }

  #isRead(channel: string): boolean {
    return channel === 'room' || this.#seats.readers(channel).length > 0;
  }

  #isBehind(channel: string, id: string): boolean {
    const top = this.#tops.get(channel);
    return top === undefined || compareEntryIds(id, top) > 0;
  }
}
