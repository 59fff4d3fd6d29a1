import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { EntryRuns, SharedEntries } from './entry-runs.js';
import { dueOf, stampedKey } from './entry-stamp.js';

function entry(seq: number): Entry {
  return {
    id: `5-${seq}`,
    roomId: 'r',
    channel: 'room',
    type: 'chat',
    from: null,
    payload: seq,
    at: seq,
  };
}

const all = Array.from({ length: 6 }, (_, seq) => entry(seq));
const seenBy = (shared: SharedEntries, order: readonly number[]) => {
  const runs = new EntryRuns(shared);
  for (const index of order) runs.push(all[index] as Entry);
  return runs;
};

describe('what readers of a channel saw', () => {
  it('is given back as each of them saw it: in order, with gaps, twice or the wrong way round', () => {
    const shared = new SharedEntries();
    for (const order of [[0, 1, 2, 3, 4, 5], [2, 3, 4], [0, 1, 4, 5], [0, 0, 1], [3, 1, 2], []]) {
      const seen = seenBy(shared, order);
      expect(seen.all()).toEqual(order.map((index) => all[index]));
      expect(seen.length).toBe(order.length);
      expect(seen.newest).toBe(all[order.at(-1) ?? -1]);
    }
    expect(shared.length).toBe(6);
  });

  it('keeps another content under a known id as an entry of its own', () => {
    const shared = new SharedEntries();
    const changed = { ...entry(1), payload: 'another' };
    const seen = seenBy(shared, [0, 1]);
    seen.push(changed);
    expect(seen.all().at(-1)).toBe(changed);
    expect(shared.length).toBe(3);
  });
});

describe('a stamped key', () => {
  it('says to the microsecond since when the message is due', () => {
    const at = 1_764_111_111_111.123;
    const key = stampedKey('12.-1', 99, at);
    expect(dueOf(key)).toBeCloseTo(at, 3);
    expect(key.length).toBeLessThan(64);
  });

  it('is not taken for one where the key is somebody else’s', () => {
    expect([dueOf(undefined), dueOf('answer~1'), dueOf('')]).toEqual([null, null, null]);
  });
});
