import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { configWarnings } from './config-warnings.js';

const KEYS = {
  PINROOM_JWT_PRIVATE_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' }),
  PINROOM_TOKEN_SECRET: 'a secret of thirty-two characters',
  PINROOM_OPERATOR_TOKEN: 'a token of thirty-two characters!',
};
const BACKENDS = { REDIS_URL: 'redis://redis', DATABASE_URL: 'postgres://postgres/pinroom' };

const warningsOf = (environment: object, isProduction = false) =>
  configWarnings(loadConfig({ ...environment }), isProduction);

describe('what a node warns of in its configuration', () => {
  it('is nothing where one tries it out, or has configured all of it', () => {
    expect(warningsOf({})).toEqual([]);
    expect(warningsOf({ ...KEYS, ...BACKENDS }, true)).toEqual([]);
  });

  it('is that it serves alone, where others were to know its rooms', () => {
    expect(warningsOf(KEYS)).toEqual([expect.stringContaining('REDIS_URL is not')]);
    expect(warningsOf({}, true)).toEqual([expect.stringContaining('rooms are in memory')]);
  });
});
