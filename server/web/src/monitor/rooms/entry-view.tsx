import type { OperatorRoomView } from '@pinroom/client';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../../i18n/translate.js';
import { announce } from '../../ui/announcer.js';
import { FaultNote } from '../fault-note.js';
import { channelText } from './channel-words.js';
import { EntryItem } from './entry-item.js';
import type { EntryReader } from './entry-reader.js';

const FIRST = 'room';

interface EntryViewProps {
  readonly reader: EntryReader;
  readonly channels: OperatorRoomView['channels'];
}

/** What people wrote: it is private, so nothing of it is asked for until an operator says so. */
export function EntryView({ reader, channels }: EntryViewProps) {
  const isOpen = reader.channel.value !== null;
  useEffect(() => () => reader.close(), [reader]);
  return (
    <section aria-labelledby="entries" class="part">
      <h2 id="entries">{t('entries')}</h2>
      {isOpen ? (
        <OpenEntries reader={reader} channels={channels} />
      ) : (
        <div class="card form">
          <p>{t('entries.private')}</p>
          <p>
            <button
              type="button"
              class="button button-main"
              onClick={() => void reader.open(FIRST)}
            >
              {t('entries.show')}
            </button>
          </p>
        </div>
      )}
    </section>
  );
}

function OpenEntries({ reader, channels }: EntryViewProps) {
  const { fault, answer, isAsking } = reader.question;
  const choice = useRef<HTMLSelectElement>(null);
  const choiceId = useId();
  useEffect(() => choice.current?.focus(), []);
  const channel = reader.channel.value ?? FIRST;
  const names = new Set([FIRST, 'host', 'log', ...channels.map((row) => row.channel)]);
  const entries = reader.entries.value;
  const open = async (wanted: string) => {
    await reader.open(wanted);
    announce(t('entries.count', { count: reader.entries.value.length }));
  };
  return (
    <>
      <div class="row filter-row">
        <label class="field" for={choiceId}>
          <span class="field-label">{t('channel.channel')}</span>
          <select
            id={choiceId}
            ref={choice}
            value={channel}
            onChange={(event) => void open(event.currentTarget.value)}
          >
            {[...names].map((name) => (
              <option key={name} value={name}>
                {channelText(name)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button" onClick={() => void open(channel)}>
          {t('entries.newest')}
        </button>
        <button type="button" class="button" onClick={() => reader.close()}>
          {t('entries.hide')}
        </button>
      </div>
      <p class="quiet">{t('entries.logged')}</p>
      <FaultNote fault={fault.value} onRetry={() => void open(channel)} />
      {entries.length === 0 && answer.value && !isAsking.value ? (
        <p class="empty">{t('entries.none')}</p>
      ) : null}
      {/* The newest first: that is what one looks for. */}
      <ol class="entry-list" reversed>
        {[...entries].reverse().map((entry) => (
          <EntryItem key={entry.id} entry={entry} />
        ))}
      </ol>
      {reader.before.value === null ? null : (
        <p>
          <button
            type="button"
            class="button"
            aria-disabled={isAsking.value}
            onClick={isAsking.value ? undefined : () => void reader.older()}
          >
            {t('entries.older')}
          </button>
        </p>
      )}
    </>
  );
}
