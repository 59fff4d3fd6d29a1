import type { NodeFigures, Sample } from './sample.js';

/** What has a line per node. */
export const MEASURES = ['sockets', 'rooms', 'entries', 'lag', 'delay'] as const;
export type Measure = (typeof MEASURES)[number];

interface MeasureRow {
  readonly read: (figures: NodeFigures) => number | null;
  /** How the nodes make one figure together: of times the worst counts. */
  readonly together: 'sum' | 'worst';
}

const ROWS: { readonly [M in Measure]: MeasureRow } = {
  sockets: { read: ({ status }) => status.sockets, together: 'sum' },
  rooms: { read: ({ status }) => status.rooms, together: 'sum' },
  entries: { read: ({ entriesPerSecond }) => entriesPerSecond, together: 'sum' },
  lag: { read: ({ status }) => status.archiveLagMs, together: 'worst' },
  delay: { read: ({ status }) => status.loopDelayMs, together: 'worst' },
};

/** With more nodes than that a chart shows one line for all of them. */
export const MAX_LINES = 8;
/** The key of the line that stands for all nodes, or for all codes that have none of their own. */
export const TOGETHER = '*';

export interface ChartLine {
  /** A node's id, a code, or `TOGETHER`. */
  readonly key: string;
  /** One for each of the chart's times; null: not known. */
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

/** All nodes' figure in one; null: no node knows it. */
export function together(measure: Measure, sample: Sample): number | null {
  const { read, together: way } = ROWS[measure];
  const known = [...sample.nodes.values()].map(read).filter((value) => value !== null);
  if (known.length === 0) return null;
  return way === 'sum' ? known.reduce((sum, value) => sum + value, 0) : Math.max(...known);
}

/** A line per node, those that live first; one for all of them where there are too many. */
export function nodeLines(samples: readonly Sample[], measure: Measure, gapMs: number): ChartData {
  const living = [...(samples.at(-1)?.nodes.keys() ?? [])];
  if (living.length > MAX_LINES) {
    return chart(samples, gapMs, [TOGETHER], (sample) => together(measure, sample));
  }
  const gone = new Set<string>();
  for (const sample of [...samples].reverse()) {
    for (const id of sample.nodes.keys()) if (!living.includes(id)) gone.add(id);
  }
  const ids = [...living, ...gone].slice(0, MAX_LINES);
  return chart(samples, gapMs, ids, (sample, id) => {
    const figures = sample.nodes.get(id);
    return figures ? ROWS[measure].read(figures) : null;
  });
}

/** A line per code over all nodes, the most frequent ones; what is left of them is one line. */
export function refusedLines(samples: readonly Sample[], gapMs: number): ChartData {
  const sums = new Map<string, number>();
  const rows = samples.map((sample) => refusedRates(sample));
  for (const rates of rows) {
    for (const [code, rate] of rates) sums.set(code, (sums.get(code) ?? 0) + rate);
  }
  const ranked = [...sums].filter(([, sum]) => sum > 0).sort((a, b) => b[1] - a[1]);
  const codes = ranked.map(([code]) => code);
  const shown = codes.length > MAX_LINES ? codes.slice(0, MAX_LINES - 1) : codes;
  const keys = codes.length > shown.length ? [...shown, TOGETHER] : shown;
  return chart(samples, gapMs, keys, (_, key, index) => {
    const rates = rows[index];
    if (!rates) return null;
    if (key !== TOGETHER) return rates.get(key) ?? 0;
    return [...rates].reduce((sum, [code, rate]) => sum + (shown.includes(code) ? 0 : rate), 0);
  });
}

/** How many per second were refused, by code, over all nodes. */
export function refusedRates(sample: Sample): Map<string, number> {
  const rates = new Map<string, number>();
  for (const { refusedPerSecond } of sample.nodes.values()) {
    for (const [code, rate] of Object.entries(refusedPerSecond)) {
      rates.set(code, (rates.get(code) ?? 0) + rate);
    }
  }
  return rates;
}

/** Where nothing was heard for longer than `gapMs` no line is drawn. */
function chart(
  samples: readonly Sample[],
  gapMs: number,
  keys: readonly string[],
  read: (sample: Sample, key: string, index: number) => number | null,
): ChartData {
  const times: number[] = [];
  const lines = keys.map((key) => ({ key, values: [] as (number | null)[] }));
  samples.forEach((sample, index) => {
    const last = times.at(-1);
    if (last !== undefined && sample.at - last > gapMs) {
      times.push(last + 1);
      for (const { values } of lines) values.push(null);
    }
    times.push(sample.at);
    for (const { key, values } of lines) values.push(read(sample, key, index));
  });
  return { times, lines };
}

/** The newest moments that lie on whole steps of the clock, for a table beside the chart. */
export function tableRows(times: readonly number[], stepMs: number): number[] {
  const rows: number[] = [];
  let step = Number.NaN;
  times.forEach((at, index) => {
    const own = Math.floor(at / stepMs);
    if (own !== step) rows.push(index);
    step = own;
  });
  return rows.reverse();
}
