import type { Clock } from '../engine/runtime/clock.js';

/** A worker that gives nothing in this time is left out; Prometheus waits for ten seconds. */
const WAIT_MS = 2_000;

interface Gathering {
  readonly texts: string[];
  readonly awaited: Set<number>;
  readonly done: () => void;
}

/** Gathers the figures of all workers for the one that was asked for them. */
export class FigureExchange {
  readonly #clock: Clock;
  readonly #open = new Map<number, Gathering>();
  #asks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks these workers by number, and answers what they give in time. */
  async gather(
    workers: readonly number[],
    give: (worker: number, ask: number) => void,
  ): Promise<readonly string[]> {
    if (workers.length === 0) return [];
    this.#asks += 1;
    const ask = this.#asks;
    const over = new AbortController();
    const texts: string[] = [];
    this.#open.set(ask, { texts, awaited: new Set(workers), done: () => over.abort() });
    for (const worker of workers) give(worker, ask);
    await this.#clock.sleep(WAIT_MS, over.signal);
    this.#open.delete(ask);
    return texts;
  }

  given(worker: number, ask: number, text: string): void {
    const gathering = this.#open.get(ask);
    if (!gathering?.awaited.delete(worker)) return;
    gathering.texts.push(text);
    if (gathering.awaited.size === 0) gathering.done();
  }
}
