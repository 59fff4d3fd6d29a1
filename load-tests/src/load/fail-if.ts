import { COUNTS, TIMES } from './figures.js';

const COMPARISONS = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '=': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const;
type Comparison = keyof typeof COMPARISONS;

/** What the delivery check counts. */
export const FAULT_COUNTS = [
  'lost',
  'repeated',
  'disordered',
  'wrong-room',
  'changed',
  'presence',
] as const;
export type FaultCount = (typeof FAULT_COUNTS)[number];

/** Counts that are not among those that the processes send. */
const DERIVED = ['errors', 'faults', 'entries-per-second', 'deliveries-per-second'] as const;

export type Metric =
  | { readonly kind: 'time'; readonly time: string; readonly percent: number | 'mean' | 'max' }
  | { readonly kind: 'count'; readonly name: string };

/** One `--fail-if`. */
export interface FailCondition {
  readonly text: string;
  readonly metric: Metric;
  readonly comparison: Comparison;
  /** Times are in milliseconds. */
  readonly value: number;
}

/** Names of a scenario's own figures. */
export interface OwnNames {
  readonly counts: readonly string[];
  readonly times: readonly string[];
}

const FORM = /^\s*([a-z][\w./-]*)\s*(>=|<=|!=|==|=|>|<)\s*(\d+(?:\.\d+)?)\s*(us|ms|s)?\s*$/;
const STATISTIC = /^(?:p(\d{1,2}(?:\.\d{1,4})?|100)|mean|max)$/;
const UNIT_MS = { us: 0.001, ms: 1, s: 1_000 } as const;

/** Reads a condition; throws with what is wrong with it. */
export function parseCondition(text: string, own: OwnNames): FailCondition {
  const found = FORM.exec(text);
  if (!found) {
    throw new Error(
      `--fail-if "${text}": write a figure, one of > >= < <= = !=, and a number, as in "p99>50".`,
    );
  }
  const [, name = '', sign = '', digits = '', unit] = found;
  const metric = metricOf(name, own);
  if (!metric) {
    throw new Error(`--fail-if "${text}": there is no figure ${name}. ${knownFigures(own)}`);
  }
  if (unit && metric.kind === 'count') {
    throw new Error(`--fail-if "${text}": ${name} is a count, it has no unit.`);
  }
  const comparison = (sign === '==' ? '=' : sign) as Comparison;
  const value = Number(digits) * UNIT_MS[(unit ?? 'ms') as keyof typeof UNIT_MS];
  return { text, metric, comparison, value };
}

/** Whether the condition is met. What was never measured meets every one: nothing is known of it. */
export function isMet({ comparison, value }: FailCondition, actual: number | null): boolean {
  return actual === null || COMPARISONS[comparison](actual, value);
}

function metricOf(name: string, own: OwnNames): Metric | null {
  const counts: readonly string[] = [...COUNTS, ...FAULT_COUNTS, ...DERIVED, ...own.counts];
  if (counts.includes(name) || name.startsWith('errors.')) return { kind: 'count', name };
  const times = [...Object.keys(TIMES), ...own.times];
  const time = times.find((candidate) => name.startsWith(`${candidate}.`));
  const statistic = time === undefined ? name : name.slice(time.length + 1);
  const found = STATISTIC.exec(statistic);
  if (!found) return null;
  const percent = found[1] === undefined ? (statistic as 'mean' | 'max') : Number(found[1]);
  return { kind: 'time', time: time ?? 'delivery', percent };
}

function knownFigures(own: OwnNames): string {
  const times = [...Object.keys(TIMES), ...own.times].map((name) => `${name}.`);
  const counts = [...COUNTS, ...FAULT_COUNTS, ...DERIVED, 'errors.<code>', ...own.counts];
  return `Times: p50, p99, p99.9, mean, max, alone for delivery or after ${times.join(' ')}. Counts: ${counts.join(', ')}.`;
}
