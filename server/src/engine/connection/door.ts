import type { AccessClaims } from '../auth/access-token.port.js';
import type { Caller } from '../auth/caller.port.js';
import type { ClientInfo } from '../auth/client-info.port.js';
import type { Sessions } from '../auth/sessions.js';
import type { Clock } from '../runtime/clock.js';
import type { Metrics } from '../runtime/metrics.js';
import { networkOf } from '../runtime/network.js';
import type { PaceLimit } from '../runtime/pace.js';
import { rateLimited } from '../runtime/rate-limited.js';
import type { RateLimiters } from '../runtime/rate-limiter.port.js';
import { RecentMap } from '../runtime/recent-map.js';
import { CommandPace } from './command-pace.js';

export interface DoorParts {
  readonly sessions: Sessions;
  readonly limiters: RateLimiters;
  /** Of one session over HTTP. */
  readonly commandLimit: PaceLimit;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Sessions that are remembered; who was away for so long begins anew. */
const MAX_REMEMBERED = 10_000;
/** How long a session stays out whose socket was closed for ignoring its limit. */
const BARRED_MS = 60_000;

/**
 * Checks what callers show, and counts it by network. An access token proves itself before anything
 * is asked for, so who floods with made-up tokens uses up another budget than those who have good
 * ones; whether a refresh token is good only the store can tell.
 */
export class Door {
  readonly #parts: DoorParts;
  readonly #paces = new RecentMap<CommandPace>(MAX_REMEMBERED);
  /** Until when. */
  readonly #barred = new RecentMap<number>(MAX_REMEMBERED);

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Counts a session that is about to begin. */
  async countNew(client: ClientInfo): Promise<void> {
    await this.#parts.limiters.sessions.take(networkOf(client.address));
  }

  /** Counts a refresh token that is about to be looked at. */
  async countRefresh(client: ClientInfo): Promise<void> {
    await this.#parts.limiters.refreshes.take(networkOf(client.address));
  }

  /** Who makes a handshake with an access token. */
  async enter(token: string, client: ClientInfo): Promise<Caller> {
    const { limiters, sessions } = this.#parts;
    const claims = await this.#verify(token, client);
    // Together, so that they travel in one round trip.
    const [caller] = await Promise.all([
      sessions.authenticate(claims, client),
      limiters.handshakes.take(networkOf(client.address)),
    ]);
    return this.#admit(caller);
  }

  /** Who makes a handshake with a refresh token. */
  async enterByRefreshToken(token: string, client: ClientInfo): Promise<Caller> {
    await this.countRefresh(client);
    return this.#admit(await this.#parts.sessions.authenticateRefreshToken(token, client));
  }

  /** Who calls over HTTP, held to the pace of commands before anything is looked up. */
  async call(token: string, client: ClientInfo): Promise<Caller> {
    const { clock, sessions } = this.#parts;
    const claims = await this.#verify(token, client);
    this.#paceOf(claims.sessionId).take(clock.now());
    return await sessions.authenticate(claims, client);
  }

  /** Keeps a session out for a minute. */
  bar(sessionId: string): void {
    this.#barred.set(sessionId, this.#parts.clock.now() + BARRED_MS);
  }

  async #verify(token: string, client: ClientInfo): Promise<AccessClaims> {
    try {
      return await this.#parts.sessions.verify(token);
    } catch (fault) {
      await this.countRefresh(client);
      throw fault;
    }
  }

  #admit(caller: Caller): Caller {
    const retryAfterMs = (this.#barred.peek(caller.sessionId) ?? 0) - this.#parts.clock.now();
    if (retryAfterMs <= 0) return caller;
    const message = 'Your connection ignored its limit.';
    throw rateLimited(this.#parts.metrics, 'barred', retryAfterMs, message);
  }

  #paceOf(sessionId: string): CommandPace {
    const { commandLimit, metrics } = this.#parts;
    return this.#paces.use(sessionId, () => new CommandPace(commandLimit, metrics));
  }
}
