import type { SystemEntry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { filterEntries, mergeEntries, payloadParts } from './log-entries.js';

const entry = (id: string, over: Partial<SystemEntry> = {}): SystemEntry => ({
  id,
  at: 0,
  nodeId: 'node-a',
  type: 'room-opened',
  level: 'info',
  payload: {},
  ...over,
});
const ids = (entries: readonly SystemEntry[]) => entries.map(({ id }) => id);

describe('entries of the log', () => {
  it('stand in the order of their ids, each once, from wherever they come', () => {
    const known = [entry('100-0'), entry('100-2')];
    expect(ids(mergeEntries(known, [entry('100-10')], 9))).toEqual(['100-0', '100-2', '100-10']);
    expect(ids(mergeEntries(known, [entry('99-5'), entry('100-0')], 9))).toEqual([
      '99-5',
      '100-0',
      '100-2',
    ]);
    expect(ids(mergeEntries([], [entry('1-0')], 9))).toEqual(['1-0']);
  });

  it('are bounded: the oldest are let go', () => {
    expect(ids(mergeEntries([entry('1-0'), entry('2-0')], [entry('3-0')], 2))).toEqual([
      '2-0',
      '3-0',
    ]);
  });

  it('are filtered by level and by words in what they say', () => {
    const all = [
      entry('1-0', { level: 'error', type: 'backend-lost', payload: { backend: 'redis' } }),
      entry('2-0', { level: 'warn', payload: { roomId: 'Xy' } }),
      entry('3-0'),
    ];
    expect(ids(filterEntries(all, { level: 'warn', text: '' }))).toEqual(['1-0', '2-0']);
    expect(ids(filterEntries(all, { level: 'info', text: ' REDIS lost ' }))).toEqual(['1-0']);
    expect(ids(filterEntries(all, { level: 'info', text: 'xy' }))).toEqual(['2-0']);
  });

  it('say what is in them; what is null is nothing', () => {
    expect(payloadParts({ reason: 'silent', pid: 7, host: null })).toEqual([
      { name: 'reason', value: 'silent' },
      { name: 'pid', value: '7' },
    ]);
  });
});
