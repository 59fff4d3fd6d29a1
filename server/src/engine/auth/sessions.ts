import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { networkOf } from '../runtime/network.js';
import type { OwedWork } from '../runtime/owed-work.js';
import { type Random, tagOf, uuidv7 } from '../runtime/random.js';
import type { AccessClaims, AccessTokens } from './access-token.port.js';
import type { Caller } from './caller.port.js';
import { cleanClient } from './clean-client.js';
import type { ClientInfo } from './client-info.port.js';
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-token.js';
import type { SessionArchive } from './session-archive.port.js';
import type { SessionGrant } from './session-grant.port.js';
import type { SessionLife } from './session-life.js';
import type { RotateOutcome, SessionRecord, SessionStore } from './session-store.port.js';
import type { SessionWriter } from './session-writer.js';
import type { TokenSecrets } from './token-secrets.js';

/** How long the previous refresh token works once its successor was seen. */
const GRACE_MS = 20_000;
/** A session's last use is written down no more often than this. */
const NOTE_USE_MS = 60_000;

export interface SessionParts {
  readonly store: SessionStore;
  readonly archive: SessionArchive;
  readonly writer: SessionWriter;
  readonly tokens: AccessTokens;
  readonly secrets: TokenSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly life: SessionLife;
  readonly owed: OwedWork;
  readonly accessTtlMs: number;
}

/** Sessions: who somebody is, for how long, and the tokens that show it. */
export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Starts a session for a new user. */
  async create(nickname: string, client: ClientInfo): Promise<SessionGrant> {
    const { clock, life, random, store, writer } = this.#parts;
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
      expiresAt: life.expiryFrom(now),
      endedAt: null,
      lastUsedAt: now,
      ...cleanClient(client),
    };
    await store.create(session);
    writer.enqueue(session);
    return this.#grant(session);
  }

  /** Exchanges a refresh token for its successor and a new access token. */
  async refresh(token: string, client: ClientInfo): Promise<SessionGrant> {
    const { secrets, writer } = this.#parts;
    const shown = parseRefreshToken(token);
    if (!shown) throw new AppError('unauthenticated', 'This is no refresh token.');
    const known = await this.#live(shown.sessionId);
    if (!isGenuine(shown, known, secrets)) {
      throw new AppError('unauthenticated', 'The refresh token is not genuine.');
    }
    let outcome = await this.#rotate(known, shown.generation, client);
    if (outcome.kind === 'absent') {
      // The store lost it in between: from the archive once more.
      outcome = await this.#rotate(await this.#live(shown.sessionId), shown.generation, client);
    }
    if (outcome.kind === 'rotated') {
      writer.enqueue(outcome.session);
      return this.#grant(outcome.session);
    }
    if (outcome.kind === 'reused') await this.#endStolen(outcome.session);
    throw new AppError('session_ended');
  }

  #rotate(session: SessionRecord, generation: number, client: ClientInfo): Promise<RotateOutcome> {
    const { life, store } = this.#parts;
    return store.rotate({
      sessionId: session.id,
      generation,
      expiresAt: life.expiryFrom(session.createdAt),
      graceMs: GRACE_MS,
      client: cleanClient(client),
    });
  }

  /** What an access token of ours says; `unauthenticated` for every other. Asks no store. */
  async verify(token: string): Promise<AccessClaims> {
    return await this.#parts.tokens.verify(token);
  }

  /** The caller behind a verified access token; the session must live. */
  async authenticate(claims: AccessClaims, client: ClientInfo): Promise<Caller> {
    const session = await this.#live(claims.sessionId);
    if (session.userId !== claims.userId) throw new AppError('unauthenticated');
    this.#noteUse(session, claims.generation, client);
    return this.#callerOf(session, client, claims.expiresAt);
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
    this.#noteUse(session, shown.generation, client);
    const { accessTtlMs, clock } = this.#parts;
    return this.#callerOf(session, client, clock.now() + accessTtlMs);
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

  /** When a session is over as things are; null: it is. */
  async expiryOf(sessionId: string): Promise<number | null> {
    try {
      return this.#parts.life.endOf(await this.#live(sessionId));
    } catch (fault) {
      if (fault instanceof AppError && fault.code === 'session_ended') return null;
      throw fault;
    }
  }

  /**
   * The store has ended it already, and asks nobody: so its sockets are told, even while the archive
   * is away, which has to learn of it later then.
   */
  async #endStolen(session: SessionRecord): Promise<void> {
    const { archive, logger, metrics, writer } = this.#parts;
    const { id, userId } = session;
    logger.warn({ sessionId: id, userId }, 'an old refresh token was shown: the session is ended');
    metrics.count('pinroom_sessions_ended_total', { reason: 'reused' });
    writer.enqueue(session);
    await this.#endInStore(id, userId);
    await archive.saveSessions([session]).catch((fault: unknown) => {
      logger.warn({ sessionId: id, err: fault }, 'the end of a session is archived later');
    });
  }

  async #endAll(ids: readonly string[], userId: string): Promise<void> {
    const { archive, clock, metrics, store } = this.#parts;
    const now = clock.now();
    // A session may be too young for the archive: it goes there as ended, whoever writes it later.
    const known = await Promise.all(ids.map((id) => store.find(id)));
    const ended = known.flatMap((session) => (session ? [{ ...session, endedAt: now }] : []));
    if (ended.length > 0) await archive.saveSessions(ended);
    await archive.endSessions(ids, now);
    const before = known.filter((session) => session && session.endedAt !== null);
    metrics.count('pinroom_sessions_ended_total', { reason: 'asked' }, ids.length - before.length);
    await Promise.all(ids.map((id) => this.#endInStore(id, userId)));
  }

  /** What does not work now is done later: the archive has it, so nobody would ask for it again. */
  async #endInStore(id: string, userId: string): Promise<void> {
    const { owed, store } = this.#parts;
    try {
      await store.end(id, userId);
    } catch (fault) {
      void owed.attempt(`end of session ${id}`, () => store.end(id, userId));
      throw fault;
    }
  }

  /** The session from the store, else from the archive and back into the store. */
  async #live(sessionId: string): Promise<SessionRecord> {
    const { archive, life, metrics, store } = this.#parts;
    let session = await store.find(sessionId);
    let source = 'redis';
    if (!session) {
      session = await archive.findSession(sessionId);
      source = session ? 'archive' : 'none';
      if (session && life.isLive(session)) await store.restore(session);
    }
    metrics.count('pinroom_store_reads_total', { what: 'session', source });
    if (!session || !life.isLive(session)) throw new AppError('session_ended');
    return session;
  }

  /** The current generation, or the one before until its successor was seen and a little more. */
  #isUsable(generation: number, session: SessionRecord): boolean {
    if (generation >= session.generation) return true;
    if (generation < session.generation - 1) return false;
    return session.seenAt === null || this.#parts.clock.now() <= session.seenAt + GRACE_MS;
  }

  /**
   * Best effort, nobody waits for it: when it fails, the previous refresh token merely works a little
   * longer. The archive learns of it with the next refresh, or not at all.
   */
  #noteUse(session: SessionRecord, generation: number, client: ClientInfo): void {
    const { clock, logger, store } = this.#parts;
    // The first refresh token has none before it, whose time would end.
    const isFirst = session.generation === 1;
    const isSeen = isFirst || session.seenAt !== null || generation !== session.generation;
    if (isSeen && clock.now() - session.lastUsedAt < NOTE_USE_MS) return;
    const use = {
      sessionId: session.id,
      generation,
      client: cleanClient(client),
      everyMs: NOTE_USE_MS,
    };
    store.noteUse(use).catch((fault: unknown) => {
      logger.debug({ err: fault }, 'could not note that a session is used');
    });
  }

  async #grant(session: SessionRecord): Promise<SessionGrant> {
    const { clock, life, tokens, secrets, accessTtlMs } = this.#parts;
    const endsAt = life.endOf(session);
    const accessEndsAt = Math.min(clock.now() + accessTtlMs, endsAt);
    const accessTokenExpiresAt = Math.floor(accessEndsAt / 1000) * 1000;
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
      refreshTokenExpiresAt: endsAt,
    };
  }

  #callerOf(session: SessionRecord, client: ClientInfo, authorisedUntil: number): Caller {
    const { life } = this.#parts;
    return {
      kind: 'user',
      userId: session.userId,
      sessionId: session.id,
      nickname: session.nickname,
      network: networkOf(client.address),
      authorisedUntil,
      sessionExpiresAt: life.endOf(session),
      sessionEndsBy: life.lastOf(session.createdAt),
    };
  }
}
