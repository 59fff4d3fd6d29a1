import type { Clock } from '../engine/runtime/clock.js';
import type { Health, HealthReport } from '../engine/runtime/health.port.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import { type Loop, runLoop } from '../engine/runtime/run-loop.js';

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
  readonly #down = new Set<string>();
  #state: 'starting' | 'serving' | 'draining' = 'starting';
  #loop: Loop | undefined;

  constructor(backends: readonly Backend[], clock: Clock, logger: Logger, metrics: Metrics) {
    this.#backends = backends;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
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
    const down = [...this.#down].map((name) => `${name} does not answer`);
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
        const up = await ping().then(
          () => true,
          () => false,
        );
        this.#metrics.set('pinroom_backend_up', up ? 1 : 0, { backend: name });
        if (up && this.#down.delete(name)) this.#logger.info({ backend: name }, 'backend is back');
        if (!up && !this.#down.has(name)) {
          this.#down.add(name);
          this.#logger.warn({ backend: name }, 'backend does not answer');
        }
      }),
    );
  }
}
