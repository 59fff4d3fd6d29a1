import { expect, it } from 'vitest';
import { longestWord } from './longest-word.js';

it('finds the longest word of several texts, where a line may not be broken', () => {
  expect(longestWord('A short one', 'Donaudampfschifffahrt on it')).toBe(21);
  expect(longestWord('well-known\nlines')).toBe(5);
  expect(longestWord('👏👏👏')).toBe(3);
  expect(longestWord('', ' ')).toBe(1);
});
