import { Figures } from './figures.js';
import type { GaugeReading } from './machine-limits.js';
import type { Tick } from './messages.js';
import type { ProcessReading } from './process-gauges.js';

const SECOND_MS = 1_000;
/** Points of a chart: more are not seen. */
const MOST_POINTS = 240;

/** One step of the run's course. Times are in milliseconds; null: nothing was measured in it. */
export interface CoursePoint {
  /** Seconds since the start, at the end of the step. */
  readonly t: number;
  readonly connected: number;
  readonly sentPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly errors: number;
  readonly disconnects: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** The busiest worker, as a share of a core. */
  readonly workerCpu: number;
  readonly machineCpu: number;
}

/** What is told while it runs: of the last moments. */
export interface Glance {
  readonly connected: number;
  readonly sentPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Gathers what the workers tell: the whole, the course, and the last moments. */
export class LoadRecorder {
  readonly total = new Figures();
  readonly course: CoursePoint[] = [];
  readonly readings: GaugeReading[] = [];
  readonly #workers = new Map<number, Tick>();
  readonly #gauges = new Map<number, ProcessReading>();
  readonly #expected: ReadonlySet<string>;
  #step = new Figures();
  #recent = new Figures();
  #recentSince = performance.now();
  #stepSince = performance.now();
  #startedAt = performance.now();
  #isRunning = false;
  #atStart = { sent: 0, delivered: 0 };
  #inRun = { sent: 0, delivered: 0 };

  /** `expected`: codes that are good answers. */
  constructor(expected: readonly string[]) {
    this.#expected = new Set(expected);
  }

  /** For how long a step of the course lasts. */
  static stepMs(seconds: number): number {
    return Math.ceil(seconds / MOST_POINTS) * SECOND_MS;
  }

  hear(worker: number, tick: Tick): void {
    this.#workers.set(worker, tick);
    for (const figures of [this.total, this.#step, this.#recent]) figures.add(tick.figures);
    const { gauges } = tick;
    if (!gauges) return;
    this.#gauges.set(worker, gauges);
    if (!this.#isRunning) return;
    this.readings.push({ worker, cpu: gauges.cpu, loopDelayMs: gauges.loopDelayMs.p99 });
  }

  /** From here on the course is recorded. */
  start(): void {
    this.#isRunning = true;
    this.#atStart = this.#counted();
    this.#step = new Figures();
    this.#startedAt = performance.now();
    this.#stepSince = this.#startedAt;
  }

  end(): void {
    const { sent, delivered } = this.#counted();
    if (this.#isRunning) {
      this.#inRun = {
        sent: sent - this.#atStart.sent,
        delivered: delivered - this.#atStart.delivered,
      };
    }
    this.#isRunning = false;
  }

  /** What was sent and delivered while the schedule ran: what came later says nothing of the pace. */
  get inRun(): { readonly sent: number; readonly delivered: number } {
    return this.#inRun;
  }

  /** Whether the step of the course that is under way has lasted so long. */
  hasLasted(ms: number): boolean {
    return this.#isRunning && performance.now() - this.#stepSince >= ms;
  }

  /** Ends a step of the course. */
  point(machineCpu: number): void {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.#stepSince) / SECOND_MS);
    const step = this.#step;
    const delivery = step.histogram('delivery');
    this.course.push({
      t: Math.round((now - this.#startedAt) / 100) / 10,
      connected: this.connected,
      sentPerSecond: step.counted('sent') / seconds,
      deliveredPerSecond: step.counted('delivered') / seconds,
      errors: this.#errorsOf(step),
      disconnects: step.counted('disconnects'),
      p50: delivery.percentile(50),
      p90: delivery.percentile(90),
      p99: delivery.percentile(99),
      max: delivery.max,
      workerCpu: Math.max(0, ...[...this.#gauges.values()].map(({ cpu }) => cpu)),
      machineCpu,
    });
    this.#step = new Figures();
    this.#stepSince = now;
  }

  /** What has happened since the last glance. */
  glance(): Glance {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.#recentSince) / SECOND_MS);
    const recent = this.#recent;
    this.#recent = new Figures();
    this.#recentSince = now;
    const delivery = recent.histogram('delivery');
    return {
      connected: this.connected,
      sentPerSecond: recent.counted('sent') / seconds,
      deliveredPerSecond: recent.counted('delivered') / seconds,
      p50: delivery.percentile(50),
      p99: delivery.percentile(99),
    };
  }

  get connected(): number {
    let sum = 0;
    for (const { connected } of this.#workers.values()) sum += connected;
    return sum;
  }

  /** The fullest worker, as a share of what it may hold. */
  get heap(): number {
    return Math.max(0, ...[...this.#gauges.values()].map(({ heap }) => heap));
  }

  get heldEntries(): number {
    let sum = 0;
    for (const { heldEntries } of this.#workers.values()) sum += heldEntries;
    return sum;
  }

  /** Answers that were errors, but for those that are expected. */
  get errors(): ReadonlyMap<string, number> {
    return new Map([...this.total.codes].filter(([code]) => !this.#expected.has(code)));
  }

  get expected(): ReadonlyMap<string, number> {
    return new Map([...this.total.codes].filter(([code]) => this.#expected.has(code)));
  }

  #counted() {
    return { sent: this.total.counted('sent'), delivered: this.total.counted('delivered') };
  }

  #errorsOf(figures: Figures): number {
    let sum = 0;
    for (const [code, count] of figures.codes) if (!this.#expected.has(code)) sum += count;
    return sum;
  }
}
