import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { networkOf } from '../runtime/network.js';
import { type Random, tagOf, uuidv7 } from '../runtime/random.js';
import type { AccessTokens } from './access-token.port.js';
import type { Caller } from './caller.port.js';
import type { ClientInfo } from './client-info.port.js';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.js';
import type { SessionArchive } from './session-archive.port.js';
import type { SessionGrant } from './session-grant.port.js';
import type { SessionRecord, SessionStore } from './session-store.port.js';
import type { SessionWriter } from './session-writer.js';
import type { TokenSecrets } from './token-secrets.js';

/** How long the previous refresh token works once its successor was seen. */
const GRACE_MS = 20_000;

export interface SessionParts {
  readonly store: SessionStore;
  readonly archive: SessionArchive;
  readonly writer: SessionWriter;
  readonly tokens: AccessTokens;
  readonly secrets: TokenSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
}

/** Sessions: who somebody is, for how long, and the tokens that show it. */
export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Starts a session for a new user. */
  async create(nickname: string, _client: ClientInfo): Promise<SessionGrant> {
    const { clock, random, store, writer, refreshTtlMs } = this.#parts;
    const now = clock.now();
    const userId = uuidv7(now, random);
    const session: SessionRecord = {
      id: uuidv7(now, random, tagOf(userId)),
      userId,
      nickname,
      salt: Buffer.from(random.bytes(16)).toString('base64url'),
      generation: 1,
      createdAt: now,
      rotatedAt: now,
      seenAt: null,
      expiresAt: now + refreshTtlMs,
      endedAt: null,
    };
    await store.create(session);
    writer.enqueue(session);
    return this.#grant(session);
  }

  /** Exchanges a refresh token for its successor and a new access token. */
  async refresh(token: string, _client: ClientInfo): Promise<SessionGrant> {
    const { clock, secrets, store, writer, logger, refreshTtlMs } = this.#parts;
    const shown = parseRefreshToken(token);
    if (!shown) throw new AppError('unauthenticated', 'This is no refresh token.');
    const known = await this.#live(shown.sessionId);
    if (!isGenuine(shown, known, secrets)) {
      throw new AppError('unauthenticated', 'The refresh token is not genuine.');
    }
    const outcome = await store.rotate({
      sessionId: shown.sessionId,
      generation: shown.generation,
      expiresAt: clock.now() + refreshTtlMs,
      graceMs: GRACE_MS,
    });
    if (outcome.kind === 'rotated') {
      writer.enqueue(outcome.session);
      return this.#grant(outcome.session);
    }
    if (outcome.kind === 'reused') {
      logger.warn({ sessionId: known.id, userId: known.userId }, 'an old refresh token was shown');
      await this.#endAll([known.id], known.userId);
    }
    throw new AppError('session_ended');
  }

  /** The caller behind an access token; the session must live. */
  async authenticateToken(token: string, client: ClientInfo): Promise<Caller> {
    const claims = await this.#parts.tokens.verify(token);
    const session = await this.#live(claims.sessionId);
    if (session.userId !== claims.userId) throw new AppError('unauthenticated');
    this.#noteSeen(session, claims.generation);
    return callerOf(session, client);
  }

  /** The caller behind a refresh token. Looks only: nothing is rotated, nothing is ended. */
  async authenticateRefreshToken(token: string, client: ClientInfo): Promise<Caller> {
    const shown = parseRefreshToken(token);
    if (!shown) throw new AppError('unauthenticated', 'This is no refresh token.');
    const session = await this.#live(shown.sessionId);
    if (!isGenuine(shown, session, this.#parts.secrets)) {
      throw new AppError('unauthenticated', 'The refresh token is not genuine.');
    }
    if (!this.#isUsable(shown.generation, session)) {
      throw new AppError('unauthenticated', 'The refresh token was replaced long ago.');
    }
    this.#noteSeen(session, shown.generation);
    return callerOf(session, client);
  }

  /** Ends one session: in the archive first, so that nothing can bring it back. */
  async end(sessionId: string, userId: string): Promise<void> {
    await this.#endAll([sessionId], userId);
  }

  /** Ends all sessions of a user. */
  async endAll(userId: string): Promise<void> {
    const { archive, clock, store } = this.#parts;
    const ids = new Set([
      ...(await store.listIds(userId)),
      ...(await archive.listSessionIds(userId, clock.now())),
    ]);
    if (ids.size > 0) await this.#endAll([...ids], userId);
  }

  async #endAll(ids: readonly string[], userId: string): Promise<void> {
    const { archive, clock, store } = this.#parts;
    const now = clock.now();
    // A session may be too young for the archive: it goes there as ended, whoever writes it later.
    const known = await Promise.all(ids.map((id) => store.find(id)));
    const ended = known.flatMap((session) => (session ? [{ ...session, endedAt: now }] : []));
    if (ended.length > 0) await archive.saveSessions(ended);
    await archive.endSessions(ids, now);
    await Promise.all(ids.map((id) => store.end(id, userId)));
  }

  /** The session from the store, else from the archive and back into the store. */
  async #live(sessionId: string): Promise<SessionRecord> {
    const { archive, clock, store } = this.#parts;
    let session = await store.find(sessionId);
    if (!session) {
      session = await archive.findSession(sessionId);
      if (session && session.endedAt === null && session.expiresAt > clock.now()) {
        await store.restore(session);
      }
    }
    if (!session || session.endedAt !== null || session.expiresAt <= clock.now()) {
      throw new AppError('session_ended');
    }
    return session;
  }

  /** The current generation, or the one before until its successor was seen and a little more. */
  #isUsable(generation: number, session: SessionRecord): boolean {
    if (generation >= session.generation) return true;
    if (generation < session.generation - 1) return false;
    return session.seenAt === null || this.#parts.clock.now() <= session.seenAt + GRACE_MS;
  }

  /** Best effort: when it fails, the previous refresh token merely works a little longer. */
  #noteSeen(session: SessionRecord, generation: number): void {
    if (session.seenAt !== null || generation !== session.generation) return;
    this.#parts.store.markSeen(session.id, generation).catch((fault: unknown) => {
      this.#parts.logger.debug({ err: fault }, 'could not note that a token was seen');
    });
  }

  async #grant(session: SessionRecord): Promise<SessionGrant> {
    const { clock, tokens, secrets, accessTtlMs } = this.#parts;
    const accessTokenExpiresAt = Math.floor((clock.now() + accessTtlMs) / 1000) * 1000;
    const accessToken = await tokens.sign({
      userId: session.userId,
      sessionId: session.id,
      generation: session.generation,
      nickname: session.nickname,
      expiresAt: accessTokenExpiresAt,
    });
    return {
      user: { id: session.userId, nickname: session.nickname },
      accessToken,
      accessTokenExpiresAt,
      refreshToken: refreshTokenOf(session, secrets),
      refreshTokenExpiresAt: session.expiresAt,
    };
  }
}

function callerOf(session: SessionRecord, client: ClientInfo): Caller {
  return {
    kind: 'user',
    userId: session.userId,
    sessionId: session.id,
    nickname: session.nickname,
    network: networkOf(client.address),
  };
}
