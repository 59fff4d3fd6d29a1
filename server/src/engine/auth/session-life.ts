import type { Clock } from '../runtime/clock.js';
import type { SessionRecord } from './session-store.port.js';

export interface SessionLifeOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** A session that nobody refreshes is over after this. */
  readonly refreshTtlMs: number;
  /** No session lives longer; where it is below the other, it decides. */
  readonly sessionMaxMs: number;
}

/** How long sessions live. */
export class SessionLife {
  readonly #options: SessionLifeOptions;

  constructor(options: SessionLifeOptions) {
    this.#options = options;
  }

  /** When a session is over that began at `createdAt` and is refreshed now. */
  expiryFrom(createdAt: number): number {
    const { clock, refreshTtlMs } = this.#options;
    return Math.min(clock.now() + refreshTtlMs, this.lastOf(createdAt));
  }

  /** When a session that began at `createdAt` is over, whoever refreshes it. */
  lastOf(createdAt: number): number {
    return createdAt + this.#options.sessionMaxMs;
  }

  /** When it is over as it is; its record may be from a time when sessions were allowed to live longer. */
  endOf({ createdAt, expiresAt }: SessionRecord): number {
    return Math.min(expiresAt, this.lastOf(createdAt));
  }

  isLive(session: SessionRecord): boolean {
    return session.endedAt === null && this.endOf(session) > this.#options.clock.now();
  }
}
