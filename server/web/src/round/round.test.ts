import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { currentRound, isOpen } from './round.js';

let seq = 0;
function entry(type: string, payload: unknown): Entry {
  const id = `1-${seq++}`;
  return { id, roomId: 'r', channel: 'room', type, from: null, payload, at: 1_000 };
}

const ask = (more = {}) =>
  entry('question', { text: 'Six times seven?', options: [40, 42], ...more });

describe('the round that is on', () => {
  it('is the newest question, open until its result or its end', () => {
    const question = ask({ endsAt: 5_000 });
    const round = currentRound([ask(), entry('text', { text: 'hello' }), question]);
    expect(round).toMatchObject({ id: question.id, question: { options: ['40', '42'] } });
    expect(round && isOpen(round, 4_999)).toBe(true);
    expect(round && isOpen(round, 5_000)).toBe(false);
  });

  it('ends never at a moment that is none', () => {
    for (const endsAt of ['soon', null, 1e300, Number.NaN]) {
      expect(currentRound([ask({ endsAt })])?.question).not.toHaveProperty('endsAt');
    }
  });

  it('takes the result that names it, by id or by number', () => {
    const question = ask({ number: 3 });
    const wrong = entry('result', { number: 2, right: 0 });
    const right = entry('result', { number: 3, right: 1 });
    expect(currentRound([question, wrong])?.result).toBeNull();
    expect(currentRound([question, wrong, right])?.result).toMatchObject({ right: 1 });
    const byId = entry('result', { question: question.id, counts: [1, 4] });
    expect(currentRound([question, byId])?.result).toMatchObject({ right: null, counts: [1, 4] });
  });

  it('is none where nobody has asked, or what was asked cannot be read', () => {
    expect(currentRound([])).toBeNull();
    const broken = [
      { text: 1 },
      { text: 'a', options: [] },
      { text: 'a', options: [{}] },
      null,
      'x',
    ];
    expect(currentRound(broken.map((payload) => entry('question', payload)))).toBeNull();
  });
});
