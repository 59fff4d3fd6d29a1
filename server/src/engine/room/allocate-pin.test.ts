import { expect, it } from 'vitest';
import { type Metrics, noMetrics } from '../runtime/metrics.js';
import { systemRandom } from '../runtime/random.js';
import { type PinParts, reservePin } from './allocate-pin.js';
import type { PinRegistry } from './pin-registry.port.js';

/** Of the longer PINs the fourth is free. */
const pins: Pick<PinRegistry, 'reserve'> = {
  reserve: async ({ candidates }) => candidates[1]?.[3] ?? null,
};

it('an operator sees how many PINs were drawn in vain, of the length that was taken', async () => {
  const counted: unknown[] = [];
  const count: Metrics['count'] = (...what) => void counted.push(what);
  const parts = {
    pins: pins as PinRegistry,
    pinPolicy: { minLength: 4, maxLength: 5, density: 0.5, quarantineMs: 0 },
    random: systemRandom,
    metrics: { ...noMetrics, count },
  };
  expect(await reservePin(parts as unknown as PinParts, 'room')).toHaveLength(5);
  expect(counted).toEqual([['pinroom_pin_collisions_total', { found_by: 'index' }, 3]]);
});
