import { expect, it } from 'vitest';
import { coreCount, cpuQuota } from './core-count.js';

it('a container that may use less than the machine has fewer cores', () => {
  expect(cpuQuota('250000 100000\n')).toBe(2.5);
  for (const unlimited of ['max 100000\n', '', null]) expect(cpuQuota(unlimited)).toBe(Infinity);
});

it('there is always one core', () => {
  expect(coreCount()).toBeGreaterThanOrEqual(1);
  expect(Number.isInteger(coreCount())).toBe(true);
});
