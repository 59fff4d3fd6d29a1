import type { SystemEntry } from '@pinroom/client';
import { expect, it } from 'vitest';
import { Departures } from './departures.js';

const down = (nodeId: string | null, reason: string) =>
  ({ type: 'node-down', payload: { nodeId, reason } }) as unknown as SystemEntry;

it('tells nodes that were stopped from those that went without a word, and asks no more than it has to', async () => {
  let entries: SystemEntry[] | Error = new Error('away');
  let asked = 0;
  let now = 0;
  const departures = new Departures({
    now: () => now,
    ask: async () => {
      asked += 1;
      if (entries instanceof Error) throw entries;
      return entries;
    },
  });
  await departures.look([]);
  expect(asked).toBe(0);
  await departures.look(['a', 'b']);
  entries = [down('a', 'stopped'), down(null, 'silent')];
  await departures.look(['a', 'b']);
  expect([asked, ...departures.stopped.value]).toEqual([1]);
  now = 5_000;
  await departures.look(['a', 'b']);
  expect([asked, ...departures.stopped.value]).toEqual([2, 'a']);
  entries = [down('a', 'stopped'), down('b', 'silent')];
  now = 10_000;
  await departures.look(['a', 'b']);
  now = 15_000;
  await departures.look(['a', 'b']);
  expect([asked, ...departures.stopped.value]).toEqual([3, 'a']);
});
