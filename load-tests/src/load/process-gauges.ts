import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

const RESOLUTION_MS = 5;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;

export interface ProcessReading {
  /** Share of one core, of user and system. */
  readonly cpu: number;
  readonly loopDelayMs: { readonly p99: number; readonly max: number };
  /** Share of the heap that the process may use. */
  readonly heap: number;
}

/** What a process says of itself: whether a figure is the server's or its own doing. */
export class ProcessGauges {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #cpu = process.cpuUsage();
  #at = performance.now();

  constructor() {
    this.#delay.enable();
  }

  /** Since the last call. */
  take(): ProcessReading {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpu = (user + system) / US_PER_MS / Math.max(1, now - this.#at);
    const loopDelayMs = {
      p99: delayOf(this.#delay.percentile(99)),
      max: delayOf(this.#delay.max),
    };
    const heap = getHeapStatistics();
    this.#delay.reset();
    this.#cpu = process.cpuUsage();
    this.#at = now;
    return { cpu, loopDelayMs, heap: heap.used_heap_size / heap.heap_size_limit };
  }
}

/** Beyond the interval at which it looks. */
function delayOf(ns: number): number {
  return Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
}
