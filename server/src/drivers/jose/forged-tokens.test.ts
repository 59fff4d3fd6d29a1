import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../engine/runtime/clock.js';
import { generateSigningKey, readPublicKey } from './ed25519-keys.js';
import { JoseAccessTokens } from './jose-access-tokens.js';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1_000;
const clock: Clock = {
  now: () => NOW,
  sleep: () => Promise.resolve(),
  after: () => ({ cancel() {} }),
};

const CLAIMS = {
  sub: 'user-1',
  sid: 'session-1',
  gen: 1,
  nickname: 'Ada',
  iss: 'pinroom',
  aud: 'pinroom',
  iat: SECONDS,
  exp: SECONDS + 600,
};

type Jwk = Awaited<ReturnType<typeof generateSigningKey>>;

/** The key in use, one that is accepted beside it, and one that nobody here knows. */
let current: Jwk;
let accepted: Jwk;
let foreign: Jwk;
let tokens: JoseAccessTokens;
let kids: { readonly current: string; readonly accepted: string; readonly foreign: string };

beforeAll(async () => {
  [current, accepted, foreign] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
  ]);
  tokens = await JoseAccessTokens.create({
    privateJwk: current,
    previousJwks: [accepted],
    clock,
  });
  kids = {
    current: (await readPublicKey(current, 'key')).jwk.kid,
    accepted: (await readPublicKey(accepted, 'key')).jwk.kid,
    foreign: (await readPublicKey(foreign, 'key')).jwk.kid,
  };
});

interface Forgery {
  readonly key?: Jwk;
  readonly header?: object;
  readonly claims?: object;
}

/** A token as we sign it, but for what is given. A header or claim that is undefined is left out. */
async function signed({ key = current, header = {}, claims = {} }: Forgery = {}): Promise<string> {
  const { kid } = (await readPublicKey(key, 'key')).jwk;
  return new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header })
    .sign(await importJWK(key, 'EdDSA'), { crit: { 'urn:a': false } });
}

/** A token with any header, and a signature made of header and claims by hand. */
function forged(header: object, sign: (input: string) => string, claims: object = CLAIMS): string {
  const [head, body] = [header, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${head}.${body}.${sign(`${head}.${body}`)}`;
}

const hs256 = (secret: string | Buffer) => (input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url');

const header = (change: object = {}) => ({ typ: 'at+jwt', kid: kids.current, ...change });
const publicPart = ({ kty, crv, x }: Jwk) => ({ kty, crv, x });

const REFUSED: readonly (readonly [what: string, token: () => string | Promise<string>])[] = [
  ['without a signature (alg none)', () => forged(header({ alg: 'none' }), () => '')],
  ['with alg None', () => forged(header({ alg: 'None' }), () => '')],
  ['without an algorithm', () => forged(header(), () => 'AAAA')],
  [
    'with HS256 under the public key’s bytes',
    () => forged(header({ alg: 'HS256' }), hs256(Buffer.from(current.x ?? '', 'base64url'))),
  ],
  [
    'with HS256 under the public key as the key set shows it',
    () => forged(header({ alg: 'HS256' }), hs256(JSON.stringify(tokens.keySet().keys[0]))),
  ],
  [
    'with HS256 under the public key as PEM',
    async () => {
      const pem = await exportSPKI((await readPublicKey(current, 'key')).key);
      return forged(header({ alg: 'HS256' }), hs256(pem));
    },
  ],
  ['under a key that nobody here knows', () => signed({ key: foreign })],
  [
    'under a foreign key that claims the kid of ours',
    () => signed({ key: foreign, header: { kid: kids.current } }),
  ],
  [
    'under our key that claims the kid of an accepted one',
    () => signed({ header: { kid: kids.accepted } }),
  ],
  [
    'under an accepted key that claims the kid of ours',
    () => signed({ key: accepted, header: { kid: kids.current } }),
  ],
  ['without a kid', () => signed({ header: { kid: undefined } })],
  ['with a kid that is a name of every object', () => signed({ header: { kid: '__proto__' } })],
  ['with a kid that is no text', () => signed({ header: { kid: 7 } })],
  [
    'that brings its own key (jwk)',
    () => signed({ key: foreign, header: { jwk: publicPart(foreign) } }),
  ],
  [
    'that brings its own key and claims our kid',
    () => signed({ key: foreign, header: { jwk: publicPart(foreign), kid: kids.current } }),
  ],
  [
    'that says where its key is (jku)',
    () => signed({ key: foreign, header: { jku: 'https://keys.example/jwks.json' } }),
  ],
  [
    'that says where its certificate is (x5u)',
    () => signed({ key: foreign, header: { x5u: 'https://keys.example/certificate' } }),
  ],
  [
    'that demands what we do not know (crit)',
    () => signed({ header: { crit: ['urn:a'], 'urn:a': 1 } }),
  ],
  ['of another issuer', () => signed({ claims: { iss: 'https://pinroom.example' } })],
  ['for another audience', () => signed({ claims: { aud: 'pinroom-admin' } })],
  ['for nobody in particular', () => signed({ claims: { aud: undefined } })],
  ['that is a plain JWT', () => signed({ header: { typ: 'JWT' } })],
  ['without a type', () => signed({ header: { typ: undefined } })],
  [
    'that is an id token',
    () =>
      signed({ header: { typ: 'JWT' }, claims: { aud: 'web', nonce: 'n', auth_time: SECONDS } }),
  ],
  ['that never runs out', () => signed({ claims: { exp: undefined } })],
  ['whose end is no number', () => signed({ claims: { exp: `${SECONDS + 600}` } })],
  ['that ran out', () => signed({ claims: { exp: SECONDS - 6 } })],
  ['without a time of issue', () => signed({ claims: { iat: undefined } })],
  ['from the future', () => signed({ claims: { iat: SECONDS + 61, exp: SECONDS + 660 } })],
  ['that is not good yet', () => signed({ claims: { nbf: SECONDS + 60 } })],
];

describe('an access token', () => {
  it.each(REFUSED)('[TOKEN-2] %s is refused', async (_what, token) => {
    await expect(tokens.verify(await token())).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('[TOKEN-2] is good where only what may differ does: the control of the refusals', async () => {
    const claims = { userId: 'user-1', sessionId: 'session-1', generation: 1, nickname: 'Ada' };
    const good = [
      await signed(),
      await signed({ key: accepted }),
      await signed({ claims: { iat: SECONDS + 59 } }),
      await signed({ claims: { aud: ['pinroom', 'other'] } }),
      // What a header says about keys is not looked at when the kid names one of ours.
      await signed({ header: { jwk: publicPart(foreign), jku: 'https://keys.example/' } }),
    ];
    for (const token of good) expect(await tokens.verify(token)).toMatchObject(claims);
  });
});
