import type { CoursePoint } from './load-recorder.js';
import { count, milliseconds } from './progress.js';
import type { LoadReport } from './report.js';
import { type Chart, type ChartLine, secondsText, secondTicks } from './svg-chart.js';

/** The charts of a report, in the order in which they are shown. */
export function chartsOf(report: LoadReport): Chart[] {
  const { course } = report;
  const over = (
    title: string,
    about: string,
    lines: readonly ChartLine[],
    more: Partial<Chart>,
  ) => ({
    title,
    about,
    lines,
    x: course.map(({ t }) => t),
    ticks: secondTicks(course.at(-1)?.t ?? 0),
    xText: secondsText,
    yText: count,
    ...more,
  });
  const of = (pick: (point: CoursePoint) => number | null) => course.map(pick);
  const distribution = distributionOf(report);
  return [
    over(
      'Latency over time',
      'Deliveries, from the moment on the schedule; each tenfold is as high',
      [
        { name: 'max', colour: 4, values: of(({ max }) => max) },
        { name: 'p99', colour: 3, values: of(({ p99 }) => p99) },
        { name: 'p90', colour: 2, values: of(({ p90 }) => p90) },
        { name: 'p50', colour: 1, values: of(({ p50 }) => p50) },
      ],
      { isLogarithmic: true, yText: milliseconds, levelText: roundLevel },
    ),
    ...(distribution ? [distribution] : []),
    over(
      'Throughput',
      'Entries that were sent, and deliveries to readers who were there',
      [
        {
          name: 'deliveries/s',
          colour: 2,
          values: of((p) => p.deliveredPerSecond),
          isFilled: true,
        },
        { name: 'entries/s', colour: 1, values: of((p) => p.sentPerSecond) },
      ],
      {},
    ),
    over(
      'Connections',
      'Open at that moment, and those that were lost against the scenario’s will',
      [
        { name: 'connected', colour: 1, values: of((p) => p.connected), isFilled: true },
        { name: 'lost', colour: 4, values: of((p) => p.disconnects) },
      ],
      {},
    ),
    over(
      'Errors',
      'Answers of the server that were errors, but for those that the scenario expects',
      [{ name: 'errors', colour: 4, values: of((p) => p.errors), isFilled: true }],
      {},
    ),
    over(
      'This machine',
      'The busiest worker as a share of a core, and all cores together: near 100 % the figures are the tool’s',
      [
        { name: 'worker', colour: 3, values: of((p) => p.workerCpu * 100) },
        { name: 'machine', colour: 5, values: of((p) => p.machineCpu * 100) },
      ],
      { yText: (y) => `${Math.round(y)} %` },
    ),
  ];
}

/** By nines: what the slowest in a hundred, a thousand, ten thousand have to wait. */
function distributionOf({ times }: LoadReport): Chart | null {
  const shown = ['delivery', 'ack'].flatMap((name, index) => {
    const time = times[name];
    return time ? [{ name, colour: index + 1, curve: time.curve }] : [];
  });
  const percents = shown[0]?.curve.map(([percent]) => percent) ?? [];
  if (percents.length === 0) return null;
  // What nobody was slow enough for says nothing: beyond one in all it is the same value again.
  const most = Math.max(...shown.map(({ name }) => times[name]?.summary.count ?? 0));
  const kept = percents.filter((percent) => percent < 100 && (100 - percent) / 100 >= 1 / most);
  const ticks = [0, 90, 99, 99.9, 99.99, 99.999].filter((percent) => kept.includes(percent));
  return {
    title: 'Latency by percentile',
    about: 'What the slowest of ten, a hundred, a thousand … have to wait',
    x: kept.map(nines),
    lines: shown.map(({ name, colour, curve }) => ({
      name,
      colour,
      values: kept.map((percent) => curve.find(([at]) => at === percent)?.[1] ?? null),
    })),
    ticks: ticks.map((percent) => [nines(percent), `p${percent}`]),
    xText: (x) => `p${percents.find((percent) => percent < 100 && nines(percent) === x) ?? ''}`,
    yText: milliseconds,
    levelText: roundLevel,
    isLogarithmic: true,
  };
}

/** A power of ten. */
function roundLevel(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${Number(ms.toPrecision(1))} ms`;
}

function nines(percent: number): number {
  return -Math.log10(1 - percent / 100);
}
