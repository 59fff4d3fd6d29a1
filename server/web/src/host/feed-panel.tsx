import type { Entry } from '@pinroom/client';
import { isolate } from '../i18n/isolate.js';
import { formatTime, t } from '../i18n/translate.js';
import { readCountdown, readQuestion, readResult, readText } from '../round/vocabulary.js';
import type { HostRoom } from './host-room.js';
import { lengthText } from './length-text.js';
import { PastList } from './past-list.js';

/** What was said to everybody, the newest first. */
export function FeedPanel({ room }: { readonly room: HostRoom }) {
  return (
    <section class="form" aria-labelledby="feed-title">
      <h2 id="feed-title" class="panel-title">
        {t('feed.title')}
      </h2>
      {room.feed.entries.value.length === 0 ? <p class="quiet">{t('feed.none')}</p> : null}
      <PastList
        past={room.feed}
        line={(entry) => (
          <li key={entry.id} class="said" data-type={entry.type}>
            <p class="said-head">
              <bdi class="said-name">{entry.from?.nickname ?? t('log.application')}</bdi>
              {room.store.isHost(entry.from) && entry.from?.nickname !== t('role.host') ? (
                <span class="pill pill-accent">{t('role.host')}</span>
              ) : null}
              <time class="quiet" dateTime={new Date(entry.at).toISOString()}>
                {formatTime(entry.at)}
              </time>
            </p>
            <p class="said-text" dir="auto">
              {wordsOf(entry)}
            </p>
          </li>
        )}
      />
    </section>
  );
}

function wordsOf(entry: Entry): string {
  const text = readText(entry);
  if (text) return text.text;
  const question = readQuestion(entry);
  if (question) return t('feed.question', { text: isolate(question.text) });
  const result = readResult(entry);
  if (result) {
    return t('feed.result', { count: (result.counts ?? []).reduce((sum, one) => sum + one, 0) });
  }
  const countdown = readCountdown(entry);
  if (countdown) {
    const seconds = countdown.seconds ?? Math.round((countdown.endsAt - entry.at) / 1_000);
    const length = lengthText(seconds);
    return t('feed.countdown', { length, text: isolate(countdown.text ?? '') }).trim();
  }
  return `${entry.type}: ${JSON.stringify(entry.payload)}`.slice(0, 500);
}
