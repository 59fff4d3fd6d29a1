import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { logSentences, namesIn } from './log-sentence.js';

function entry(type: string, payload: unknown): Entry {
  return { id: '1-0', roomId: 'r', channel: 'log', type, from: null, payload, at: 1 };
}

const known = namesIn([entry('joined', { userId: 'u1', nickname: 'Ada', role: 'host' })]);
const words = {
  nameOf: (userId: string) => known.get(userId) ?? null,
  somebody: 'somebody',
  application: 'the application',
};
const say = (type: string, payload: unknown) => logSentences(entry(type, payload), words);

describe('the sentences of the log', () => {
  it('name who did it, as far as it is known', () => {
    expect(say('kicked', { userId: 'u2', nickname: 'Bo', by: 'u1' })).toEqual([
      { key: 'log.kicked', values: { nickname: 'Bo', by: 'Ada' } },
    ]);
    expect(say('banned', { userId: 'u9', nickname: null, by: null })).toEqual([
      { key: 'log.banned', values: { nickname: 'somebody', by: 'the application' } },
    ]);
  });

  it('say each thing that was changed', () => {
    const keys = (payload: unknown) => say('updated', payload).map(({ key }) => key);
    expect(keys({ title: 'x', locked: true, capacity: 3, settings: {}, by: 'u1' })).toEqual([
      'log.title',
      'log.locked',
      'log.capacity',
      'log.settings',
    ]);
    expect(keys({ by: 'u1' })).toEqual(['log.settings']);
  });

  it('tell how it ended, and show what they do not know', () => {
    expect(say('closed', { reason: 'expired', by: null })[0]?.key).toBe('log.expired');
    expect(say('strange', null)).toEqual([{ key: 'log.other', values: { type: 'strange' } }]);
  });
});
