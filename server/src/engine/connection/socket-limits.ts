import type { Caller } from '../auth/caller.port.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';
import { Tally } from '../runtime/tally.js';

/** A socket whose peer has vanished is found and closed within this time: there may be room then. */
const GONE_MS = 20_000;

const MESSAGES = {
  sockets_per_user: 'You have too many connections open. Close one first.',
  sockets_per_address: 'Too many connections come from your network.',
} as const;

/** How many sockets may be open at the same time on one node. */
export interface SocketBounds {
  readonly perUser: number;
  readonly perNetwork: number;
}

/** Counts the open sockets of this node by user and by network. */
export class SocketLimits {
  readonly #bounds: SocketBounds;
  readonly #metrics: Metrics;
  readonly #byUser = new Tally();
  readonly #byNetwork = new Tally();

  constructor(bounds: SocketBounds, metrics: Metrics) {
    this.#bounds = bounds;
    this.#metrics = metrics;
  }

  /** Throws `rate_limited` when the caller, or the caller's network, has all the sockets it may have. */
  check(caller: Caller): void {
    const limit = this.reached(caller);
    if (limit === null) return;
    throw rateLimited(this.#metrics, limit, GONE_MS, MESSAGES[limit]);
  }

  /** Which bound one more socket would break; null: none. */
  reached({ network, userId }: Caller): keyof typeof MESSAGES | null {
    const { perNetwork, perUser } = this.#bounds;
    if (this.#byUser.of(userId) >= perUser) return 'sockets_per_user';
    if (this.#byNetwork.of(network) >= perNetwork) return 'sockets_per_address';
    return null;
  }

  opened({ network, userId }: Caller): void {
    this.#byUser.change(userId, 1);
    this.#byNetwork.change(network, 1);
  }

  closed({ network, userId }: Caller): void {
    this.#byUser.change(userId, -1);
    this.#byNetwork.change(network, -1);
  }
}
