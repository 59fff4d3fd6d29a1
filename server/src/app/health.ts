import type { Clock } from '../engine/runtime/clock.js';
import type { Health, HealthReport } from '../engine/runtime/health.port.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import { type Loop, runLoop } from '../engine/runtime/run-loop.js';
import { stopwatch } from '../engine/runtime/stopwatch.js';
import type { SystemNotes } from '../engine/runtime/system-log.js';

const CHECK_MS = 2_000;

export interface Backend {
  readonly name: string;
  /** Rejects when the backend does not answer in time. */
  ping(): Promise<void>;
}

/** What this node tells the balancer, and what it knows of its backends. */
export class NodeHealth implements Health {
  readonly #backends: readonly Backend[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #log: SystemNotes;
  /** Since when. */
  readonly #down = new Map<string, number>();
  #state: 'starting' | 'serving' | 'draining' = 'starting';
  #loop: Loop | undefined;

  constructor(
    backends: readonly Backend[],
    clock: Clock,
    logger: Logger,
    metrics: Metrics,
    log: SystemNotes,
  ) {
    this.#backends = backends;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** The backends were reached once: from now on they are watched. */
  serving(): void {
    this.#state = 'serving';
    this.#loop = runLoop(
      { name: 'health', everyMs: CHECK_MS, clock: this.#clock, logger: this.#logger },
      () => this.#check(),
    );
  }

  draining(): void {
    this.#state = 'draining';
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  report(): HealthReport {
    const backends: { [name: string]: 'up' | 'down' } = {};
    for (const { name } of this.#backends) backends[name] = this.#down.has(name) ? 'down' : 'up';
    const down = [...this.#down.keys()].map((name) => `${name} does not answer`);
    switch (this.#state) {
      case 'starting':
        return { ready: false, status: 'starting', backends, reasons: ['starting'] };
      case 'draining':
        return { ready: false, status: 'draining', backends, reasons: ['draining', ...down] };
      case 'serving':
        // One backend's outage must not take every node out of the balancer.
        return {
          ready: true,
          status: down.length > 0 ? 'degraded' : 'ok',
          backends,
          reasons: down,
        };
      default:
        return this.#state satisfies never;
    }
  }

  async #check(): Promise<void> {
    await Promise.all(
      this.#backends.map(async ({ name, ping }) => {
        const askedAt = stopwatch();
        const up = await ping().then(
          () => true,
          () => false,
        );
        const labels = { backend: name };
        if (up)
          this.#metrics.observe('pinroom_backend_ping_seconds', stopwatch() - askedAt, labels);
        this.#metrics.set('pinroom_backend_up', up ? 1 : 0, labels);
        const since = this.#down.get(name);
        if (up && since !== undefined) this.#found(name, this.#clock.now() - since);
        if (!up && since === undefined) this.#lost(name);
      }),
    );
  }

  #lost(backend: string): void {
    this.#down.set(backend, this.#clock.now());
    this.#logger.warn({ backend }, 'backend does not answer');
    this.#log.note('backend-lost', { backend });
  }

  #found(backend: string, afterMs: number): void {
    this.#down.delete(backend);
    this.#logger.info({ backend }, 'backend is back');
    this.#log.note('backend-found', { backend, afterMs });
  }
}
