import { useSignal } from '@preact/signals';
import { t } from '../../i18n/translate.js';
import { tableRows } from '../figures/chart-lines.js';
import { ScrollRegion } from '../scroll-region.js';
import { orUnknown, timeText } from '../words.js';
import type { ChartProps } from './chart-props.js';

const STEP_MS = 30_000;

/** The chart as numbers, every half a minute, the newest first; made only while it is open. */
export function ChartTable({ data, lineName, title, valueText }: ChartProps) {
  const isOpen = useSignal(false);
  return (
    <details
      class="chart-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        {t('chart.table')}
        <span class="unseen"> {title}</span>
      </summary>
      {isOpen.value ? (
        <ScrollRegion label={t('chart.table-of', { title })}>
          <table class="table">
            <caption class="unseen">{t('chart.table-of', { title })}</caption>
            <thead>
              <tr>
                <th scope="col">{t('chart.time')}</th>
                {data.lines.map(({ key }) => (
                  <th key={key} scope="col">
                    <bdi>{lineName(key)}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tableRows(data.times, STEP_MS).map((index) => (
                <tr key={data.times[index]}>
                  <th scope="row">{timeText(data.times[index] ?? 0)}</th>
                  {data.lines.map(({ key, values }) => (
                    <td key={key} class="figure">
                      {orUnknown(values[index], valueText)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      ) : null}
    </details>
  );
}
