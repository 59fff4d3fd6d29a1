import { expect, it } from 'vitest';
import { qrPath } from './qr-path.js';

it('a QR code is a path inside its quiet zone', () => {
  const { size, path } = qrPath('https://example.org/r/123456');
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)];
  expect(runs.map(([run]) => run).join('')).toBe(path);
  for (const [, x, y, length] of runs) {
    expect(Number(x)).toBeGreaterThanOrEqual(4);
    expect(Number(y)).toBeGreaterThanOrEqual(4);
    expect(Number(x) + Number(length)).toBeLessThanOrEqual(size - 4);
    expect(Number(y)).toBeLessThan(size - 4);
  }
  // The corner that every code has: seven dark modules.
  expect(path.startsWith('M4 4h7v1H4z')).toBe(true);
});
