import type { ClientInfo } from './client-info.port.js';

/** A session as the stores keep it: never a token, only what is needed to check one. */
export interface SessionRecord {
  /** UUIDv7; ends in its user's last two hex digits. */
  readonly id: string;
  readonly userId: string;
  readonly nickname: string;
  /** Goes into the mac of its refresh tokens. */
  readonly salt: string;
  /** Number of the current refresh token. */
  readonly generation: number;
  readonly createdAt: number;
  /** When `generation` was reached. */
  readonly rotatedAt: number;
  /** When somebody used the current generation for the first time; null: nobody yet. */
  readonly seenAt: number | null;
  /** The session is over at this time. */
  readonly expiresAt: number;
  readonly endedAt: number | null;
  /** When and from where it was used last, to about a minute; empty texts once it is ended. */
  readonly lastUsedAt: number;
  readonly address: string;
  readonly userAgent: string;
}

export type RotateOutcome =
  /** `session.generation` is the generation of the refresh token to hand out. */
  | { readonly kind: 'rotated'; readonly session: SessionRecord }
  /** The token is older than the protocol allows: the session is ended now. */
  | { readonly kind: 'reused'; readonly session: SessionRecord }
  | { readonly kind: 'ended' }
  | { readonly kind: 'absent' };

export interface RotateRequest {
  readonly sessionId: string;
  /** Generation of the refresh token that was shown; its mac is verified. */
  readonly generation: number;
  readonly expiresAt: number;
  /** For how long the previous generation keeps working after its successor was seen. */
  readonly graceMs: number;
  readonly client: ClientInfo;
}

export interface SessionUse {
  readonly sessionId: string;
  /** Of the token that was shown. */
  readonly generation: number;
  readonly client: ClientInfo;
  /** A use that comes sooner after the last one is not written down. */
  readonly everyMs: number;
}

/**
 * Sessions while they are hot. Every method is one round trip and rejects with `unavailable` when
 * the store does not answer.
 */
export interface SessionStore {
  /** [SESSION-1] Keeps the session until `expiresAt`. */
  create(session: SessionRecord): Promise<void>;
  /** [SESSION-2] Null: not here (it may be in the archive). An ended session is returned with `endedAt`. */
  find(sessionId: string): Promise<SessionRecord | null>;
  /**
   * [SESSION-3] Atomic. Current generation → the next one. The one before → the current one again,
   * until the current one was seen and `graceMs` more. A generation above the stored one (the store
   * lost a tail) is taken over as current and rotated. Anything older ends the session. Who gets a
   * token has used the session.
   */
  rotate(request: RotateRequest): Promise<RotateOutcome>;
  /**
   * [SESSION-4] Notes that the holder has the current generation, the first time, and when and from
   * where the session is used, at most every `everyMs`. Changes nothing of a session that is over.
   */
  noteUse(use: SessionUse): Promise<void>;
  /**
   * [SESSION-5] Ends it and lists it as ended; it stays findable as ended, so that nothing restores
   * it, without nickname, address and user agent. Repeatable.
   */
  end(sessionId: string, userId: string): Promise<void>;
  /** [SESSION-6] Ids of the user's sessions that are known here. */
  listIds(userId: string): Promise<string[]>;
  /** [SESSION-7] Puts a session back from the archive; never over one that is here. */
  restore(session: SessionRecord): Promise<void>;
}
