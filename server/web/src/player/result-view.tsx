import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatNumber, t } from '../i18n/translate.js';
import type { RoomStore } from '../room/room-store.js';
import type { Round } from '../round/round.js';
import type { Result } from '../round/vocabulary.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';
import { whyNoAnswer } from './rights.js';
import type { Scene } from './scene.js';
import { ScoresView } from './scores-view.js';
import { allScores, standingOf } from './standing.js';
import { verdictOf } from './verdict.js';

interface ResultViewProps {
  readonly store: RoomStore;
  readonly scene: Scene;
  readonly round: Round;
  readonly result: Result;
}

/** Everybody's points come a moment after the result: what is said of one's place waits for them. */
const SAID_AFTER_MS = 500;

/** What came of a question: right or wrong, who chose what, and where one stands. */
export function ResultView({ store, scene, round, result }: ResultViewProps) {
  const { question } = round;
  const self = store.self.value;
  const answer = scene.answers.to(round.id);
  const choice = answer?.state === 'kept' ? answer.choice : null;
  const takesPart = whyNoAnswer(self, store.room.value) === null;
  const verdict = takesPart ? verdictOf(round, answer) : 'none';
  const right = question.options[result.right ?? -1];
  const state = store.state.value.value;
  const standing = useMemo(
    () => standingOf(allScores(result.scores ?? [], state), self),
    [result, state, self],
  );
  const said = verdict === 'none' ? t('result.title') : t(`result.${verdict}`);
  const was = right === undefined ? '' : ` ${t('result.right-was', { option: right })}`;
  const place = standing.own ? ` ${t('scores.own', { place: standing.own.place })}` : '';
  const words = useRef('');
  words.current = `${said}${verdict === 'right' ? '' : was}${place}`;
  useEffect(() => {
    const timer = setTimeout(() => announce(words.current), SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <section class="result" aria-labelledby="result" data-verdict={verdict}>
      <div class={`verdict verdict-${verdict}`}>
        {verdict === 'right' ? <Icon name="check" /> : null}
        {verdict === 'wrong' ? <Icon name="close" /> : null}
        <h2 id="result">{said}</h2>
      </div>
      <p class="result-question whole-text" dir="auto">
        {question.text}
      </p>
      <ul class="bars">
        {question.options.map((option, index) => (
          <Bar
            key={`${index} ${option}`}
            index={index}
            text={option}
            count={result.counts?.[index] ?? null}
            most={Math.max(1, ...(result.counts ?? []))}
            isRight={result.right === index}
            isOwn={choice === index}
          />
        ))}
      </ul>
      {standing.count > 0 ? <ScoresView standing={standing} /> : null}
    </section>
  );
}

interface BarProps {
  readonly index: number;
  readonly text: string;
  /** Null: nobody has counted. */
  readonly count: number | null;
  readonly most: number;
  readonly isRight: boolean;
  readonly isOwn: boolean;
}

function Bar({ index, text, count, most, isRight, isOwn }: BarProps) {
  return (
    <li class={`bar option-${index}`} data-right={isRight} data-own={isOwn}>
      <span class="option-sign bar-sign">
        <OptionMark index={index} />
        <span>{optionLetter(index)}</span>
      </span>
      <span class="bar-body">
        <bdi class="whole-text">{text}</bdi>
        {isRight || isOwn ? (
          <span class="bar-tags">
            {isRight ? (
              <span class="tag tag-good">
                <Icon name="check" />
                {t('result.is-right')}
              </span>
            ) : null}
            {isOwn ? <span class="tag">{t('result.is-own')}</span> : null}
          </span>
        ) : null}
        {count === null ? null : (
          <span class="bar-track" aria-hidden="true">
            <span
              class="bar-fill"
              style={{ inlineSize: `${(100 * Math.max(0, count)) / most}%` }}
            />
          </span>
        )}
      </span>
      {count === null ? null : (
        <span class="bar-count">
          <span aria-hidden="true">{formatNumber(count)}</span>
          <span class="unseen">{t('answers', { count })}</span>
        </span>
      )}
    </li>
  );
}
