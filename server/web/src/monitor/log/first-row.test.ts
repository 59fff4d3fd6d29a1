import type { SystemEntry } from '@pinroom/client';
import { expect, it } from 'vitest';
import { firstRow, ROWS } from './first-row.js';

const entries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: `${from + index}-0` }) as SystemEntry);

it('the newest entries are on the page, and from where the reader has gone back to', () => {
  expect(firstRow([], null)).toBe(0);
  expect(firstRow(entries(1, 10), null)).toBe(0);
  const many = entries(1, ROWS + 50);
  expect(firstRow(many, null)).toBe(50);
  expect(firstRow(many, '21-0')).toBe(20);
  // What comes meanwhile is added, and takes nothing away.
  expect(firstRow(entries(1, ROWS + 900), '21-0')).toBe(20);
});

it('a page is never shorter than at first, whatever became of the entry', () => {
  expect(firstRow(entries(1, ROWS + 50), '340-0')).toBe(50);
  expect(firstRow(entries(100, ROWS + 150), '21-0')).toBe(0);
  expect(firstRow(entries(1, 10), '21-0')).toBe(0);
});
