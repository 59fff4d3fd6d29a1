import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { AnswerTally } from './answer-tally.js';

const asked = { id: '1-7', number: 3, options: 3, askedAt: 1_000, endsAt: undefined };

function answer(seq: number, user: string, payload: unknown, at = 2_000): Entry {
  const from = { userId: user, nickname: user.toUpperCase() };
  return { id: `1-${seq}`, roomId: 'r', channel: 'host', type: 'answer', from, payload, at };
}

const named = (choice: unknown) => ({ question: '1-7', choice });

describe('the tally of a question', () => {
  it('counts the first answer of each user, in whatever order they are read', () => {
    const entries = [
      answer(1, 'ada', named(0)),
      answer(2, 'bo', named(1)),
      answer(3, 'ada', named(2)),
      answer(4, 'cy', named(1)),
    ];
    for (const order of [entries, [...entries].reverse(), [...entries, ...entries]]) {
      const tally = new AnswerTally(asked);
      for (const entry of order) tally.add(entry);
      expect(tally.counts).toEqual([1, 2, 0]);
      expect(tally.total).toBe(3);
    }
  });

  it('takes what names the question, by id or by number, or comes while it is the current one', () => {
    const tally = new AnswerTally(asked);
    expect(tally.add(answer(1, 'a', { question: '1-6', choice: 0 }))).toBe(false);
    expect(tally.add(answer(2, 'b', { number: 2, choice: 0 }))).toBe(false);
    expect(tally.add(answer(3, 'c', { choice: 0 }, 999))).toBe(false);
    expect(tally.add(answer(4, 'd', { number: 3, choice: 0 }))).toBe(true);
    expect(tally.add(answer(5, 'e', { choice: 1 }))).toBe(true);
    expect(tally.add(answer(6, 'f', named(2)))).toBe(true);
    expect(tally.counts).toEqual([1, 1, 1]);
  });

  it('leaves out what cannot be read', () => {
    const tally = new AnswerTally(asked);
    for (const choice of [3, -1, 1.5, '0', null]) tally.add(answer(1, 'a', named(choice)));
    tally.add({ ...answer(2, 'b', named(0)), from: null });
    tally.add({ ...answer(3, 'c', named(0)), type: 'text' });
    expect(tally.total).toBe(0);
  });

  it('does not count what comes after the time or the result', () => {
    const timed = new AnswerTally({ ...asked, endsAt: 5_000 });
    expect(timed.add(answer(1, 'a', named(0), 6_000))).toBe(true);
    expect(timed.add(answer(2, 'b', named(0), 6_001))).toBe(false);
    timed.close(5_500);
    expect(timed.total).toBe(0);
    expect(timed.add(answer(3, 'c', named(0), 5_501))).toBe(false);
    expect(timed.add(answer(4, 'd', named(0), 5_500))).toBe(true);
  });
});
