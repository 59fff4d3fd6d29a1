import { expect, it } from 'vitest';
import { Ring } from './ring.js';

it('a ring gives what it keeps in the order in which it came', () => {
  const ring = new Ring<number>(3);
  expect(ring.toArray()).toEqual([]);
  for (let n = 1; n <= 3; n++) ring.push(n);
  expect(ring.toArray()).toEqual([1, 2, 3]);
  for (let n = 4; n <= 8; n++) {
    ring.push(n);
    expect(ring.toArray()).toEqual([n - 2, n - 1, n]);
  }
});
