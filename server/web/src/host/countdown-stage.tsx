import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import type { Countdown } from '../round/vocabulary.js';
import { longestWord } from './longest-word.js';
import { TimeLeft } from './time-left.js';

interface CountdownStageProps {
  readonly countdown: Countdown;
  readonly back: ComponentChildren;
}

export function CountdownStage({ countdown, back }: CountdownStageProps) {
  const { endsAt, seconds, text } = countdown;
  const isOver = useSignal(client.serverNow() >= endsAt);
  return (
    <section class="stage-countdown" aria-label={t('stage.countdown')} data-stage="countdown">
      {text ? (
        <h2 class="stage-words" dir="auto" style={{ '--longest': longestWord(text) }}>
          {text}
        </h2>
      ) : null}
      {isOver.value ? (
        <p class="time-over">{t('time-over')}</p>
      ) : (
        <TimeLeft
          endsAt={endsAt}
          seconds={seconds}
          onOver={() => {
            isOver.value = true;
          }}
        />
      )}
      <div class="stage-actions row">{back}</div>
    </section>
  );
}
