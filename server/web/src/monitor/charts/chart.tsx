import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatMoment, language, t } from '../../i18n/translate.js';
import { MAX_LINES } from '../figures/chart-lines.js';
import { SlotBook } from '../figures/slot-book.js';
import { orUnknown, timeText } from '../words.js';
import type { ChartProps } from './chart-props.js';
import { ChartTable } from './chart-table.js';
import { DASHES } from './line-looks.js';
import { columnsOf, drawPlot } from './plot.js';

/** Lines over time; the same in words, as a legend with values and as a table. */
export function Chart(props: ChartProps) {
  const { name, title, data, current, valueText } = props;
  const book = useMemo(() => new SlotBook(MAX_LINES), []);
  const keys = data.lines.map(({ key }) => key);
  const slots = book.slotsOf(keys);
  const titleId = useId();
  const place = usePlot(props, slots);
  return (
    <figure class="card chart" aria-labelledby={titleId} data-chart={name}>
      <figcaption class="chart-head">
        <h3 id={titleId}>{title}</h3>
        <p class="chart-now">{orUnknown(current, valueText)}</p>
      </figcaption>
      <div class="chart-plot" dir="ltr" role="img" aria-label={summary(props)} ref={place} />
      <Legend {...props} slots={slots} />
      <ChartTable {...props} />
    </figure>
  );
}

/** Keeps the drawing in step with data, width, theme and language. */
function usePlot(props: ChartProps, slots: ReadonlyMap<string, number>) {
  const { data, isWhole = false, pointed } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const lines = data.lines.map(({ key }) => key).join('\n');
  const tag = language.value;
  // Other lines, or another language, make another drawing.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const drawn = drawPlot({
      place: element,
      data: latest.current.data,
      slots,
      isWhole,
      valueText: (value) => latest.current.axisText(value),
      timeText: (at, withSeconds) => axisTime(at, withSeconds),
      onPoint: (index) => {
        pointed.value = index;
      },
    });
    plot.current = drawn;
    const resized = new ResizeObserver(() =>
      drawn.setSize({ width: element.clientWidth, height: drawn.height }),
    );
    resized.observe(element);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => drawn.redraw();
    theme.addEventListener('change', redraw);
    return () => {
      resized.disconnect();
      theme.removeEventListener('change', redraw);
      drawn.destroy();
      plot.current = null;
    };
  }, [lines, tag, isWhole, pointed]);
  useEffect(() => {
    plot.current?.setData(columnsOf(data));
  }, [data]);
  return place;
}

interface LegendProps extends ChartProps {
  readonly slots: ReadonlyMap<string, number>;
}

/** Names, looks and values: of the moment that is pointed at, else of now. */
function Legend({ data, lineName, pointed, slots, valueText }: LegendProps) {
  const index = pointed.value ?? data.times.length - 1;
  const at = data.times[index];
  return (
    <>
      <p class="chart-time quiet" aria-hidden="true">
        {pointed.value === null || at === undefined ? t('chart.now') : timeText(at)}
      </p>
      <ul class="legend">
        {data.lines.map(({ key, values }) => (
          <li key={key}>
            <LineSample slot={slots.get(key) ?? 0} />
            <bdi class="legend-name">{lineName(key)}</bdi>
            <span class="figure">{orUnknown(values[index], valueText)}</span>
          </li>
        ))}
        {data.lines.length === 0 ? <li class="quiet">{t('chart.empty')}</li> : null}
      </ul>
    </>
  );
}

function LineSample({ slot }: { readonly slot: number }) {
  return (
    <svg class={`line-sample line-${slot}`} viewBox="0 0 32 8" aria-hidden="true">
      <path d="M0 4h32" stroke-dasharray={DASHES[slot]?.join(' ')} />
    </svg>
  );
}

function summary({ current, data, title, valueText }: ChartProps): string {
  const known = data.lines.flatMap(({ values }) => values).filter((value) => value !== null);
  if (known.length === 0) return t('chart.summary-empty', { title });
  return t('chart.summary', {
    title,
    now: orUnknown(current, valueText),
    lowest: valueText(Math.min(...known)),
    highest: valueText(Math.max(...known)),
    lines: data.lines.length,
  });
}

function axisTime(at: number, withSeconds: boolean): string {
  const style = { hour: 'numeric', minute: '2-digit' } as const;
  return formatMoment(at, withSeconds ? { ...style, second: '2-digit' } : style);
}
