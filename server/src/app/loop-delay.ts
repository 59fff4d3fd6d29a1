import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from '../engine/runtime/metrics.js';
import { stopwatch } from '../engine/runtime/stopwatch.js';

const NS_PER_MS = 1e6;
const RESOLUTION_MS = 50;
const SAMPLE_MS = 50;

/** How late the timers of this process come. */
export class LoopDelay implements Disposable {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  readonly #timer: NodeJS.Timeout;

  constructor(metrics: Metrics) {
    this.#histogram.enable();
    let dueAt = stopwatch() + SAMPLE_MS / 1_000;
    this.#timer = setInterval(() => {
      const now = stopwatch();
      metrics.observe('pinroom_event_loop_delay_seconds', Math.max(0, now - dueAt));
      dueAt = now + SAMPLE_MS / 1_000;
    }, SAMPLE_MS).unref();
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
    clearInterval(this.#timer);
  }
}
