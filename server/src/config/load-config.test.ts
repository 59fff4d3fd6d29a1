import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load-config.js';

function faultsOf(environment: { [name: string]: string }): readonly string[] {
  try {
    loadConfig(environment);
  } catch (fault) {
    if (fault instanceof ConfigError) return fault.faults;
    throw fault;
  }
  return [];
}

const KEY = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' });
const SECRET = 's'.repeat(32);

describe('the configuration', () => {
  it('needs nothing: one node with the embedded drivers', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({ port: 3000, redisUrls: null, databaseUrl: null });
    expect(config).toMatchObject({
      pinLength: 6,
      roomTtlMs: 14_400_000,
      rates: { commandsPerSocket: 20, socketsPerUser: 20 },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes several addresses for a Cluster', () => {
    const config = loadConfig({
      REDIS_URL: 'redis://a:1, redis://b:2',
      DATABASE_URL: 'postgres://localhost/x',
      PINROOM_JWT_PRIVATE_KEY: KEY,
      PINROOM_TOKEN_SECRET: SECRET,
    });
    expect(config.redisUrls).toEqual(['redis://a:1', 'redis://b:2']);
  });

  it('names every fault at once, and repeats no value', () => {
    const faults = faultsOf({
      PORT: 'http',
      REDIS_URL: 'http://secret-host',
      PINROOM_TRANSPORT: 'tcp',
      PINROOM_TOKEN_SECRET: 'short-secret',
      PINROOM_PIN_LENGTH: '8',
      PINROOM_PIN_MAX_LENGTH: '6',
      PINROOM_WORKERS: 'many',
    });
    for (const name of [
      'PORT',
      'REDIS_URL',
      'DATABASE_URL',
      'PINROOM_TRANSPORT',
      'PINROOM_JWT_PRIVATE_KEY',
      'PINROOM_TOKEN_SECRET',
      'PINROOM_PIN_MAX_LENGTH',
      'PINROOM_WORKERS',
    ]) {
      expect(faults.filter((fault) => fault.startsWith(`${name} `))).toHaveLength(1);
    }
    expect(faults.join()).not.toMatch(/secret-host|short-secret/);
  });

  it('says that Redis without PostgreSQL is half a configuration', () => {
    expect(faultsOf({ REDIS_URL: 'redis://localhost' }).join('\n')).toMatch(
      /DATABASE_URL is required with REDIS_URL/,
    );
  });

  it('has one process or several, which need Redis and uWebSockets.js', () => {
    const several = {
      REDIS_URL: 'redis://a:1',
      DATABASE_URL: 'postgres://localhost/x',
      PINROOM_JWT_PRIVATE_KEY: KEY,
      PINROOM_TOKEN_SECRET: SECRET,
      PINROOM_WORKERS: 'auto',
    };
    expect(loadConfig({}).workers).toBe(1);
    expect(loadConfig({ PINROOM_WORKERS: '1', PINROOM_TRANSPORT: 'ws' }).workers).toBe(1);
    expect(loadConfig(several).workers).toBe('auto');
    expect(loadConfig({ ...several, PINROOM_WORKERS: '4' }).workers).toBe(4);
    expect(faultsOf({ ...several, PINROOM_TRANSPORT: 'ws' })).toEqual([
      expect.stringMatching(/^PINROOM_WORKERS needs uWebSockets\.js/),
    ]);
    for (const PINROOM_WORKERS of ['auto', '2']) {
      expect(faultsOf({ PINROOM_WORKERS })).toEqual([
        expect.stringMatching(/^PINROOM_WORKERS needs REDIS_URL and DATABASE_URL/),
      ]);
    }
    for (const PINROOM_WORKERS of ['0', '1.5', '-1', '257']) {
      expect(faultsOf({ ...several, PINROOM_WORKERS })).toHaveLength(1);
    }
  });

  it('says how to make the keys that Redis asks for', () => {
    const faults = faultsOf({ REDIS_URL: 'redis://localhost', DATABASE_URL: 'postgres://x/y' });
    expect(faults).toHaveLength(2);
    for (const fault of faults)
      expect(fault).toMatch(/is required with REDIS_URL.*npx pinroom keys/);
  });

  it('asks as much of secrets that are merely accepted as of the one in use', () => {
    const others = `${'t'.repeat(32)}, short-secret`;
    const keys = { PINROOM_TOKEN_SECRET: SECRET, PINROOM_JWT_PREVIOUS_KEYS: '{"kty":"RSA"}' };
    const faults = faultsOf({ ...keys, PINROOM_PREVIOUS_TOKEN_SECRETS: others });
    expect(faults).toEqual([
      expect.stringMatching(/^PINROOM_JWT_PREVIOUS_KEYS must be a JSON array/),
      expect.stringMatching(/^PINROOM_PREVIOUS_TOKEN_SECRETS must hold .* 32 characters/),
    ]);
    expect(faults.join()).not.toMatch(/short-secret/);
    const good = { PINROOM_JWT_PREVIOUS_KEYS: `[${KEY}]`, PINROOM_PREVIOUS_TOKEN_SECRETS: SECRET };
    expect(loadConfig(good)).toMatchObject({
      jwtPreviousKeys: [JSON.parse(KEY)],
      previousTokenSecrets: [SECRET],
    });
  });

  it('notices names that are no variables', () => {
    expect(loadConfig({ PINROOM_PIN_LENGHT: '5' }).unknownVariables).toEqual([
      'PINROOM_PIN_LENGHT',
    ]);
  });
});
