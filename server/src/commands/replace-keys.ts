import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readVariable, setVariable } from './env-file.js';

export const KEY = 'PINROOM_JWT_PRIVATE_KEY';
const ACCEPTED_KEYS = 'PINROOM_JWT_PREVIOUS_KEYS';
export const SECRET = 'PINROOM_TOKEN_SECRET';
const ACCEPTED_SECRETS = 'PINROOM_PREVIOUS_TOKEN_SECRETS';
/** Earlier keys and secrets that are kept: sessions under older ones would be months old. */
const KEPT = 3;

/** An Ed25519 key as JWK. */
export interface Jwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  /** Its private part. */
  readonly d?: string;
}

/** The keys and secrets of an environment file. */
export interface KeyState {
  key: Jwk;
  secret: string;
  /** Accepted already, and used after the next rotation. */
  nextKey: Jwk | null;
  nextSecret: string | null;
  earlierKeys: readonly Jwk[];
  earlierSecrets: readonly string[];
}

/**
 * The steps in which a signing key and a token secret are replaced without logging anyone out. A node
 * refuses what is signed with a key that it does not know, and a client whose refresh token is refused
 * takes its session for over: so every node has to accept a key (`prepare`) before the first one signs
 * with it (`rotate`). The next key waits among the accepted ones, as the only one there with its
 * private part `d`. Each step changes the state and answers what is to be done next; `program` is how
 * the command is called.
 */
export const STEPS = { prepare, rotate, retire } as const;

/** The next key and secret become accepted; nothing is made with them yet. */
function prepare(state: KeyState, program: string): string {
  if (state.nextKey) {
    throw new Error(
      `kid ${kidOf(state.nextKey)} is prepared already. When every node has been restarted with it: ` +
        `${program} --rotate`,
    );
  }
  state.nextKey = newKey();
  state.nextSecret = newSecret();
  const kid = kidOf(state.nextKey);
  return `the next key and secret are in it, to be accepted beside those in use; kid ${kid}.
1. Give the file to every node, and restart one node after the other.
2. When /.well-known/jwks.json of every node shows that kid, and not before, as nodes that do not know
   it would log people out: ${program} --rotate`;
}

/** The prepared key and secret come into use; those that were are accepted. */
function rotate(state: KeyState, program: string): string {
  if (!state.nextKey || state.nextSecret === null) {
    throw new Error(`no next key is prepared, so no node would accept it: ${program} --prepare`);
  }
  const before = kidOf(state.key);
  state.earlierKeys = [publicPart(state.key), ...state.earlierKeys].slice(0, KEPT);
  state.earlierSecrets = [state.secret, ...state.earlierSecrets].slice(0, KEPT);
  state.key = state.nextKey;
  state.secret = state.nextSecret;
  state.nextKey = null;
  state.nextSecret = null;
  return `kid ${kidOf(state.key)} signs from now on, beside the next secret;
earlier ones are still accepted, as kid ${before} is.
1. Give the file to every node, and restart one node after the other.
2. When PINROOM_REFRESH_TTL_SECONDS (30 days unless set) have passed since, nobody holds a token of
   earlier ones any more: ${program} --retire`;
}

/** Earlier keys and secrets are accepted no more; a next one that is prepared stays. */
function retire(state: KeyState): string {
  if (state.earlierKeys.length + state.earlierSecrets.length === 0) {
    throw new Error('no earlier key or secret is in it');
  }
  const gone = state.earlierKeys.map(kidOf);
  state.earlierKeys = [];
  state.earlierSecrets = [];
  return `earlier keys (kid ${gone.join(', ') || 'none'}) and secrets are not in it any more.
Give the file to every node, and restart one node after the other. From then on refresh tokens, access
tokens and host keys that were made with them are refused.`;
}

/** What the text of an environment file says; throws where it does not fit together. */
export function readState(text: string): KeyState {
  const key = readKey(readVariable(text, KEY), KEY);
  const secret = readVariable(text, SECRET);
  if (!key.d) throw new Error(`${KEY} has no private part`);
  if (!secret) throw new Error(`${SECRET} is not in it`);
  if (secret.includes(',')) {
    throw new Error(`${SECRET} has a comma in it, so ${ACCEPTED_SECRETS} could not hold it`);
  }
  const [nextKey = null, ...keys] = sorted(readKeys(readVariable(text, ACCEPTED_KEYS)));
  const secrets = (readVariable(text, ACCEPTED_SECRETS) ?? '').split(',').filter(Boolean);
  const state: KeyState = {
    key,
    secret,
    nextKey,
    nextSecret: null,
    earlierKeys: keys,
    earlierSecrets: secrets,
  };
  if (nextKey) [state.nextSecret = null, ...state.earlierSecrets] = secrets;
  if (nextKey && !state.nextSecret) {
    throw new Error(`${ACCEPTED_KEYS} has a next key, but ${ACCEPTED_SECRETS} has no secret`);
  }
  return state;
}

/** The key that waits, or null, and then the others without their private parts. */
function sorted(keys: readonly Jwk[]): [Jwk | null, ...Jwk[]] {
  const waiting = keys[0]?.d ? keys[0] : null;
  return [waiting, ...(waiting ? keys.slice(1) : keys).map(publicPart)];
}

/** The text with this state in it; nothing else of it changes. */
export function writeState(text: string, state: KeyState): string {
  const { key, secret, nextKey, nextSecret, earlierKeys, earlierSecrets } = state;
  const keys = [...(nextKey ? [nextKey] : []), ...earlierKeys];
  const secrets = [...(nextSecret ? [nextSecret] : []), ...earlierSecrets];
  const values: [name: string, value: string, neighbour: string][] = [
    [KEY, JSON.stringify(key), KEY],
    [ACCEPTED_KEYS, keys.length > 0 ? JSON.stringify(keys) : '', KEY],
    [SECRET, secret, SECRET],
    [ACCEPTED_SECRETS, secrets.join(','), SECRET],
  ];
  return values.reduce((before, [name, value, neighbour]) => {
    const isSame = (readVariable(before, name) ?? '') === value;
    return isSame ? before : setVariable(before, name, value, neighbour);
  }, text);
}

function readKeys(json: string | null): Jwk[] {
  if (!json) return [];
  let keys: unknown;
  try {
    keys = JSON.parse(json);
  } catch {
    keys = null;
  }
  if (!Array.isArray(keys)) throw new Error(`${ACCEPTED_KEYS} is no JSON array`);
  return keys.map((key) => readKey(JSON.stringify(key), ACCEPTED_KEYS));
}

/** Without what of the key goes wrong: that would be the key. */
function readKey(json: string | null, name: string): Jwk {
  if (!json) throw new Error(`${name} is not in it`);
  try {
    const key = JSON.parse(json) as Jwk;
    if (key.crv !== 'Ed25519') throw new Error('another curve');
    createPublicKey({ key: { ...key }, format: 'jwk' });
    return key;
  } catch {
    throw new Error(`${name} is no Ed25519 key (JWK)`);
  }
}

/** A new key that signs. */
export function newKey(): Jwk {
  const {
    kty = '',
    crv = '',
    x = '',
    d = '',
  } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty, crv, x, d };
}

/** A new secret of 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function publicPart({ kty, crv, x }: Jwk): Jwk {
  return { kty, crv, x };
}

/** The thumbprint of RFC 7638, as the key set and tokens have it. */
export function kidOf({ crv, kty, x }: Jwk): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
