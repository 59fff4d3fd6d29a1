import { expect, it } from 'vitest';
import { RecentMap } from './recent-map.js';

it('forgets whose use is longest ago once there are too many', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.use('a', () => 9)).toBe(1);
  expect(map.use('c', () => 3)).toBe(3);
  expect(['a', 'b', 'c'].map((key) => map.peek(key))).toEqual([1, undefined, 3]);
});
