import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const NS_PER_MS = 1e6;
const RESOLUTION_MS = 20;

/** How late the timers of this process come. */
export class LoopDelay implements Disposable {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** The 99th percentile since it was asked last, ms. */
  read(): number {
    // It measures whole intervals, and has nothing after none.
    const lateMs = this.#histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS;
    this.#histogram.reset();
    return Number.isFinite(lateMs) ? Math.max(0, Math.round(lateMs * 10) / 10) : 0;
  }

  [Symbol.dispose](): void {
    this.#histogram.disable();
  }
}
