import { type Signal, useComputed, useSignal } from '@preact/signals';
import { t } from '../../i18n/translate.js';
import {
  MEASURES,
  type Measure,
  nodeLines,
  refusedLines,
  refusedRates,
  TOGETHER,
  together,
} from '../figures/chart-lines.js';
import { POLL_MS } from '../figures/node-watch.js';
import type { Monitor } from '../monitor.js';
import { compactText, countText, durationText, rateText } from '../words.js';
import { Chart } from './chart.js';

/** Longer than a few missed answers: the line breaks. */
const GAP_MS = 4 * POLL_MS;

interface MeasureWords {
  readonly isWhole: boolean;
  readonly valueText: (value: number) => string;
  readonly axisText: (value: number) => string;
}

const COUNT: MeasureWords = { isWhole: true, valueText: countText, axisText: compactText };
const TIME: MeasureWords = { isWhole: true, valueText: durationText, axisText: durationText };
const RATE: MeasureWords = { isWhole: false, valueText: rateText, axisText: compactText };

const WORDS: { readonly [M in Measure]: MeasureWords } = {
  sockets: COUNT,
  rooms: COUNT,
  entries: RATE,
  lag: TIME,
  delay: TIME,
};

/** The last ten minutes: a line per node, and what was refused by code. */
export function Charts({ monitor }: { readonly monitor: Monitor }) {
  const pointed = useSignal<number | null>(null);
  return (
    <section aria-labelledby="charts" class="part">
      <h2 id="charts" tabIndex={-1}>
        {t('section.charts')}
      </h2>
      <p class="quiet">{t('charts.hint')}</p>
      <div class="charts">
        {MEASURES.map((measure) => (
          <MeasureChart key={measure} monitor={monitor} measure={measure} pointed={pointed} />
        ))}
        <RefusedChart monitor={monitor} pointed={pointed} />
      </div>
    </section>
  );
}

interface PartProps {
  readonly monitor: Monitor;
  readonly pointed: Signal<number | null>;
}

function MeasureChart({ measure, monitor, pointed }: PartProps & { readonly measure: Measure }) {
  const data = useComputed(() => nodeLines(monitor.samples.value, measure, GAP_MS));
  const sample = monitor.newest.value;
  return (
    <Chart
      name={measure}
      title={t(`chart.${measure}`)}
      data={data.value}
      current={sample ? together(measure, sample) : null}
      lineName={(key) =>
        key === TOGETHER
          ? t(WORDS[measure] === TIME ? 'line.worst-node' : 'line.all-nodes', {
              count: sample?.nodes.size ?? 0,
            })
          : monitor.nodeName(key)
      }
      pointed={pointed}
      {...WORDS[measure]}
    />
  );
}

function RefusedChart({ monitor, pointed }: PartProps) {
  const data = useComputed(() => refusedLines(monitor.samples.value, GAP_MS));
  const sample = monitor.newest.value;
  const rates = sample ? [...refusedRates(sample).values()] : null;
  return (
    <Chart
      name="refused"
      title={t('chart.refused')}
      data={data.value}
      current={rates?.reduce((sum, rate) => sum + rate, 0) ?? null}
      lineName={(key) => (key === TOGETHER ? t('line.other-codes') : key)}
      pointed={pointed}
      {...RATE}
    />
  );
}
