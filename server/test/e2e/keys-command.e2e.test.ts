import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { readPublicKey } from '../../src/drivers/jose/ed25519-keys.js';
import { type KeysFile, newKeysFile } from '../support/keys-file.js';

/** What a node with Redis makes of the file. */
async function configOf(file: KeysFile) {
  const backends = { REDIS_URL: 'redis://localhost', DATABASE_URL: 'postgres://localhost/x' };
  return loadConfig({ ...backends, ...(await file.variables()) });
}

/** Of the keys of a node the kids, the one that signs first; its secrets in the same order. */
async function stateOf(file: KeysFile) {
  const { jwtPrivateKey, jwtPreviousKeys, tokenSecret, previousTokenSecrets } =
    await configOf(file);
  const keys = await Promise.all(
    [jwtPrivateKey, ...jwtPreviousKeys].map((jwk) => readPublicKey(jwk, 'key')),
  );
  return {
    kids: keys.map(({ jwk }) => jwk.kid),
    secrets: [tokenSecret ?? '', ...previousTokenSecrets],
  };
}

async function modeOf(file: KeysFile): Promise<number> {
  return (await stat(file.path)).mode & 0o777;
}

/** What the command says when it fails. */
async function faultOf(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(
    () => 'it did not fail',
    (fault: { stderr?: string }) => fault.stderr ?? String(fault),
  );
}

describe('npm run keys', () => {
  it('makes what nodes need, once, and says what it is, where it goes and how it is replaced', async () => {
    const file = newKeysFile();
    const said = await file.keys();
    const { kids, secrets } = await stateOf(file);
    expect([kids.length, secrets.length]).toEqual([1, 1]);
    expect(await modeOf(file)).toBe(0o600);
    for (const name of Object.keys(await file.variables())) expect(said).toContain(name);
    for (const word of [kids[0], 'Every node', 'docker compose', 'npm run keys -- --prepare']) {
      expect(said).toContain(word);
    }
    // What is secret is in the file alone.
    expect(said).not.toContain(secrets[0]);
    const before = await readFile(file.path, 'utf8');
    expect(await faultOf(file.keys())).toMatch(/is there already, and stays as it is/);
    expect(await readFile(file.path, 'utf8')).toBe(before);
  });

  it('replaces key and secret in steps, of which none takes away what is in use', async () => {
    const file = newKeysFile();
    await file.keys();
    const first = await stateOf(file);

    const prepared = await file.keys('--prepare');
    const [kid, nextKid] = (await stateOf(file)).kids;
    expect(kid).toBe(first.kids[0]);
    const { secrets } = await stateOf(file);
    expect(secrets).toEqual([first.secrets[0], expect.any(String)]);
    for (const word of [nextKid, 'restart', 'jwks.json', 'npm run keys -- --rotate']) {
      expect(prepared).toContain(word);
    }

    const rotated = await file.keys('--rotate');
    expect(await stateOf(file)).toEqual({ kids: [nextKid, kid], secrets: secrets.reverse() });
    for (const word of [kid, nextKid, 'restart', 'npm run keys -- --retire']) {
      expect(rotated).toContain(word);
    }
    // Of a key that signs no more only the public part is left.
    expect((await file.variables()).PINROOM_JWT_PREVIOUS_KEYS).not.toMatch(/"d"/);

    expect(await file.keys('--retire')).toContain(kid);
    expect(await stateOf(file)).toEqual({ kids: [nextKid], secrets: [secrets[0]] });
  });

  it('keeps three earlier keys and secrets, and a next one through a retirement', async () => {
    const file = newKeysFile();
    await file.keys();
    for (let round = 0; round < 5; round += 1) {
      await file.keys('--prepare');
      await file.keys('--rotate');
    }
    const all = await stateOf(file);
    expect([all.kids.length, all.secrets.length]).toEqual([4, 4]);
    await file.keys('--prepare');
    const { kids, secrets } = await stateOf(file);
    expect([kids.length, secrets.length]).toEqual([5, 5]);
    await file.keys('--retire');
    expect(await stateOf(file)).toEqual({ kids: kids.slice(0, 2), secrets: secrets.slice(0, 2) });
    await file.keys('--rotate');
    expect(await stateOf(file)).toEqual({
      kids: kids.slice(0, 2).reverse(),
      secrets: secrets.slice(0, 2).reverse(),
    });
  });

  it('leaves everything else in the file as it was, and the file to its owner', async () => {
    const file = newKeysFile();
    await file.keys();
    const { PINROOM_JWT_PRIVATE_KEY: key = '' } = await file.variables();
    const others = ['# ours', '', 'REDIS_URL=redis://r', `TITLE='a $b "c"'  `, 'X=1'];
    const head = `${others.slice(0, 3).join('\n')}\nexport PINROOM_JWT_PRIVATE_KEY='${key}'\n`;
    const tail = `PINROOM_TOKEN_SECRET="${'s'.repeat(32)}"\n${others.slice(3).join('\n')}`;
    await writeFile(file.path, head + tail);
    await chmod(file.path, 0o644);
    await file.keys('--prepare');
    await file.keys('--rotate');
    const lines = (await readFile(file.path, 'utf8')).split('\n');
    expect(lines.filter((line) => !/PINROOM_(JWT|TOKEN|PREVIOUS)/.test(line))).toEqual(others);
    expect(lines).toHaveLength(others.length + 4);
    expect((await stateOf(file)).secrets[1]).toBe('s'.repeat(32));
    expect(await modeOf(file)).toBe(0o600);
    expect(await readdir(path.dirname(file.path))).toEqual(['.pinroom.env']);
  });

  it('replaces what a link points to, and not the link', async () => {
    const [real, link] = [newKeysFile(), newKeysFile()];
    await real.keys();
    await symlink(real.path, link.path);
    await link.keys('--prepare');
    expect((await stateOf(real)).kids).toHaveLength(2);
  });

  it.each([
    ['a step out of turn', '--rotate', (text: string) => text, /no next key is prepared/],
    ['nothing to retire', '--retire', (text: string) => text, /no earlier key/],
    ['no such step', '--renew', (text: string) => text, /'--renew'.*--help/],
    ['two steps', '--prepare --rotate', (text: string) => text, /one at a time.*--help/],
    ['a damaged key', '--prepare', (text: string) => text.replace('"OKP"', '"EC"'), /no Ed25519/],
    ['no secret', '--prepare', (text: string) => text.replace(/PINROOM_T.*/, ''), /not in it/],
    ['a variable twice', '--prepare', (text: string) => text + text, /is in it twice/],
    [
      'a secret that no list can hold',
      '--prepare',
      (text: string) => text.replace(/(PINROOM_TOKEN_SECRET=)/, '$1a,b'),
      /comma/,
    ],
    [
      'a value that is not plain',
      '--prepare',
      (text: string) => text.replace(/(PINROOM_TOKEN_SECRET=)/, '$1$HOME'),
      /put its value in single quotes/,
    ],
  ])('changes nothing when there is %s, and says so', async (_what, step, damage, message) => {
    const file = newKeysFile();
    await file.keys();
    const text = damage(await readFile(file.path, 'utf8'));
    await writeFile(file.path, text);
    const said = await faultOf(file.keys(...step.split(' ')));
    expect(said).toMatch(message);
    expect(await readFile(file.path, 'utf8')).toBe(text);
    expect(await readdir(path.dirname(file.path))).toEqual(['.pinroom.env']);
  });

  it('is not run twice at once: the second one is told so', async () => {
    const file = newKeysFile();
    await file.keys();
    await writeFile(`${file.path}.draft`, '');
    expect(await faultOf(file.keys('--prepare'))).toMatch(/another run is at it.*\.draft/);
    expect(await readFile(`${file.path}.draft`, 'utf8')).toBe('');
  });
});
