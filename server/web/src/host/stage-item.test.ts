import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { stageItem } from './stage-item.js';

let seq = 0;
function entry(type: string, payload: unknown, userId = 'host'): Entry {
  const from = { userId, nickname: userId };
  return { id: `1-${seq++}`, roomId: 'r', channel: 'room', type, from, payload, at: 1 };
}

const isHost = (from: Entry['from']) => from?.userId === 'host';
const question = entry('question', { text: 'Why?', options: ['a', 'b'] });
const result = entry('result', { question: question.id, right: 0 });

describe('what takes the stage', () => {
  it('is the newest that a host has said', () => {
    expect(stageItem([], isHost)).toBeNull();
    expect(stageItem([question, entry('text', { text: 'hi' }, 'player')], isHost)).toMatchObject({
      kind: 'question',
      id: question.id,
    });
    expect(stageItem([question, entry('text', { text: 'hi' })], isHost)).toMatchObject({
      kind: 'text',
      text: 'hi',
    });
    expect(stageItem([question, entry('countdown', { endsAt: 9 })], isHost)).toMatchObject({
      kind: 'countdown',
    });
  });

  it('is not what players make look like it', () => {
    const fake = entry('question', { text: 'Fake?', options: ['x'] }, 'player');
    const fakeResult = entry('result', { question: question.id, right: 1 }, 'player');
    expect(stageItem([question, fakeResult, fake], isHost)).toMatchObject({
      id: question.id,
      round: { result: null },
    });
  });

  it('stays the question when its result is there', () => {
    const item = stageItem([question, result, entry('other', {})], isHost);
    expect(item).toMatchObject({ kind: 'question', round: { result: { right: 0 } }, closedAt: 1 });
  });
});
