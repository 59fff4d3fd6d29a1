import { LIMITS } from '../limits.js';
import { Backoff } from './backoff.js';
import { CHANNEL_START, type LogEvent } from './channel-log.js';
import { Pause } from './client-clock.js';
import { isTransient, toPinroomError } from './errors.js';
import type { RoomLink } from './room-events.js';
import type { RoomView } from './room-view.js';

/** So often in a row the server may have nothing where something was announced. */
const MAX_FRUITLESS = 5;

export interface GapFillerOptions {
  readonly view: RoomView;
  readonly link: RoomLink;
  readonly tell: (channel: string, events: readonly LogEvent[]) => void;
  /** For tests: nothing is fetched. */
  readonly skipsGaps: boolean;
}

/** Fetches the entries that a room's view misses, page by page, channel by channel. */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #pause: Pause;
  #isCurrent: (() => boolean) | null = null;

  constructor(options: GapFillerOptions) {
    this.#options = options;
    this.#pause = new Pause(options.link.clock);
  }

  /** Those who wait look again whether they are still wanted. */
  wake(): void {
    this.#pause.wake();
  }

  /**
   * Resolves with true when nothing is behind any more; with false when it is no longer wanted, or
   * when another call is at it already.
   */
  async fill(isCurrent: () => boolean): Promise<boolean> {
    if (this.#isCurrent?.()) return false;
    this.#isCurrent = isCurrent;
    const { link, skipsGaps, tell, view } = this.#options;
    const backoff = new Backoff({ random: link.random, baseMs: 100, capMs: 5_000 });
    let fruitless = 0;
    for (let next = view.behind(); next; next = view.behind()) {
      if (skipsGaps) {
        tell(next.channel, next.log.skip());
        continue;
      }
      const outcome = await this.#fetchPage(next.channel, isCurrent, backoff);
      if (!isCurrent()) return false;
      fruitless = outcome === 'nothing' ? fruitless + 1 : 0;
      if (outcome === 'refused' || fruitless >= MAX_FRUITLESS) next.log.abandon();
      else if (outcome === 'nothing' && next.log.isBehind) await this.#pause.wait(backoff.next());
      if (!isCurrent()) return false;
    }
    this.#isCurrent = null;
    return true;
  }

  async #fetchPage(
    channel: string,
    isCurrent: () => boolean,
    backoff: Backoff,
  ): Promise<'some' | 'nothing' | 'refused' | 'failed'> {
    const { link, tell, view } = this.#options;
    const before = view.position(channel);
    try {
      const page = await link.request('room:history', {
        roomId: view.room.id,
        channel,
        after: before ?? CHANNEL_START,
        limit: LIMITS.pageLimit,
      });
      if (!isCurrent()) return 'failed';
      tell(channel, view.page(channel, page.entries, page.nextCursor === null));
      return view.position(channel) === before ? 'nothing' : 'some';
    } catch (fault) {
      const error = toPinroomError(fault);
      if (!isCurrent()) return 'failed';
      if (!isTransient(error)) return 'refused';
      await this.#pause.wait(backoff.next(error.retryAfterMs));
      return 'failed';
    }
  }
}
