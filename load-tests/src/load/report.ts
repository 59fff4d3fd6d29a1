import type { Fault } from '../delivery-record.js';
import type { Load } from '../scenario.js';
import type { LoadPlan } from './arguments.js';
import { FAULT_COUNTS, type FailCondition, type FaultCount, isMet } from './fail-if.js';
import { COUNTS, TIMES } from './figures.js';
import type { LatencyHistogram, LatencySummary } from './latency-histogram.js';
import type { CoursePoint } from './load-recorder.js';
import type { RunOutcome } from './load-run.js';
import {
  connectionLimits,
  type MachineLimit,
  machineLimit,
  memoryLimit,
  readSystemLimits,
  workerLimits,
} from './machine-limits.js';

const SECOND_MS = 1_000;
/** Where the curve of a distribution is drawn: by nines. */
const CURVE = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100];

export interface ReportTime {
  readonly about: string;
  readonly summary: LatencySummary;
  /** Percent and milliseconds. */
  readonly curve: readonly (readonly [number, number])[];
}

export interface JudgedCondition {
  readonly text: string;
  /** Milliseconds or a count; null: never measured. */
  readonly value: number | null;
  readonly isMet: boolean;
}

/** Everything that a run has shown: `report.json`, and what the page is drawn from. */
export interface LoadReport {
  readonly version: 1;
  readonly scenario: { readonly name: string; readonly about: string };
  readonly startedAt: string;
  readonly ending: RunOutcome['ending'];
  readonly load: Load;
  readonly ranSeconds: number;
  readonly members: number;
  readonly workers: number;
  readonly client: 'socket.io-client' | 'light';
  readonly server: string;
  readonly seed: number;
  readonly passed: boolean;
  /** Why not, one sentence each. */
  readonly failures: readonly string[];
  readonly conditions: readonly JudgedCondition[];
  readonly times: Readonly<Record<string, ReportTime>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly entriesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly correctness: {
    /** False: nothing could be read back, so nothing is known. */
    readonly isKnown: boolean;
    readonly faults: Readonly<Record<FaultCount, number>>;
    readonly clients: number;
    readonly entries: number;
    readonly seen: number;
    readonly examples: readonly Fault[];
  };
  readonly course: readonly CoursePoint[];
  readonly limits: readonly MachineLimit[];
  readonly clock: {
    /** Rooms with members in several processes: their latencies are measured between clocks. */
    readonly splitRooms: number;
    readonly uncertaintyMs: number;
    readonly driftMs: number;
  };
}

/** What a run's outcome says: the figures, the verdict, and what limits of the tool's own were reached. */
export function reportOf(plan: LoadPlan, outcome: RunOutcome, server: string): LoadReport {
  const { found, load, isLight, workers, seed } = plan;
  const { recorder, checked, ranMs } = outcome;
  const seconds = Math.max(0.001, ranMs / SECOND_MS);
  const faults = checked?.counts ?? noFaults();
  const own = found.scenario.own ?? {};
  const counts: Record<string, number> = {};
  for (const name of [...COUNTS, ...(own.counts ?? [])])
    counts[name] = recorder.total.counted(name);
  counts.unanswered = outcome.unanswered;
  const report = {
    version: 1 as const,
    scenario: { name: found.name, about: found.scenario.about },
    startedAt: outcome.startedAt.toISOString(),
    ending: outcome.ending,
    load,
    ranSeconds: Math.round(seconds * 10) / 10,
    members: outcome.members,
    workers,
    client: isLight ? ('light' as const) : ('socket.io-client' as const),
    server,
    seed,
    times: timesOf(recorder.total.times, own.times ?? []),
    counts,
    entriesPerSecond: rounded(recorder.inRun.sent / seconds),
    deliveriesPerSecond: rounded(recorder.inRun.delivered / seconds),
    errors: Object.fromEntries(recorder.errors),
    expected: Object.fromEntries(recorder.expected),
    correctness: {
      isKnown: checked !== null,
      faults,
      clients: checked?.clients ?? 0,
      entries: checked?.entries ?? 0,
      seen: checked?.seen ?? 0,
      examples: checked?.examples ?? [],
    },
    course: recorder.course,
    limits: limitsOf(plan, outcome),
    clock: {
      splitRooms: outcome.splitRooms,
      uncertaintyMs: mostOf(outcome.clocks.map(({ uncertaintyMs }) => uncertaintyMs)),
      driftMs: mostOf(outcome.clocks.map(({ driftMs }) => Math.abs(driftMs))),
    },
  };
  const conditions = plan.conditions.map((condition) => {
    const value = actualOf(condition, report, recorder.total.times);
    return { text: condition.text, value, isMet: isMet(condition, value) };
  });
  const failures = failuresOf(report, conditions, outcome.breakages);
  return { ...report, conditions, failures, passed: failures.length === 0 };
}

type Judged = Omit<LoadReport, 'conditions' | 'failures' | 'passed'>;

function failuresOf(
  { correctness, counts, ending, members }: Judged,
  conditions: readonly JudgedCondition[],
  breakages: readonly string[],
): string[] {
  const failures = breakages.map((text) => text);
  if (!correctness.isKnown) failures.push('What the server has kept could not be checked.');
  for (const name of FAULT_COUNTS) {
    const count = correctness.faults[name];
    if (count > 0) failures.push(`${count} ${FAULT_WORDS[name]}.`);
  }
  if (counts.absent === members) failures.push('Nobody came in.');
  else if (counts.absent) failures.push(`${counts.absent} of ${members} never came in.`);
  if (ending === 'memory') failures.push('The check ran out of memory; the run ended early.');
  for (const { text, value, isMet: failed } of conditions) {
    if (failed) {
      const actual = value === null ? 'it was never measured' : `it is ${rounded(value)}`;
      failures.push(`${text}: ${actual}.`);
    }
  }
  return failures;
}

/** What each count of the check is, behind a number. */
export const FAULT_WORDS: Readonly<Record<FaultCount, string>> = {
  lost: 'entries lost (not seen by somebody, or acknowledged and not kept)',
  repeated: 'entries seen or kept twice',
  disordered: 'entries out of order',
  'wrong-room': 'entries that reached somebody of another room, or who must not read them',
  changed: 'entries that were something else for another reader, or are not kept',
  presence: 'times the members of a room were told wrongly',
};

function timesOf(
  times: ReadonlyMap<string, LatencyHistogram>,
  own: readonly string[],
): Record<string, ReportTime> {
  const about: Readonly<Record<string, string>> = TIMES;
  const report: Record<string, ReportTime> = {};
  for (const name of [...Object.keys(TIMES), ...own]) {
    const histogram = times.get(name);
    const summary = histogram?.summary();
    if (!histogram || !summary) continue;
    const curve = CURVE.map((percent) => [percent, histogram.percentile(percent) ?? 0] as const);
    report[name] = { about: about[name] ?? 'of the scenario’s own', summary, curve };
  }
  return report;
}

function actualOf(
  { metric }: FailCondition,
  report: Judged,
  times: ReadonlyMap<string, LatencyHistogram>,
): number | null {
  if (metric.kind === 'time') {
    const histogram = times.get(metric.time);
    if (metric.percent === 'mean') return histogram?.mean ?? null;
    if (metric.percent === 'max') return histogram?.max ?? null;
    return histogram?.percentile(metric.percent) ?? null;
  }
  const { name } = metric;
  const faults: Readonly<Record<string, number>> = report.correctness.faults;
  if (name.startsWith('errors.')) {
    const code = name.slice('errors.'.length);
    return report.errors[code] ?? report.expected[code] ?? 0;
  }
  if (name === 'errors') return sumOf(report.errors);
  if (name === 'entries-per-second') return report.entriesPerSecond;
  if (name === 'deliveries-per-second') return report.deliveriesPerSecond;
  if (!report.correctness.isKnown && (name === 'faults' || name in faults)) return null;
  return name === 'faults' ? sumOf(faults) : (faults[name] ?? report.counts[name] ?? 0);
}

function limitsOf(plan: LoadPlan, outcome: RunOutcome): MachineLimit[] {
  const { recorder, members, machineCpu, ending } = outcome;
  const targets = Math.max(1, plan.targets.length, plan.nodes);
  const late = recorder.total.times.get('late')?.percentile(99) ?? null;
  return [
    ...connectionLimits(
      readSystemLimits(),
      Math.ceil(members / plan.workers),
      Math.ceil(members / targets),
    ),
    ...workerLimits(recorder.readings, late),
    machineLimit(machineCpu, plan.targets.length === 0),
    memoryLimit(ending === 'memory', recorder.heap, recorder.heldEntries),
  ];
}

function noFaults(): Record<FaultCount, number> {
  return Object.fromEntries(FAULT_COUNTS.map((name) => [name, 0])) as Record<FaultCount, number>;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function mostOf(values: readonly number[]): number {
  return rounded(Math.max(0, ...values));
}

function rounded(value: number): number {
  return Math.round(value * SECOND_MS) / SECOND_MS;
}
