import type { Clock } from './clock.js';
import type { Leases } from './leases.port.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { type Random, uuidv7 } from './random.js';
import { type Loop, runLoop } from './run-loop.js';

/** A life whose lease was not renewed for this long is judged dead by the others. */
const LEASE_MS = 9_000;
const RENEW_MS = 2_500;
/** After a failure it is tried again this soon: a lease must not run out over one lost answer. */
const RETRY_MS = 500;

/** The store may have counted from a little earlier, and reading takes its time. */
const SURE_MS = 1_500;

export interface NodeLifeParts {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The lease had run out: what was held under the old life is no longer this node's. */
  readonly onLost: () => void;
}

/** This process's life: its lease, and the tags that it looks after while the lease holds. */
export class NodeLife {
  readonly #parts: NodeLifeParts;
  #id: string;
  #tags: readonly string[] = [];
  #renewedAt = 0;
  /** Since when renewals have worked without a break that others could not have bridged. */
  #steadySince = 0;
  #hadOutage = false;
  #renewing: Promise<void> | undefined;
  #loop: Loop | undefined;

  constructor(parts: NodeLifeParts) {
    this.#parts = parts;
    this.#id = uuidv7(parts.clock.now(), parts.random);
  }

  /** Names this life; another one after the lease was lost. */
  get id(): string {
    return this.#id;
  }

  /** The tags to look after; none while it is not sure that the lease holds. */
  get tags(): readonly string[] {
    return this.#parts.clock.now() - this.#renewedAt < LEASE_MS ? this.#tags : [];
  }

  /**
   * Whether lives whose lease has run out may be judged: only after the store has worked for a full
   * lease, so that everybody who lives has had the time to renew.
   */
  get mayJudge(): boolean {
    return this.#parts.clock.now() - this.#steadySince >= LEASE_MS;
  }

  /** Whether an outage has just ended: nobody could come back in time while it lasted. */
  get isRecovering(): boolean {
    return this.#hadOutage && !this.mayJudge;
  }

  /**
   * Makes sure that this life goes on, where it is not sure: what the store says of this node's seats
   * counts only then. Somebody may have judged it dead while the store could not be reached, and that
   * is none of its members' doing. Rejects with `unavailable`.
   */
  async ensure(): Promise<void> {
    if (this.#parts.clock.now() - this.#renewedAt >= LEASE_MS - SURE_MS) await this.#renew();
  }

  /** Takes the first lease and keeps it. */
  async start(): Promise<void> {
    const { clock, logger } = this.#parts;
    await this.#renew();
    this.#loop = runLoop(
      { name: 'node-life', everyMs: RENEW_MS, maxPauseMs: RETRY_MS, clock, logger },
      () => this.#renew(),
    );
  }

  /** Looks now for tags that others have given back, instead of at the next renewal. */
  async takeFree(): Promise<void> {
    await this.#renew();
  }

  /** Gives everything back. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    this.#tags = [];
    await this.#parts.leases.end(this.#id);
  }

  /** One at a time: two that find the life lost would begin two. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
      // After failures too: where no node can renew, nobody looks after anything.
      this.#parts.metrics.set('pinroom_leased_tags', this.tags.length);
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const { clock, leases, logger, onLost, random } = this.#parts;
    const { tags, lost } = await leases.renew(this.#id, LEASE_MS);
    if (lost) {
      logger.warn({ life: this.#id }, 'the lease of this node had run out: starting a new life');
      this.#id = uuidv7(clock.now(), random);
      this.#tags = [];
      onLost();
      return this.#renewOnce();
    }
    const now = clock.now();
    const gapMs = now - this.#renewedAt;
    if (gapMs > LEASE_MS / 2) {
      this.#hadOutage = this.#renewedAt > 0;
      this.#steadySince = now;
    }
    this.#tags = tags;
    this.#renewedAt = now;
  }
}
