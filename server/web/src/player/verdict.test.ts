import { expect, it } from 'vitest';
import { currentRound } from '../round/round.js';
import type { OwnAnswer } from './own-answers.js';
import { verdictOf } from './verdict.js';

const entry = (type: string, payload: unknown, at: number) => {
  return { id: `1-${at}`, roomId: 'r', channel: 'room', type, from: null, payload, at };
};

function verdict(answer: OwnAnswer | undefined, right: number | null = 1, endsAt = 20_000) {
  const question = entry('question', { text: 'Why?', options: ['a', 'b'], endsAt }, 1_000);
  const round = currentRound([question, entry('result', { right }, 30_000)]);
  return round && verdictOf(round, answer);
}

it('is what the result says of the answer that counts', () => {
  expect(verdict({ choice: 1, state: 'kept', at: 2_000 })).toBe('right');
  expect(verdict({ choice: 0, state: 'kept', at: 2_000 })).toBe('wrong');
  expect(verdict({ choice: 0, state: 'kept', at: 2_000 }, null)).toBe('counted');
  expect(verdict(undefined)).toBe('missed');
  expect(verdict({ choice: 1, state: 'refused' })).toBe('missed');
});

it('is not known of an answer on the way, or given elsewhere', () => {
  expect(verdict({ choice: 1, state: 'sending' })).toBe('none');
  expect(verdict({ choice: null, state: 'kept' })).toBe('none');
});

it('is never right for what came too late: after the time, or after the result', () => {
  expect(verdict({ choice: 1, state: 'kept', at: 21_000 })).toBe('right');
  expect(verdict({ choice: 1, state: 'kept', at: 21_001 })).toBe('late');
  expect(verdict({ choice: 1, state: 'kept', at: 30_001 }, 1, 90_000)).toBe('late');
});
