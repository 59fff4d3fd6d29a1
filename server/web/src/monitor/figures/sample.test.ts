import { describe, expect, it } from 'vitest';
import { nodeStatus } from './example-node.js';
import { nextSample } from './sample.js';

const first = nextSample(
  undefined,
  [nodeStatus({ id: 'a', at: 10_000, entries: 100, refused: { muted: 4 } })],
  1,
);

describe('a sample', () => {
  it('knows no rate from one answer alone', () => {
    expect(first.nodes.get('a')).toMatchObject({
      entriesPerSecond: null,
      refusedPerSecond: {},
      heardAt: 1,
    });
  });

  it('takes rates from counters and the clock of the node, not of the page', () => {
    const next = nextSample(
      first,
      [
        nodeStatus({
          id: 'a',
          at: 12_000,
          entries: 150,
          refused: { muted: 4, rate_limited: 6 },
        }),
      ],
      9_999,
    );
    expect(next.nodes.get('a')).toMatchObject({
      entriesPerSecond: 25,
      refusedPerSecond: { rate_limited: 3 },
      refusedMore: { rate_limited: 6 },
    });
  });

  it('keeps the last rate of a node that has said nothing new, and counts nothing twice', () => {
    const again = nodeStatus({ id: 'a', at: 12_000, entries: 120, refused: { muted: 6 } });
    const second = nextSample(first, [again], 2_000);
    const third = nextSample(second, [again], 4_000);
    expect(third.nodes.get('a')).toMatchObject({
      entriesPerSecond: 10,
      refusedPerSecond: { muted: 1 },
      refusedMore: {},
      heardAt: 2_000,
    });
  });

  it('never gives a negative rate: another life, or a lower counter, begins anew', () => {
    for (const status of [
      nodeStatus({ id: 'a', at: 12_000, entries: 500, life: 'other' }),
      nodeStatus({ id: 'a', at: 12_000, entries: 500, startedAt: 9_000 }),
      nodeStatus({ id: 'a', at: 12_000, entries: 3, refused: { muted: 1 } }),
      nodeStatus({ id: 'a', at: 8_000, entries: 500 }),
    ]) {
      const figures = nextSample(first, [status], 2).nodes.get('a');
      expect(figures).toMatchObject({ entriesPerSecond: null, refusedMore: {} });
    }
  });
});
