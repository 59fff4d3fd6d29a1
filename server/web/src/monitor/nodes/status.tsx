import { useEffect } from 'preact/hooks';
import { faultText } from '../../faults/fault-text.js';
import { t } from '../../i18n/translate.js';
import { announce } from '../../ui/announcer.js';
import { LevelMark, type MarkLevel } from '../level-mark.js';
import type { Health, Monitor } from '../monitor.js';
import { timeText } from '../words.js';
import { findingText } from './finding-words.js';

const MARKS: { readonly [H in Health]: MarkLevel } = {
  loading: 'info',
  unreachable: 'bad',
  stale: 'bad',
  bad: 'bad',
  warn: 'warn',
  good: 'good',
};

/** Whether all is well, in words, and what is not. */
export function Status({ monitor }: { readonly monitor: Monitor }) {
  const health = monitor.health.value;
  const found = monitor.findings.value;
  const problems = found.filter(({ level }) => level === 'bad').length;
  const headline = t(`health.${health}`, { problems, warnings: found.length - problems });
  useEffect(() => {
    document.title = `${health === 'good' ? '✓' : health === 'loading' ? '…' : '⚠'} ${headline} – Pinroom`;
    if (health !== 'loading' && !document.hidden) {
      announce(headline, { urgent: MARKS[health] === 'bad' });
    }
  }, [health, headline]);
  return (
    <section class="status" data-health={health} aria-labelledby="status-title">
      <div class="status-head">
        <LevelMark level={MARKS[health]} />
        <h2 id="status-title">{headline}</h2>
        <AsOf monitor={monitor} />
      </div>
      <ContactNote monitor={monitor} />
      {found.length > 0 ? (
        <ul class="findings">
          {found.map((finding) => (
            <li
              key={`${finding.kind} ${finding.nodeIds.join()}${'backend' in finding ? finding.backend : ''}${'code' in finding ? finding.code : ''}`}
              data-finding={finding.kind}
              data-level={finding.level}
            >
              <LevelMark level={finding.level} />
              <span class="finding-level wide-only">{t(`level.${finding.level}`)}</span>
              <span>{findingText(finding, (id) => monitor.nodeName(id))}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function AsOf({ monitor }: { readonly monitor: Monitor }) {
  const { answeredAt } = monitor.contact.value;
  if (answeredAt === null) return null;
  return (
    <p class="as-of" data-as-of={answeredAt}>
      {t('as-of', { time: timeText(answeredAt) })}
    </p>
  );
}

function ContactNote({ monitor }: { readonly monitor: Monitor }) {
  const { failingSince, fault } = monitor.contact.value;
  if (failingSince === null || !monitor.isStale.value) return null;
  return (
    <p class="row">
      <span>
        {t('not-reachable', { time: timeText(failingSince) })}{' '}
        {fault?.code === 'unavailable' ? t('not-reachable.backend') : faultText(fault)}
      </span>
      <button type="button" class="button" onClick={() => monitor.ask()}>
        {t('retry')}
      </button>
    </p>
  );
}
