import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { joinEntries, justBefore, missingQuestion, newestCountdown } from './stage-entries.js';

const entry = (id: string, type = 'text', payload: unknown = {}): Entry => ({
  id,
  roomId: 'r',
  channel: 'room',
  type,
  from: null,
  payload,
  at: 0,
});

describe('a question that much was said after', () => {
  it('is missed where the room’s state names it and it was not loaded', () => {
    const loaded = [entry('5-60'), entry('5-61')];
    expect(missingQuestion({ question: '5-3' }, loaded)).toBe('5-3');
    expect(missingQuestion({ question: '5-60' }, loaded)).toBeNull();
    for (const state of [null, {}, [], 'x', { question: 7 }, { question: null }, { question: 'x' }])
      expect(missingQuestion(state, loaded)).toBeNull();
  });

  it('is what history begins with', () => {
    expect(justBefore('5-3')).toBe('5-2');
    expect(justBefore('5-0')).toBe('4-0');
    expect(justBefore('1-0')).toBe('0-0');
  });

  it('goes before what is there, each entry once', () => {
    const older = [entry('5-3'), entry('5-4'), entry('5-60')];
    const newer = [entry('5-60'), entry('6-0')];
    expect(joinEntries(older, newer).map(({ id }) => id)).toEqual(['5-3', '5-4', '5-60', '6-0']);
    expect(joinEntries([], newer)).toBe(newer);
  });
});

it('the newest countdown that can be read counts', () => {
  expect(newestCountdown([entry('5-1')])).toBeNull();
  const entries = [
    entry('5-1', 'countdown', { endsAt: 1 }),
    entry('5-2', 'countdown', { endsAt: 2, text: 'Tea' }),
    entry('5-3', 'countdown', {}),
  ];
  expect(newestCountdown(entries)).toEqual({ endsAt: 2, text: 'Tea' });
});
