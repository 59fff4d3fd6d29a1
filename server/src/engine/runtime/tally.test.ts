import { expect, it } from 'vitest';
import { Tally } from './tally.js';

it('counts each key by itself, and never below nothing', () => {
  const tally = new Tally();
  tally.change('a', 1);
  tally.change('a', 1);
  tally.change('b', 1);
  tally.change('a', -1);
  tally.change('b', -1);
  tally.change('b', -1);
  tally.change('b', 1);
  expect([tally.of('a'), tally.of('b'), tally.of('c')]).toEqual([1, 1, 0]);
});
