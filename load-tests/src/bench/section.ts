import { median, spread } from './statistics.js';

/** What a benchmark found, for the terminal and for `docs/performance.md`. */
export interface Section {
  readonly title: string;
  /** What was done, and what the figures mean. */
  readonly about: string;
  /** What repeats it. */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly chart?: BarChart;
}

export interface BarChart {
  /** File name, without its ending. */
  readonly name: string;
  readonly title: string;
  /** What the length of a bar is. */
  readonly unit: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Half the way between the lowest and the highest. */
  readonly spread?: number;
  readonly isOurs: boolean;
}

/** A table for a terminal, its columns under each other. */
export function tableText({ columns, rows }: Pick<Section, 'columns' | 'rows'>): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, n) => Math.max(...lines.map((line) => (line[n] ?? '').length)));
  const fit = (cell: string, n: number) =>
    n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0);
  return lines.map((line) => line.map(fit).join('  ').trimEnd()).join('\n');
}

/** So many digits that the value can be read. */
export function shown(value: number, decimals = 2): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : '–';
}

/** The median, and half the way between the lowest and the highest. */
export function shownWithSpread(values: readonly number[], decimals = 2): [string, string] {
  return [shown(median(values), decimals), shown(spread(values), decimals)];
}
