import { describe, expect, it } from 'vitest';
import { normalisePin } from './pin-input.js';

describe('a PIN as people type it', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['12–34–56', '123456'],
    ['123\u200b456', '123456'],
    ['１２３４５６', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['१२३४५६', '123456'],
  ])('[CLIENT-14] reads %j', (typed, pin) => {
    expect(normalisePin(typed)).toBe(pin);
  });

  it.each(['', '12a456', '012345', '12', '1'.repeat(13)])('[CLIENT-14] refuses %j', (typed) => {
    expect(normalisePin(typed)).toBeNull();
  });
});
