import { expect, it } from 'vitest';
import { pinGroups } from './pin-text.js';

it('a PIN stands in groups of two to four digits, none alone', () => {
  expect(pinGroups('123456')).toEqual(['123', '456']);
  expect(pinGroups('12345678')).toEqual(['1234', '5678']);
  for (let length = 4; length <= 12; length++) {
    const pin = '123456789012'.slice(0, length);
    const groups = pinGroups(pin);
    expect(groups.join('')).toBe(pin);
    for (const group of groups) expect([2, 3, 4]).toContain(group.length);
  }
});
