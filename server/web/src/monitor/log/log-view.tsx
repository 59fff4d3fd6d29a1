import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { faultText } from '../../faults/fault-text.js';
import { t } from '../../i18n/translate.js';
import { FaultNote } from '../fault-note.js';
import { LevelMark } from '../level-mark.js';
import type { Monitor } from '../monitor.js';
import { ScrollRegion } from '../scroll-region.js';
import { firstRow, ROWS } from './first-row.js';
import { filterEntries } from './log-entries.js';
import { LogFilters } from './log-filters.js';
import { LogRow } from './log-row.js';

/** So near to the end one is at the end. */
const END_PX = 24;

/** What the system says of itself, the newest last. */
export function LogView({ monitor }: { readonly monitor: Monitor }) {
  const { log } = monitor;
  // The library comes back to the log by itself, and says nothing of it.
  const isLive = log.isLive.value && !monitor.isStale.value;
  const all = log.entries.value;
  const level = log.level.value;
  const text = log.text.value;
  const shown = useMemo(() => filterEntries(all, { level, text }), [all, level, text]);
  return (
    <section aria-labelledby="log" class="part">
      <h2 id="log" tabIndex={-1}>
        {t('section.log')}
      </h2>
      <LogFilters log={log} />
      <p class="log-state" data-live={isLive}>
        <LevelMark level={isLive ? 'good' : 'warn'} />
        <span>{isLive ? t('log.live') : lostText(monitor)}</span>
        <span class="quiet">{t('log.shown', { shown: shown.length, all: all.length })}</span>
      </p>
      <FaultNote fault={log.older.fault.value} onRetry={() => void log.loadOlder()} />
      <LogList monitor={monitor} shown={shown} />
    </section>
  );
}

function lostText({ contact, log }: Monitor): string {
  const fault = log.fault.value ?? contact.value.fault;
  return fault === null ? t('connection.connecting') : t('log.lost', { reason: faultText(fault) });
}

interface LogListProps {
  readonly monitor: Monitor;
  readonly shown: ReturnType<typeof filterEntries>;
}

/** Stays at the end while the reader does; whoever scrolls up is left where they are. */
function LogList({ monitor, shown }: LogListProps) {
  const { log } = monitor;
  const region = useRef<HTMLElement>(null);
  const isAtEnd = useSignal(true);
  /** The newest entry that was shown at the end. */
  const seen = useSignal<string | null>(null);
  const held = useRef<{ first: string; height: number } | null>(null);
  /** How far back the rows go, while the reader is not at the end. */
  const from = useSignal<string | null>(null);
  const start = firstRow(shown, isAtEnd.value ? null : from.value);
  const first = shown[start]?.id;
  const last = shown.at(-1)?.id;

  useLayoutEffect(() => {
    const element = region.current;
    if (!element) return;
    const before = held.current;
    if (isAtEnd.value) {
      element.scrollTop = element.scrollHeight;
    } else if (before && first !== undefined && first !== before.first) {
      // Older entries came above: what was read stays where it is.
      element.scrollTop += element.scrollHeight - before.height;
    }
    held.current = first === undefined ? null : { first, height: element.scrollHeight };
  }, [first, last, shown.length, isAtEnd]);

  useEffect(() => {
    if (isAtEnd.value) seen.value = last ?? null;
  }, [last, isAtEnd.value, seen, isAtEnd]);

  const onScroll = () => {
    const element = region.current;
    if (!element) return;
    const isNowAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    if (isAtEnd.value && !isNowAtEnd) from.value = first ?? null;
    isAtEnd.value = isNowAtEnd;
  };
  const older = async () => {
    if (start > 0) from.value = shown[Math.max(0, start - ROWS)]?.id ?? null;
    else {
      await log.loadOlder();
      from.value = log.entries.value[0]?.id ?? null;
    }
  };
  const toEnd = () => {
    isAtEnd.value = true;
    if (region.current) region.current.scrollTop = region.current.scrollHeight;
    region.current?.focus();
  };
  const seenIndex = shown.findIndex(({ id }) => id === seen.value);
  const news = isAtEnd.value || seenIndex < 0 ? 0 : shown.length - 1 - seenIndex;
  const isAsking = log.older.isAsking.value;
  return (
    <div class="log-frame">
      <ScrollRegion label={t('table.log')} kind="log-list" place={region} onScroll={onScroll}>
        {log.before.value === null && start === 0 ? null : (
          <p class="log-older">
            <button
              type="button"
              class="button"
              aria-disabled={isAsking}
              onClick={isAsking ? undefined : () => void older()}
            >
              {t('log.older')}
            </button>
          </p>
        )}
        {shown.length === 0 ? (
          <p class="empty">{t(log.entries.value.length === 0 ? 'log.none' : 'log.no-match')}</p>
        ) : (
          <ol>
            {shown.slice(start).map((entry) => (
              <LogRow key={entry.id} entry={entry} nodeName={monitor.nodeName(entry.nodeId)} />
            ))}
          </ol>
        )}
      </ScrollRegion>
      {isAtEnd.value ? null : (
        <button type="button" class="button log-to-end" onClick={toEnd}>
          {t('log.paused', { count: news })}
        </button>
      )}
    </div>
  );
}
