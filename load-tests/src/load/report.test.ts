import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario.js';
import type { LoadPlan } from './arguments.js';
import { parseCondition } from './fail-if.js';
import { addFaults, countFaults } from './fault-counts.js';
import { Figures } from './figures.js';
import { finalTable } from './final-table.js';
import { LoadRecorder } from './load-recorder.js';
import type { RunOutcome } from './load-run.js';
import { reportOf } from './report.js';
import { reportPage } from './report-page.js';

const EVIL = '<img src="https://evil.example/x" onerror=alert(1)>';
const SCENARIO: Scenario<'found'> = {
  about: EVIL,
  own: { counts: ['found'] },
  expects: ['conflict'],
};
const OWN = { counts: ['found'], times: [] };

function planOf(conditions: readonly string[] = []): LoadPlan {
  return {
    found: { name: 'mine', file: '', scenario: SCENARIO, forget() {} },
    load: { rooms: 2, players: 4, rate: 10, seconds: 5 },
    targets: ['http://127.0.0.1:3000'],
    nodes: 0,
    rateLimits: 'off',
    isLight: false,
    workers: 1,
    arrivals: 100,
    conditions: conditions.map((text) => parseCondition(text, OWN)),
    out: null,
    seed: 1,
  };
}

function outcomeOf(change: Partial<RunOutcome> = {}): RunOutcome {
  const recorder = new LoadRecorder(SCENARIO.expects ?? []);
  recorder.start();
  const figures = new Figures();
  for (let n = 1; n <= 100; n++) figures.time('delivery', n);
  figures.count('sent', 50);
  figures.count('delivered', 100);
  figures.count('found', 3);
  figures.code('conflict', 7);
  figures.code('muted', 2);
  recorder.hear(0, {
    kind: 'tick',
    figures: figures.take(),
    connected: 10,
    heldEntries: 50,
    gauges: { cpu: 0.4, loopDelayMs: { p99: 1, max: 2 }, heap: 0.1 },
  });
  recorder.point(0.5);
  recorder.end();
  return {
    ending: 'complete',
    breakages: [],
    recorder,
    ranMs: 5_000,
    startedAt: new Date('2026-01-02T03:04:05Z'),
    members: 10,
    unanswered: 0,
    checked: { ...countFaults([]), clients: 10, entries: 50, seen: 100 },
    machineCpu: 0.5,
    clocks: [{ driftMs: -0.2, uncertaintyMs: 0.3 }],
    splitRooms: 0,
    ...change,
  };
}

const fault = { roomId: 'r', channel: 'room', client: 'Player 1', id: '5-1', detail: EVIL };

describe('a report', () => {
  it('has the figures of the run, errors apart from what the scenario expects', () => {
    const report = reportOf(planOf(), outcomeOf(), 'a server');
    expect(report).toMatchObject({
      passed: true,
      failures: [],
      entriesPerSecond: 10,
      deliveriesPerSecond: 20,
      counts: { sent: 50, delivered: 100, found: 3 },
      errors: { muted: 2 },
      expected: { conflict: 7 },
      clock: { uncertaintyMs: 0.3, driftMs: 0.2 },
      course: [{ connected: 10, errors: 2, workerCpu: 0.4, machineCpu: 0.5 }],
    });
    expect(report.times.delivery?.summary.p99).toBeCloseTo(99, 0);
    expect(report.limits.filter(({ isReached }) => isReached)).toEqual([]);
  });

  it('says which conditions are met, with their values, and fails by them', () => {
    const conditions = ['p99>50', 'p50>60', 'errors.conflict>6', 'found<3', 'ack.p99>1', 'lost>0'];
    const { conditions: judged, failures, passed } = reportOf(planOf(conditions), outcomeOf(), '');
    expect(judged.map(({ text, isMet }) => [text, isMet])).toEqual([
      ['p99>50', true],
      ['p50>60', false],
      ['errors.conflict>6', true],
      ['found<3', false],
      // No receipt was measured: nothing is known of them.
      ['ack.p99>1', true],
      ['lost>0', false],
    ]);
    expect(failures).toHaveLength(3);
    expect(passed).toBe(false);
  });

  it.each(['gap', 'repeat', 'order', 'leak', 'content', 'missing', 'presence'] as const)(
    'fails by a %s without being asked to',
    (kind) => {
      const found = addFaults([countFaults([{ ...fault, kind, entries: 3 }]), countFaults([])]);
      const checked = { ...found, clients: 1, entries: 1, seen: 1 };
      const report = reportOf(planOf(), outcomeOf({ checked }), '');
      expect(report.passed).toBe(false);
      expect(Object.values(report.correctness.faults)).toContain(3);
    },
  );

  it('takes what arrives after the end of the schedule for deliveries, not for their pace', () => {
    const outcome = outcomeOf();
    outcome.recorder.total.count('delivered', 900);
    const { counts, deliveriesPerSecond } = reportOf(planOf(), outcome, '');
    expect([counts.delivered, deliveriesPerSecond]).toEqual([1_000, 20]);
  });

  it('fails where nothing could be checked, nobody came in, or the scenario broke', () => {
    const unchecked = reportOf(planOf(['lost>0']), outcomeOf({ checked: null }), '');
    expect(unchecked.failures).toHaveLength(2);
    const broken = reportOf(planOf(), outcomeOf({ breakages: ['TypeError: x'] }), '');
    expect(broken.failures).toEqual(['TypeError: x']);
    const outcome = outcomeOf();
    outcome.recorder.total.count('absent', 10);
    expect(reportOf(planOf(), outcome, '').failures).toEqual(['Nobody came in.']);
  });

  it('as a page asks for nothing, runs nothing of the scenario’s, and has a chart of each kind', () => {
    const checked = {
      ...countFaults([{ ...fault, kind: 'gap' }]),
      clients: 1,
      entries: 1,
      seen: 1,
    };
    const page = reportPage(reportOf(planOf(['p99>50']), outcomeOf({ checked }), EVIL));
    expect(page).not.toMatch(/<(img|link|iframe)\b|<[a-z][^>]*\s(src|href)=|url\(|@import/);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=');
    const titles = [...page.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Latency over time',
      'Latency by percentile',
      'Throughput',
      'Connections',
      'Errors',
      'This machine',
    ]);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toContain('prefers-color-scheme:dark');
  });

  it('as a page stands where nothing at all was measured', () => {
    const recorder = new LoadRecorder([]);
    const report = reportOf(planOf(), outcomeOf({ recorder, ending: 'interrupted', ranMs: 0 }), '');
    expect(reportPage(report)).not.toMatch(/NaN|undefined|Infinity/);
    expect(finalTable(report, false)).toContain('ended early (interrupted)');
  });

  it('as a table names what was wrong', () => {
    const found = countFaults([{ ...fault, kind: 'gap', entries: 4, detail: 'from 5-1 on' }]);
    const checked = { ...found, clients: 1, entries: 1, seen: 1 };
    const table = finalTable(reportOf(planOf(), outcomeOf({ checked }), ''), false);
    expect(table).toContain('4 entries lost');
    expect(table).toContain('gap room Player 1 5-1: from 5-1 on');
    expect(table).toContain('✗ failed');
  });
});
