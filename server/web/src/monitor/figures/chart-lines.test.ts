import { describe, expect, it } from 'vitest';
import { nodeLines, refusedLines, TOGETHER, tableRows, together } from './chart-lines.js';
import { nodeStatus } from './example-node.js';
import { nextSample, type Sample } from './sample.js';

const sample = (at: number, ...ids: string[]): Sample =>
  nextSample(
    undefined,
    ids.map((id, index) => nodeStatus({ id, sockets: index + 1, archiveLagMs: index * 10 })),
    at,
  );

const eight = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

describe('the lines of a chart', () => {
  it('are one per node; a node that came later or went has none at other times', () => {
    const data = nodeLines(
      [sample(0, 'a'), sample(2_000, 'a', 'b'), sample(4_000, 'b')],
      'sockets',
      6_000,
    );
    expect(data.times).toEqual([0, 2_000, 4_000]);
    expect(data.lines).toEqual([
      { key: 'b', values: [null, 2, 1] },
      { key: 'a', values: [1, 1, null] },
    ]);
  });

  it('are one for all nodes where there are more than eight', () => {
    expect(nodeLines([sample(0, ...eight)], 'sockets', 1).lines).toHaveLength(8);
    const { lines } = nodeLines([sample(0, ...eight, 'i')], 'sockets', 1);
    expect(lines).toEqual([{ key: TOGETHER, values: [45] }]);
  });

  it('never crowd out the living for nodes that are gone', () => {
    const samples = [sample(0, ...eight), sample(2_000, 'x', 'y')];
    const keys = nodeLines(samples, 'sockets', 6_000).lines.map(({ key }) => key);
    expect(keys).toHaveLength(8);
    expect(keys.slice(0, 2)).toEqual(['x', 'y']);
  });

  it('break where nothing was heard', () => {
    const data = nodeLines([sample(0, 'a'), sample(60_000, 'a')], 'sockets', 6_000);
    expect(data.times).toEqual([0, 1, 60_000]);
    expect(data.lines[0]?.values).toEqual([1, null, 1]);
  });

  it('count the worst of times and the sum of the rest', () => {
    expect(together('lag', sample(0, 'a', 'b', 'c'))).toBe(20);
    expect(together('sockets', sample(0, 'a', 'b', 'c'))).toBe(6);
    expect(together('entries', sample(0, 'a'))).toBeNull();
  });
});

describe('the lines of what was refused', () => {
  const refused = (counts: { [code: string]: number }) => {
    const before = nextSample(undefined, [nodeStatus({ id: 'a', at: 0 })], 0);
    return nextSample(before, [nodeStatus({ id: 'a', at: 1_000, refused: counts })], 1_000);
  };

  it('are one per code, the most frequent first', () => {
    const { lines } = refusedLines([refused({ muted: 1, conflict: 5 })], 6_000);
    expect(lines).toEqual([
      { key: 'conflict', values: [5] },
      { key: 'muted', values: [1] },
    ]);
  });

  it('are gathered beyond eight', () => {
    const counts = Object.fromEntries(eight.concat('i', 'j').map((code, i) => [code, 100 - i]));
    const { lines } = refusedLines([refused(counts)], 6_000);
    expect(lines).toHaveLength(8);
    expect(lines.at(-1)).toEqual({ key: TOGETHER, values: [93 + 92 + 91] });
  });
});

it('a table has one row a step, the newest first', () => {
  expect(tableRows([0, 2, 9, 10, 14, 21], 10)).toEqual([5, 3, 0]);
});
