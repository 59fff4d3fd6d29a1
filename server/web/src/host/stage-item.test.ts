import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { currentRound } from '../round/round.js';
import { stageItem } from './stage-item.js';

let seq = 0;
function entry(type: string, payload: unknown): Entry {
  const from = { userId: 'host', nickname: 'Host' };
  return { id: `1-${seq++}`, roomId: 'r', channel: 'room', type, from, payload, at: 1 };
}

const stage = (...spoken: Entry[]) => stageItem(spoken, currentRound(spoken));
const question = entry('question', { text: 'Why?', options: ['a', 'b'] });
const result = entry('result', { question: question.id, right: 0 });
const text = entry('text', { text: 'hi' });
const countdown = entry('countdown', { endsAt: 9 });

describe('what takes the stage', () => {
  it('is the newest that was said', () => {
    expect(stage()).toBeNull();
    expect(stage(entry('other', {}))).toBeNull();
    expect(stage(text, countdown)).toMatchObject({ kind: 'countdown' });
    expect(stage(countdown, text)).toMatchObject({ kind: 'text', text: 'hi' });
    expect(stage(text, question)).toMatchObject({ kind: 'question', id: question.id, aside: null });
    expect(stage(question, result, text)).toMatchObject({ kind: 'text', text: 'hi' });
  });

  it('is the question while it is open, whatever is said beside it', () => {
    const withText = stage(question, countdown, text, entry('other', {}));
    expect(withText).toMatchObject({ kind: 'question', aside: { kind: 'text', text: 'hi' } });
    const withCountdown = stage(question, text, countdown);
    expect(withCountdown).toMatchObject({ kind: 'question', aside: { kind: 'countdown' } });
  });

  it('stays the question when its result is there', () => {
    const item = stage(question, text, result, entry('other', {}));
    expect(item).toMatchObject({ kind: 'question', round: { result: { right: 0 } }, aside: null });
  });
});
