import uPlot from 'uplot';
import type { ChartData } from '../figures/chart-lines.js';
import { WINDOW_MS } from '../figures/node-watch.js';
import { DASHES, styleValue } from './line-looks.js';

const HEIGHT = 180;
/** So much time is on the axis at least. */
const NARROWEST_MS = 60_000;
const MINUTE_MS = 60_000;
const AXIS_FONT = '12px system-ui, sans-serif';
/** Cursors of all charts move together. */
const SYNC_KEY = 'monitor';
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6];

export interface PlotOptions {
  readonly place: HTMLElement;
  readonly data: ChartData;
  readonly slots: ReadonlyMap<string, number>;
  /** Whether there is nothing between 1 and 2. */
  readonly isWhole: boolean;
  readonly valueText: (value: number) => string;
  readonly timeText: (at: number, withSeconds: boolean) => string;
  /** The index that the pointer is at; null: it is elsewhere. */
  readonly onPoint: (index: number | null) => void;
}

/** Draws lines over the last ten minutes; the caller destroys it. */
export function drawPlot(options: PlotOptions): uPlot {
  const { place, data, slots, isWhole, valueText, timeText, onPoint } = options;
  const axis: uPlot.Axis = {
    stroke: () => styleValue('--quiet'),
    grid: { stroke: () => styleValue('--line'), width: 1 },
    ticks: { show: false },
    font: AXIS_FONT,
  };
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      ms: 1,
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        sync: { key: SYNC_KEY },
        points: { size: 7 },
      },
      scales: {
        x: { range: ({ data: [times] }) => timeRange(times) },
        y: { range: (_, __, max) => [0, ceiling(max)] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          space: 90,
          values: (_, splits, __, ___, step) => splits.map((at) => timeText(at, step < MINUTE_MS)),
        },
        {
          ...axis,
          ...(isWhole ? { incrs: WHOLE_STEPS } : {}),
          space: 36,
          size: (_, values) => widthOf(values),
          values: (_, splits) => splits.map(valueText),
        },
      ],
      series: [
        {},
        ...data.lines.map(({ key }) => {
          const slot = slots.get(key) ?? 0;
          return {
            stroke: () => styleValue(`--line-${slot}`),
            width: 2,
            dash: [...(DASHES[slot] ?? [])],
            points: { show: false },
          };
        }),
      ],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    columnsOf(data),
    place,
  );
}

export function columnsOf({ times, lines }: ChartData): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

/** The whole window; less while the page has not been open for so long. */
function timeRange(times: ArrayLike<number>): uPlot.Range.MinMax {
  const until = times[times.length - 1] ?? 0;
  const since = Math.min(times[0] ?? until, until - NARROWEST_MS);
  return [Math.max(since, until - WINDOW_MS), until];
}

/** Room above the highest point; a chart of zeros has a scale too. */
function ceiling(max: number | null): number {
  if (max === null || max <= 0) return 1;
  return uPlot.rangeNum(0, max, 0.1, true)[1] ?? max;
}

function widthOf(values: readonly (string | number | null)[] | null): number {
  const longest = Math.max(3, ...(values ?? []).map((value) => `${value ?? ''}`.length));
  return longest * 7 + 14;
}
