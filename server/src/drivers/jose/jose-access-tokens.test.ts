import { generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessClaims } from '../../engine/auth/access-token.port.js';
import type { Clock } from '../../engine/runtime/clock.js';
import { generateSigningKey } from './ed25519-keys.js';
import { JoseAccessTokens } from './jose-access-tokens.js';

let now = 1_800_000_000_000;
const clock: Clock = {
  now: () => now,
  sleep: () => Promise.resolve(),
  after: () => ({ cancel() {} }),
};

function claims(change: Partial<AccessClaims> = {}): AccessClaims {
  return {
    userId: 'user-1',
    sessionId: 'session-1',
    generation: 3,
    nickname: 'Ada',
    expiresAt: now + 600_000,
    ...change,
  };
}

function part(token: string, index: 0 | 1): { [name: string]: unknown } {
  const text = Buffer.from(token.split('.')[index] ?? '', 'base64url').toString();
  return JSON.parse(text) as { [name: string]: unknown };
}

function spliced(token: string, change: object): string {
  const [header, , signature] = token.split('.');
  const body = Buffer.from(JSON.stringify({ ...part(token, 1), ...change })).toString('base64url');
  return `${header}.${body}.${signature}`;
}

const unauthenticated = expect.objectContaining({ code: 'unauthenticated' });

describe('access tokens', () => {
  let jwk: object;
  let tokens: JoseAccessTokens;

  beforeEach(async () => {
    now = 1_800_000_000_000;
    jwk = await generateSigningKey();
    tokens = await JoseAccessTokens.create({ privateJwk: jwk, clock });
  });

  it('[TOKEN-1] a token carries the claims, and its life is cut to whole seconds', async () => {
    const token = await tokens.sign(claims({ expiresAt: now + 600_999 }));
    expect(part(token, 0)).toEqual({
      alg: 'EdDSA',
      kid: tokens.keySet().keys[0]?.kid,
      typ: 'at+jwt',
    });
    expect(part(token, 1)).toEqual({
      sub: 'user-1',
      sid: 'session-1',
      gen: 3,
      nickname: 'Ada',
      iss: 'pinroom',
      aud: 'pinroom',
      iat: now / 1_000,
      exp: now / 1_000 + 600,
    });
  });

  it('[TOKEN-2] what was signed verifies, the second time from memory', async () => {
    const token = await tokens.sign(claims());
    const first = await tokens.verify(token);
    expect(first).toEqual(claims());
    expect(await tokens.verify(token)).toBe(first);
  });

  it('[TOKEN-2] of many verified tokens those used last are remembered', async () => {
    const few = await JoseAccessTokens.create({ privateJwk: jwk, clock, remembered: 2 });
    const [a, b, c] = await Promise.all(
      ['a', 'b', 'c'].map((userId) => few.sign(claims({ userId }))),
    );
    if (!a || !b || !c) throw new Error('three tokens were signed');
    const [seenA, seenB] = [await few.verify(a), await few.verify(b)];
    await few.verify(a);
    await few.verify(c);
    expect(await few.verify(a)).toBe(seenA);
    expect(await few.verify(b)).not.toBe(seenB);
    expect(await few.verify(b)).toEqual(seenB);
  });

  it('[TOKEN-2] a token that has run out is refused, remembered or not', async () => {
    const [seen, unseen] = [await tokens.sign(claims()), await tokens.sign(claims())];
    await tokens.verify(seen);
    now += 604_000;
    expect(await tokens.verify(seen)).toMatchObject({ userId: 'user-1' });
    now += 2_000;
    await expect(tokens.verify(seen)).rejects.toEqual(unauthenticated);
    await expect(tokens.verify(unseen)).rejects.toThrow(/run out/);
    await expect(tokens.verify(seen)).rejects.toThrow(/run out/);
  });

  it('[TOKEN-2] a changed token, another key and nonsense are refused', async () => {
    const token = await tokens.sign(claims());
    await tokens.verify(token);
    const stranger = await JoseAccessTokens.create({
      privateJwk: await generateSigningKey(),
      clock,
    });
    const refused = [
      spliced(token, { sub: 'user-2' }),
      await stranger.sign(claims()),
      new UnsecuredJWT({ sub: 'user-1' }).encode(),
      `${token}.`,
      '',
      'x'.repeat(100_000),
    ];
    for (const bad of refused) await expect(tokens.verify(bad)).rejects.toEqual(unauthenticated);
  });

  it('[TOKEN-2] type, issuer, audience, algorithm and every claim are demanded', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const kid = tokens.keySet().keys[0]?.kid ?? '';
    const ours = await importJWK(jwk, 'EdDSA');
    const body = { sid: 's', gen: 1, nickname: 'n', sub: 'u', iss: 'pinroom', aud: 'pinroom' };
    const times = { iat: now / 1_000, exp: now / 1_000 + 60 };
    const signed = (payload: object, header: object = {}, key = ours) =>
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...header })
        .sign(key);
    expect(await tokens.verify(await signed({ ...body, ...times }))).toMatchObject({ userId: 'u' });
    const refused = [
      await signed({ ...body, ...times }, { typ: 'JWT' }),
      await signed({ ...body, ...times }, { kid: 'other' }),
      await signed({ ...body, ...times }, { alg: 'ES256' }, privateKey),
      await signed({ ...body, ...times, iss: 'other' }),
      await signed({ ...body, ...times, aud: 'other' }),
      await signed({ ...body, ...times, gen: '1' }),
      await signed({ ...body, ...times, gen: -1 }),
      await signed({ ...body, ...times, sub: 7 }),
      ...(await Promise.all(
        ['sub', 'sid', 'gen', 'nickname', 'iat', 'exp'].map((name) =>
          signed({ ...body, ...times, [name]: undefined }),
        ),
      )),
    ];
    for (const bad of refused) await expect(tokens.verify(bad)).rejects.toEqual(unauthenticated);
  });

  it('[TOKEN-2] tokens of a previous key stay good, and only with that key', async () => {
    const token = await tokens.sign(claims());
    const next = await generateSigningKey();
    const rotated = await JoseAccessTokens.create({
      privateJwk: next,
      previousJwks: [jwk],
      clock,
    });
    expect(await rotated.verify(token)).toMatchObject({ userId: 'user-1' });
    const without = await JoseAccessTokens.create({ privateJwk: next, clock });
    await expect(without.verify(token)).rejects.toEqual(unauthenticated);
  });

  it('[TOKEN-3] the key set holds public parts only, newest first', async () => {
    const next = await generateSigningKey();
    const rotated = await JoseAccessTokens.create({
      privateJwk: next,
      previousJwks: [jwk, jwk],
      clock,
    });
    const { keys } = rotated.keySet();
    expect(keys.map((key) => key.x)).toEqual([next.x, Reflect.get(jwk, 'x')]);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      expect(key.kid).toMatch(/^[\w-]{43}$/);
    }
  });

  it('[TOKEN-3] the key id is the RFC 7638 thumbprint', async () => {
    // Key and thumbprint of RFC 8037, appendix A.
    const rfc = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    };
    const { keys } = (await JoseAccessTokens.create({ privateJwk: rfc, clock })).keySet();
    expect(keys[0]?.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('says what is wrong with a key, and not the key', async () => {
    const good = await generateSigningKey();
    const other = await generateSigningKey();
    const cases: [unknown, RegExp][] = [
      ['text', /not a JSON object/],
      [{ kty: 'RSA', n: 'x' }, /"crv": "Ed25519"/],
      [{ ...good, x: 'short' }, /public part/],
      [{ kty: 'OKP', crv: 'Ed25519', x: good.x }, /private part/],
      [{ ...good, d: other.d }, /(belong together|cannot be read)/],
    ];
    for (const [privateJwk, message] of cases) {
      const attempt = JoseAccessTokens.create({ privateJwk, clock });
      await expect(attempt).rejects.toThrow(message);
      await expect(attempt).rejects.not.toThrow(String(good.x));
    }
    const previous = JoseAccessTokens.create({ privateJwk: good, previousJwks: [{}], clock });
    await expect(previous).rejects.toThrow(/previous key 1/);
  });
});
