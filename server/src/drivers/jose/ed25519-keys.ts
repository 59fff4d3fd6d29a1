import type { CryptoKey, JWK } from 'jose';
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose';

/** What the key set publishes of a key; `kid` is its RFC 7638 thumbprint. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

export interface PublicKey {
  readonly key: CryptoKey;
  readonly jwk: PublicJwk;
}

export interface SigningKey {
  readonly key: CryptoKey;
  readonly kid: string;
  readonly public: PublicKey;
}

/** 32 bytes in base64url. */
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** A new Ed25519 private key as JWK, for `PINROOM_JWT_PRIVATE_KEY`. */
export async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}

/** Reads and tries out the key that signs. */
export async function readSigningKey(jwk: unknown): Promise<SigningKey> {
  const what = 'signing key';
  const publicKey = await readPublicKey(jwk, what);
  const d = isRecord(jwk) ? jwk.d : undefined;
  if (typeof d !== 'string' || !COORDINATE.test(d)) {
    throw badKey(what, 'its private part `d` is missing or malformed');
  }
  const { x } = publicKey.jwk;
  const key = await importKey({ kty: 'OKP', crv: 'Ed25519', x, d }, what);
  await tryOut(key, publicKey.key, what);
  return { key, kid: publicKey.jwk.kid, public: publicKey };
}

/** Reads the public part of a key, whatever else the JWK holds. */
export async function readPublicKey(jwk: unknown, what: string): Promise<PublicKey> {
  if (!isRecord(jwk)) throw badKey(what, 'it is not a JSON object');
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519') {
    throw badKey(what, 'it needs `"kty": "OKP"` and `"crv": "Ed25519"`');
  }
  const x = jwk.x;
  if (typeof x !== 'string' || !COORDINATE.test(x)) {
    throw badKey(what, 'its public part `x` is missing or malformed');
  }
  const bare = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const kid = await calculateJwkThumbprint(bare);
  const key = await importKey(bare, what);
  return { key, jwk: { ...bare, kid, alg: 'EdDSA', use: 'sig' } };
}

async function importKey(jwk: JWK, what: string): Promise<CryptoKey> {
  let key: CryptoKey | Uint8Array;
  try {
    key = await importJWK(jwk, 'EdDSA');
  } catch (fault) {
    throw badKey(what, 'it cannot be read', fault);
  }
  if (key instanceof Uint8Array) throw badKey(what, 'it is a secret, not a key pair');
  return key;
}

/** A private part that belongs to another public part would sign tokens that nobody accepts. */
async function tryOut(privateKey: CryptoKey, publicKey: CryptoKey, what: string): Promise<void> {
  const probe = new TextEncoder().encode('probe');
  try {
    const signed = await new CompactSign(probe)
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(privateKey);
    await compactVerify(signed, publicKey, { algorithms: ['EdDSA'] });
  } catch (fault) {
    throw badKey(what, 'its parts `x` and `d` do not belong together', fault);
  }
}

function badKey(what: string, why: string, cause?: unknown): Error {
  return new Error(`The ${what} is not an Ed25519 JWK that can be used: ${why}.`, { cause });
}

function isRecord(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
