import { hash } from 'node:crypto';
import type { CryptoKey, JWTHeaderParameters, JWTPayload } from 'jose';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { AccessClaims, AccessTokens } from '../../engine/auth/access-token.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';
import { RecentMap } from '../../engine/runtime/recent-map.js';
import { type PublicJwk, readPublicKey, readSigningKey } from './ed25519-keys.js';

const ISSUER = 'pinroom';
const AUDIENCE = 'pinroom';
/** Keeps a refresh token or an id token of someone else from passing as an access token (RFC 9068). */
const TYPE = 'at+jwt';
/** How far clocks of nodes may be apart. */
const TOLERANCE_SECONDS = 5;
/**
 * A token from further ahead would outlive its time. More than clocks may be apart otherwise: a clock
 * that is a little wrong must not keep out whom it lets in.
 */
const FUTURE_SECONDS = 60;
/** A signature check costs about 130 µs, a look-up 2; an entry takes about 0.5 KB. */
const REMEMBERED = 10_000;
/** Ours have about 400 characters; longer ones are not even hashed. */
const LONGEST_TOKEN = 4_096;

export interface JoseAccessTokensOptions {
  /** An Ed25519 private key as JWK; the key that signs. */
  readonly privateJwk: unknown;
  /** Further keys whose tokens are accepted: earlier ones, the next one; private or public, only their public part is used. */
  readonly previousJwks?: readonly unknown[];
  readonly clock: Clock;
  /** How many verified tokens are remembered at most; 10,000 unless told. */
  readonly remembered?: number;
}

/** Access tokens as EdDSA JWTs. Verified and signed ones are remembered by their hash until they run out. */
export class JoseAccessTokens implements AccessTokens {
  readonly #clock: Clock;
  readonly #signingKey: CryptoKey;
  readonly #kid: string;
  readonly #publicKeys: ReadonlyMap<string, { key: CryptoKey; jwk: PublicJwk }>;
  readonly #verified: RecentMap<AccessClaims>;

  private constructor(
    options: JoseAccessTokensOptions,
    signing: { key: CryptoKey; kid: string },
    publicKeys: ReadonlyMap<string, { key: CryptoKey; jwk: PublicJwk }>,
  ) {
    this.#clock = options.clock;
    this.#verified = new RecentMap(options.remembered ?? REMEMBERED);
    this.#signingKey = signing.key;
    this.#kid = signing.kid;
    this.#publicKeys = publicKeys;
  }

  /** Rejects with an Error that says what is wrong with a key, never with the key itself. */
  static async create(options: JoseAccessTokensOptions): Promise<JoseAccessTokens> {
    const signing = await readSigningKey(options.privateJwk);
    const publicKeys = new Map([[signing.kid, signing.public]]);
    for (const [index, jwk] of (options.previousJwks ?? []).entries()) {
      const previous = await readPublicKey(jwk, `previous key ${index + 1}`);
      if (!publicKeys.has(previous.jwk.kid)) publicKeys.set(previous.jwk.kid, previous);
    }
    return new JoseAccessTokens(options, signing, publicKeys);
  }

  async sign(claims: AccessClaims): Promise<string> {
    const expiresAt = Math.floor(claims.expiresAt / 1_000);
    const token = await new SignJWT({
      sid: claims.sessionId,
      gen: claims.generation,
      nickname: claims.nickname,
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.#kid, typ: TYPE })
      .setSubject(claims.userId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(Math.floor(this.#clock.now() / 1_000))
      .setExpirationTime(expiresAt)
      .sign(this.#signingKey);
    // Most are shown to the node that gave them out, for the first time within seconds.
    this.#verified.set(digestOf(token), Object.freeze({ ...claims, expiresAt: expiresAt * 1_000 }));
    return token;
  }

  async verify(token: string): Promise<AccessClaims> {
    if (token.length > LONGEST_TOKEN) throw invalid();
    const digest = digestOf(token);
    const known = this.#recall(digest);
    if (known) return known;
    const claims = readClaims(await this.#verifySignature(token), this.#clock.now());
    this.#verified.set(digest, claims);
    return claims;
  }

  keySet(): { keys: readonly PublicJwk[] } {
    return { keys: [...this.#publicKeys.values()].map(({ jwk }) => jwk) };
  }

  async #verifySignature(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyFor(header), {
        algorithms: ['EdDSA'],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'gen', 'nickname', 'iat', 'exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(this.#clock.now()),
      });
      return payload;
    } catch (fault) {
      throw fault instanceof errors.JWTExpired ? expired() : invalid(fault);
    }
  }

  #keyFor(header: JWTHeaderParameters): CryptoKey {
    const known = header.kid === undefined ? undefined : this.#publicKeys.get(header.kid);
    if (!known) throw new errors.JWKSNoMatchingKey();
    return known.key;
  }

  #recall(digest: string): AccessClaims | undefined {
    const claims = this.#verified.peek(digest);
    if (!claims) return undefined;
    if (this.#clock.now() >= claims.expiresAt + TOLERANCE_SECONDS * 1_000) throw expired();
    this.#verified.set(digest, claims);
    return claims;
  }
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64');
}

function readClaims(payload: JWTPayload, now: number): AccessClaims {
  const { sub, sid, gen, nickname, iat, exp } = payload;
  if (typeof sub !== 'string' || typeof sid !== 'string' || typeof nickname !== 'string') {
    throw invalid();
  }
  if (typeof gen !== 'number' || !Number.isSafeInteger(gen) || gen < 0) throw invalid();
  if (typeof exp !== 'number' || typeof iat !== 'number') throw invalid();
  if (iat * 1_000 > now + FUTURE_SECONDS * 1_000) throw invalid();
  return Object.freeze({
    userId: sub,
    sessionId: sid,
    generation: gen,
    nickname,
    expiresAt: exp * 1_000,
  });
}

function expired(): AppError {
  return new AppError('unauthenticated', 'The access token has run out. Refresh the session.');
}

function invalid(cause?: unknown): AppError {
  return new AppError('unauthenticated', 'The access token is not valid.', { cause });
}
