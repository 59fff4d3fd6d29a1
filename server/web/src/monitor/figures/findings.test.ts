import type { NodeStatus } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { nodeStatus } from './example-node.js';
import { findings } from './findings.js';
import { nextSample, type Sample } from './sample.js';

/** Answers two seconds apart. */
function samplesOf(...answers: readonly Partial<NodeStatus>[][]): Sample[] {
  const samples: Sample[] = [];
  answers.forEach((nodes, index) => {
    const at = index * 2_000;
    const statuses = nodes.map((over) => nodeStatus({ at, ...over }));
    samples.push(nextSample(samples.at(-1), statuses, at));
  });
  return samples;
}

describe('what is wrong', () => {
  it('is nothing where all is well, or nothing is known', () => {
    expect(findings([])).toEqual([]);
    expect(findings(samplesOf([{ id: 'a' }], [{ id: 'a' }]))).toEqual([]);
    expect(findings(samplesOf([]))).toMatchObject([{ kind: 'no-nodes', level: 'bad' }]);
  });

  it('is a backend that one node does not reach, and which node that is', () => {
    const backends = { redis: 'up', postgres: 'down' } as const;
    expect(findings(samplesOf([{ id: 'a', backends }, { id: 'b' }]))).toEqual([
      {
        kind: 'backend-down',
        backend: 'postgres',
        level: 'bad',
        nodeIds: ['a'],
        everywhere: false,
      },
    ]);
    expect(findings(samplesOf([{ id: 'a', backends }]))).toMatchObject([{ everywhere: true }]);
  });

  it('grows from a warning to a fault, which stands first', () => {
    const [lag] = findings(samplesOf([{ id: 'a', archiveLagMs: 4_000 }]));
    expect(lag).toMatchObject({ kind: 'archive-lag', level: 'warn', ms: 4_000 });
    const both = findings(samplesOf([{ id: 'a', archiveLagMs: 4_000, loopDelayMs: 700 }]));
    expect(both.map(({ kind, level }) => [kind, level])).toEqual([
      ['loop-delay', 'bad'],
      ['archive-lag', 'warn'],
    ]);
  });

  it('is a delay of timers that lasts, not one late timer', () => {
    const late = { id: 'a', loopDelayMs: 300 };
    expect(findings(samplesOf([{ id: 'a' }], [late], [late]))).toEqual([]);
    expect(findings(samplesOf([late], [late], [late]))).toMatchObject([{ kind: 'loop-delay' }]);
  });

  it('is a fault of the server within the last minute, with how often; not what callers did', () => {
    const faults = (internal: number) => ({ id: 'a', refused: { internal, muted: internal } });
    const soon = samplesOf([faults(0)], [faults(2)], [faults(5)]);
    expect(findings(soon)).toMatchObject([{ kind: 'refused', code: 'internal', count: 5 }]);
    const later = samplesOf([faults(0)], [faults(5)], ...Array(31).fill([faults(5)]));
    expect(findings(later)).toEqual([]);
  });

  it('is a node that went without a word, and one that says nothing new', () => {
    const gone = samplesOf([{ id: 'a' }, { id: 'b' }], [{ id: 'a' }]);
    expect(findings(gone)).toMatchObject([{ kind: 'gone', nodeIds: ['b'], lastAt: 0 }]);
    expect(findings(gone, new Set(['b']))).toEqual([]);
    const stopped = samplesOf([{ id: 'a' }, { id: 'b', draining: true }], [{ id: 'a' }]);
    expect(findings(stopped)).toEqual([]);
    const silent = samplesOf(...Array(6).fill([{ id: 'a', at: 7 }]));
    expect(findings(silent)).toMatchObject([{ kind: 'silent', ms: 10_000, level: 'warn' }]);
  });

  it('tells of nodes that are being stopped', () => {
    expect(findings(samplesOf([{ id: 'a', draining: true }]))).toMatchObject([
      { kind: 'draining', level: 'warn', nodeIds: ['a'] },
    ]);
  });
});
