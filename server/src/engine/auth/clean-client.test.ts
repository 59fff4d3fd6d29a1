import { expect, test } from 'vitest';
import { cleanClient } from './clean-client.js';

const userAgentOf = (userAgent: string) => cleanClient({ address: '::1', userAgent }).userAgent;

test('an ordinary user agent stays as it is', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
  expect(cleanClient({ address: '192.0.2.7', userAgent: firefox })).toEqual({
    address: '192.0.2.7',
    userAgent: firefox,
  });
});

test('a long one is cut to 200 characters, never through one', () => {
  expect(userAgentOf('x'.repeat(10_000))).toHaveLength(200);
  expect(userAgentOf(`${'x'.repeat(199)}🐙`)).toBe('x'.repeat(199));
});

test('control characters, turned text and halves of characters are left out', () => {
  expect(userAgentOf('a\u0000b\r\nc\u001b[31m\u202ed\u2028e\ud83df')).toBe('abc[31mdef');
});
