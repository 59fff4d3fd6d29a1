import { expect, it } from 'vitest';
import { SlotBook } from './slot-book.js';

it('a line keeps its look while others come and go', () => {
  const book = new SlotBook(3);
  expect([...book.slotsOf(['a', 'b'])]).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect(book.slotsOf(['b', 'c']).get('b')).toBe(1);
  expect(book.slotsOf(['b', 'c']).get('c')).toBe(0);
  expect(book.slotsOf(['b', 'c', 'd', 'e']).has('e')).toBe(false);
});
