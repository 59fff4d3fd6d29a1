import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { isolate } from '../i18n/isolate.js';
import { formatTime, hasMessage, t } from '../i18n/translate.js';
import type { HostRoom } from './host-room.js';
import { logSentences, namesIn } from './log-sentence.js';
import { OlderButton } from './older-button.js';

/** What happened in the room, in sentences, the newest first. */
export function LogPanel({ room }: { readonly room: HostRoom }) {
  const lines = useMemo(() => linesOf(room), [room]);
  return (
    <section class="form" aria-labelledby="log-title">
      <h2 id="log-title" class="panel-title">
        {t('log.title-panel')}
      </h2>
      <ol class="feed">
        {lines.value.map(({ id, at, type, text }) => (
          <li key={id} class="logged" data-type={type}>
            <time class="quiet" dateTime={new Date(at).toISOString()}>
              {formatTime(at)}
            </time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      <OlderButton past={room.log} />
    </section>
  );
}

function linesOf(room: HostRoom) {
  return computed(() => {
    const entries = room.log.entries.value;
    const names = namesIn(entries);
    for (const { userId, nickname } of room.people.members.value) names.set(userId, nickname);
    const words = {
      nameOf: (userId: string) => names.get(userId) ?? null,
      somebody: t('log.somebody'),
      application: t('log.application'),
    };
    return entries.toReversed().map((entry) => ({
      id: entry.id,
      at: entry.at,
      type: entry.type,
      text: logSentences(entry, words)
        .map(({ key, values }) => (hasMessage(key) ? t(key, isolated(values)) : entry.type))
        .join(' '),
    }));
  });
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
