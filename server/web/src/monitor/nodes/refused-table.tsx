import { formatNumber, hasMessage, t } from '../../i18n/translate.js';
import { refusedRates } from '../figures/chart-lines.js';
import { refusedSince } from '../figures/findings.js';
import type { Sample } from '../figures/sample.js';
import type { Monitor } from '../monitor.js';
import { ScrollRegion } from '../scroll-region.js';
import { rateText } from '../words.js';

const MINUTE_MS = 60_000;
const COLUMNS = ['code', 'meaning', 'rate', 'minute', 'total'] as const;

/** What was refused, by code, over all nodes. */
export function RefusedTable({ monitor }: { readonly monitor: Monitor }) {
  const sample = monitor.newest.value;
  const totals = sample ? totalsOf(sample) : null;
  return (
    <section aria-labelledby="refused" class="part">
      <h2 id="refused" tabIndex={-1}>
        {t('section.refused')}
      </h2>
      <p class="quiet">{t('refused.hint')}</p>
      {totals && totals.length > 0 ? (
        <ScrollRegion label={t('table.refused')}>
          <table class="table">
            <caption class="unseen">{t('table.refused')}</caption>
            <thead>
              <tr>
                {COLUMNS.map((name) => (
                  <th key={name} scope="col">
                    {t(`refused.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {totals.map(([code, total]) => (
                <RefusedRow key={code} monitor={monitor} code={code} total={total} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      ) : (
        <p class="empty">{t(sample ? 'refused.none' : 'loading')}</p>
      )}
    </section>
  );
}

interface RefusedRowProps {
  readonly monitor: Monitor;
  readonly code: string;
  readonly total: number;
}

function RefusedRow({ monitor, code, total }: RefusedRowProps) {
  const samples = monitor.samples.value;
  const sample = samples.at(-1);
  const lately = refusedSince(samples, (sample?.at ?? 0) - MINUTE_MS, code);
  const key = `fault.${code}`;
  return (
    <tr data-code={code}>
      <th scope="row">
        <code>{code}</code>
      </th>
      <td class="meaning">{hasMessage(key) ? t(key) : t('refused.unknown')}</td>
      <td class="figure">{rateText((sample && refusedRates(sample).get(code)) ?? 0)}</td>
      <td class="figure">
        {formatNumber([...lately.values()].reduce((sum, more) => sum + more, 0))}
      </td>
      <td class="figure">{formatNumber(total)}</td>
    </tr>
  );
}

/** Of the nodes that live, since each one's start; the most frequent first. */
function totalsOf(sample: Sample): [string, number][] {
  const totals = new Map<string, number>();
  for (const { status } of sample.nodes.values()) {
    for (const [code, count] of Object.entries(status.refused)) {
      if (count > 0) totals.set(code, (totals.get(code) ?? 0) + count);
    }
  }
  return [...totals].sort((a, b) => b[1] - a[1]);
}
