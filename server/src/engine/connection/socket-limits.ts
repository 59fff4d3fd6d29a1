import type { Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Metrics } from '../runtime/metrics.js';

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
  readonly #byUser = new Map<string, number>();
  readonly #byNetwork = new Map<string, number>();

  constructor(bounds: SocketBounds, metrics: Metrics) {
    this.#bounds = bounds;
    this.#metrics = metrics;
  }

  /** Throws `rate_limited` when the caller, or the caller's network, has all the sockets it may have. */
  check(caller: Caller): void {
    const limit = this.reached(caller);
    if (limit === null) return;
    this.#metrics.count('pinroom_rate_limited_total', { limit });
    throw new AppError('rate_limited', MESSAGES[limit], { retryAfterMs: GONE_MS });
  }

  /** Which bound one more socket would break; null: none. */
  reached({ network, userId }: Caller): keyof typeof MESSAGES | null {
    const { perNetwork, perUser } = this.#bounds;
    if ((this.#byUser.get(userId) ?? 0) >= perUser) return 'sockets_per_user';
    if ((this.#byNetwork.get(network) ?? 0) >= perNetwork) return 'sockets_per_address';
    return null;
  }

  opened({ network, userId }: Caller): void {
    change(this.#byUser, userId, 1);
    change(this.#byNetwork, network, 1);
  }

  closed({ network, userId }: Caller): void {
    change(this.#byUser, userId, -1);
    change(this.#byNetwork, network, -1);
  }
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
