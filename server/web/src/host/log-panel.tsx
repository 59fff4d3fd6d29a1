import type { Entry } from '@pinroom/client';
import { useComputed } from '@preact/signals';
import { isolate } from '../i18n/isolate.js';
import { formatTime, hasMessage, t } from '../i18n/translate.js';
import type { HostRoom } from './host-room.js';
import { type LogWords, logSentences, namesIn } from './log-sentence.js';
import { PastList } from './past-list.js';

/** What happened in the room, in sentences, the newest first. */
export function LogPanel({ room }: { readonly room: HostRoom }) {
  const names = useComputed(() => {
    const known = namesIn(room.log.entries.value);
    for (const { userId, nickname } of room.people.members.value) known.set(userId, nickname);
    return known;
  });
  const words = {
    nameOf: (userId: string) => names.value.get(userId) ?? null,
    somebody: t('log.somebody'),
    application: t('log.application'),
  };
  return (
    <section class="form" aria-labelledby="log-title">
      <h2 id="log-title" class="panel-title">
        {t('log.title-panel')}
      </h2>
      <PastList
        past={room.log}
        line={(entry) => (
          <li key={entry.id} class="logged" data-type={entry.type}>
            <time class="quiet" dateTime={new Date(entry.at).toISOString()}>
              {formatTime(entry.at)}
            </time>
            <span>{textOf(entry, words)}</span>
          </li>
        )}
      />
    </section>
  );
}

function textOf(entry: Entry, words: LogWords): string {
  return logSentences(entry, words)
    .map(({ key, values }) => (hasMessage(key) ? t(key, isolated(values)) : entry.type))
    .join(' ');
}

/** A name may be written in the other direction: it must not turn the sentence around it. */
function isolated(values: { readonly [name: string]: string | number }) {
  const choices = new Set(['role', 'action']);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && !choices.has(name) ? isolate(value) : value,
    ]),
  );
}
