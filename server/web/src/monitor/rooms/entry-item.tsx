import type { Entry } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { t } from '../../i18n/translate.js';
import { timeText } from '../words.js';
import { payloadText } from './payload-text.js';

/** One entry with its payload, cut where it is long. */
export function EntryItem({ entry }: { readonly entry: Entry }) {
  const isWhole = useSignal(false);
  const text = useMemo(() => payloadText(entry.payload), [entry]);
  return (
    <li class="card entry" data-entry={entry.id}>
      <p class="entry-head">
        <time dateTime={new Date(entry.at).toISOString()}>{timeText(entry.at)}</time>
        <bdi class="entry-type">{entry.type}</bdi>
        <bdi>{entry.from ? entry.from.nickname : t('entries.server')}</bdi>
        <code class="quiet">{entry.id}</code>
      </p>
      <pre class="payload" dir="ltr">
        {isWhole.value ? text.full : text.short}
        {isWhole.value || !text.isCut ? '' : '…'}
      </pre>
      {text.isCut ? (
        <button
          type="button"
          class="button"
          aria-expanded={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          {t(isWhole.value ? 'entries.less' : 'entries.all')}
        </button>
      ) : null}
    </li>
  );
}
