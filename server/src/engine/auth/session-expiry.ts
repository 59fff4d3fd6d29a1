import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { Caller } from './caller.port.js';
import type { EndedSessions } from './ended-sessions.js';
import type { Sessions } from './sessions.js';

const EVERY_MS = 2_000;
/** For so long nobody need prove anything anew while nobody can know who has been sent away. */
const AWAY_MS = 60_000;
/** Sessions that are looked up at the same time. */
const AT_ONCE = 50;
/** Sockets that are closed in one round while the store is away: all of them will dial again. */
const UNPROVEN_AT_ONCE = 200;

/** The sockets of this node, as the one who watches over their sessions needs them. */
export interface SessionSockets {
  /** Who is on the line, once for each socket. */
  callers(): Iterable<Caller>;
  /** The session is over: its sockets are told, and closed. */
  endSession(sessionId: string): void;
  /** Closes the transports of those whom it applies to, `most` at most; their clients come back by themselves. */
  disconnectIf(applies: (caller: Caller) => boolean, most: number): void;
}

export interface SessionExpiryParts {
  readonly sockets: SessionSockets;
  readonly sessions: Pick<Sessions, 'expiryOf'>;
  readonly endedSessions: Pick<EndedSessions, 'awaySince'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the store may be away before tokens that have run out count; for tests. */
  readonly awayMs?: number;
}

/**
 * Closes the sockets of sessions whose time is over. The longest life of a session is known from the
 * handshake on; that nobody has refreshed it is looked up when the time comes, because a refresh on
 * another node tells nobody here.
 */
export class SessionExpiry {
  readonly #parts: SessionExpiryParts;
  /** Until when sessions go on that were looked up again. */
  #later: ReadonlyMap<string, number> = new Map();
  #loop: Loop | undefined;

  constructor(parts: SessionExpiryParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger } = this.#parts;
    this.#loop = runLoop({ name: 'session-expiry', everyMs: EVERY_MS, clock, logger }, () =>
      this.#round(),
    );
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async #round(): Promise<void> {
    const { clock, sockets } = this.#parts;
    this.#closeUnproven();
    const now = clock.now();
    const later = new Map<string, number>();
    const over = new Set<string>();
    const due = new Set<string>();
    for (const { sessionId, sessionEndsBy, sessionExpiresAt } of sockets.callers()) {
      const known = this.#later.get(sessionId);
      if (known !== undefined) later.set(sessionId, known);
      if (sessionEndsBy <= now) over.add(sessionId);
      else if (Math.max(sessionExpiresAt, known ?? 0) <= now) due.add(sessionId);
    }
    this.#later = later;
    for (const sessionId of over) sockets.endSession(sessionId);
    const ids = [...due];
    let fault: unknown;
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      const looks = await Promise.allSettled(some.map((id) => this.#lookUp(id, later)));
      const failed = looks.find((look) => look.status === 'rejected');
      fault ??= failed?.reason;
    }
    // The others are looked at all the same.
    if (fault !== undefined) throw fault;
  }

  /** While the store is away nobody hears of an end: who shows nothing new does not stay for ever. */
  #closeUnproven(): void {
    const { awayMs = AWAY_MS, clock, endedSessions, sockets } = this.#parts;
    const now = clock.now();
    if (endedSessions.awaySince === null || now - endedSessions.awaySince < awayMs) return;
    sockets.disconnectIf(({ authorisedUntil }) => authorisedUntil <= now, UNPROVEN_AT_ONCE);
  }

  async #lookUp(sessionId: string, later: Map<string, number>): Promise<void> {
    const { sessions, sockets } = this.#parts;
    const expiresAt = await sessions.expiryOf(sessionId);
    if (expiresAt === null) sockets.endSession(sessionId);
    else later.set(sessionId, expiresAt);
  }
}
