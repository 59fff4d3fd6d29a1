import { formatNumber, t } from '../i18n/translate.js';
import type { Countdown, Question, Result, Score } from '../round/vocabulary.js';
import { Icon } from '../ui/icons.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import { Marked } from './marked.js';
import { timeText } from './moments.js';

/** Places that stand there at once; the others can be opened. */
const PODIUM = 5;

export function QuestionEntry({
  question: { text, options, number, seconds },
  needle,
}: {
  readonly question: Question;
  readonly needle: string;
}) {
  return (
    <div class="asked">
      <p class="asked-kind">
        {number === undefined ? t('question') : t('question-number', { number })}
        {seconds === undefined ? null : ` · ${t('question-seconds', { seconds })}`}
      </p>
      <p class="asked-text" dir="auto">
        <Marked text={text} needle={needle} />
      </p>
      <ol class="asked-options">
        {options.map((option, index) => (
          <li key={index} class={`asked-option option-${index}`}>
            <OptionMark index={index} />
            <span class="asked-letter">{optionLetter(index)}</span>
            <span dir="auto">
              <Marked text={option} needle={needle} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

export function ResultEntry({
  result: { number, right, counts = [], scores = [] },
  question,
  needle,
}: {
  readonly result: Result;
  /** Null: it is not loaded, or there is none. */
  readonly question: Question | null;
  readonly needle: string;
}) {
  const count = Math.max(counts.length, question?.options.length ?? 0, (right ?? -1) + 1);
  const most = Math.max(1, ...counts);
  const places = Array.from({ length: count }, (_, index) => index);
  return (
    <div class="asked">
      <p class="asked-kind">
        {number === undefined ? t('result') : t('result-number', { number })}
        {question ? (
          <>
            {' · '}
            <bdi>{question.text}</bdi>
          </>
        ) : null}
      </p>
      <ol class="bars">
        {places.map((index) => (
          <li key={index} class={`bar option-${index}`}>
            <span class="bar-name">
              <OptionMark index={index} />
              <span class="asked-letter">{optionLetter(index)}</span>
              <bdi>{question?.options[index]}</bdi>
              {index === right ? (
                <span class="bar-right">
                  <Icon name="check" />
                  {t('right')}
                </span>
              ) : null}
            </span>
            {counts[index] === undefined ? null : (
              <>
                <span class="bar-track" aria-hidden="true">
                  <span
                    class="bar-fill"
                    style={{ inlineSize: `${(100 * (counts[index] ?? 0)) / most}%` }}
                  />
                </span>
                <span class="bar-count">{t('answers', { count: counts[index] ?? 0 })}</span>
              </>
            )}
          </li>
        ))}
      </ol>
      {scores.length > 0 ? <Scores scores={scores} needle={needle} /> : null}
    </div>
  );
}

function Scores({
  scores,
  needle,
}: {
  readonly scores: readonly Score[];
  readonly needle: string;
}) {
  const rest = scores.slice(PODIUM);
  const lines = (some: readonly Score[], first: number) => (
    <ol class="scores" start={first}>
      {some.map(({ nickname, points }, index) => (
        <li key={index} class="score">
          <span class="score-place">{formatNumber(first + index)}.</span>
          <bdi class="score-name">
            <Marked text={nickname} needle={needle} />
          </bdi>
          <span class="score-points">{t('points', { points })}</span>
        </li>
      ))}
    </ol>
  );
  return (
    <div class="score-list">
      <p class="asked-kind">{t('scores')}</p>
      {lines(scores.slice(0, PODIUM), 1)}
      {rest.length > 0 ? (
        <details>
          <summary>{t('scores-all', { count: scores.length })}</summary>
          {lines(rest, PODIUM + 1)}
        </details>
      ) : null}
    </div>
  );
}

export function CountdownEntry({
  countdown: { text, endsAt },
  needle,
}: {
  readonly countdown: Countdown;
  readonly needle: string;
}) {
  return (
    <p class="countdown">
      <Icon name="clock" />
      <span>
        {t('countdown')}
        {text ? ': ' : ' '}
        {text ? (
          <bdi>
            <Marked text={text} needle={needle} />
          </bdi>
        ) : null}{' '}
        <span class="quiet">{t('countdown-until', { time: timeText(endsAt) })}</span>
      </span>
    </p>
  );
}
