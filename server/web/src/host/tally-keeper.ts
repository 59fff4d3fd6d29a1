import type { Entry, RoomHandle } from '@pinroom/client';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Round } from '../round/round.js';
import { AnswerTally } from './answer-tally.js';

const PAGE = 200;
const RETRY_MS = 2_000;
/** A burst of answers moves the bars once. */
const SHOW_EVERY_MS = 100;

/** What the bars show. */
export interface Standing {
  readonly roundId: string;
  readonly counts: readonly number[];
  readonly total: number;
  /** The past is still being read: there may be more. */
  readonly isCounting: boolean;
}

const NOTHING: Standing = { roundId: '', counts: [], total: 0, isCounting: false };

/** Counts the answers to the round that is on: live, and back to its beginning after a reload. */
export class TallyKeeper {
  readonly standing: ReadonlySignal<Standing>;
  readonly #standing: Signal<Standing> = signal(NOTHING);
  readonly #handle: RoomHandle;
  readonly #stops: (() => void)[];
  #tally: AnswerTally | null = null;
  #isCounting = false;
  #reading = 0;
  #showing: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(handle: RoomHandle) {
    this.#handle = handle;
    this.standing = this.#standing;
    this.#stops = [
      handle.on('entry', (entry) => {
        if (entry.channel === 'host' && this.#tally?.add(entry)) this.#showSoon();
      }),
      // What was lost may have been counted.
      handle.on('reset', ({ channel }) => {
        if (channel === 'host' && this.#tally) this.#begin(new AnswerTally(this.#tally.asked));
      }),
    ];
  }

  get tally(): AnswerTally | null {
    return this.#tally;
  }

  /** The round that is on, as often as anything about it changes. */
  follow(round: Round | null): void {
    // A result that has the numbers itself leaves nothing to count.
    if (!round || round.result?.counts) {
      if (this.#tally) this.#end();
      return;
    }
    if (this.#tally?.asked.id !== round.id) {
      const { number, options, endsAt } = round.question;
      const { id, askedAt } = round;
      this.#begin(new AnswerTally({ id, askedAt, number, options: options.length, endsAt }));
    }
    if (round.closing) {
      this.#tally?.close(round.closing.at);
      this.#showSoon();
    }
  }

  dispose(): void {
    this.#end();
    clearTimeout(this.#showing);
    for (const stop of this.#stops) stop();
  }

  #end(): void {
    this.#reading++;
    clearTimeout(this.#retry);
    this.#tally = null;
    this.#isCounting = false;
    this.#show();
  }

  #begin(tally: AnswerTally): void {
    clearTimeout(this.#retry);
    this.#tally = tally;
    const reading = ++this.#reading;
    const known = this.#handle.entries('host');
    this.#take(known);
    const first = known[0];
    this.#isCounting = first !== undefined && first.at >= tally.asked.askedAt;
    this.#show();
    if (this.#isCounting && first) void this.#readBack(reading, first.id);
  }

  async #readBack(reading: number, from: string): Promise<void> {
    const askedAt = this.#tally?.asked.askedAt ?? 0;
    for (let before: string | null = from; before !== null; ) {
      const place: string = before;
      try {
        const page = await this.#handle.history({ channel: 'host', before: place, limit: PAGE });
        if (reading !== this.#reading) return;
        this.#take(page.entries);
        const oldest = page.entries[0];
        before = oldest && oldest.at >= askedAt ? page.nextCursor : null;
        this.#showSoon();
      } catch {
        if (reading !== this.#reading || this.#handle.status === 'left') return;
        this.#retry = setTimeout(() => void this.#readBack(reading, place), RETRY_MS);
        return;
      }
    }
    this.#isCounting = false;
    this.#show();
  }

  #take(entries: readonly Entry[]): void {
    for (const entry of entries) this.#tally?.add(entry);
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => this.#show(), SHOW_EVERY_MS);
  }

  #show(): void {
    clearTimeout(this.#showing);
    this.#showing = undefined;
    const tally = this.#tally;
    this.#standing.value = tally
      ? {
          roundId: tally.asked.id,
          counts: [...tally.counts],
          total: tally.total,
          isCounting: this.#isCounting,
        }
      : NOTHING;
  }
}
