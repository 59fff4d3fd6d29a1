import { formatNumber, t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { OptionMark, optionLetter } from '../ui/option-mark.js';

interface AnswerBarsProps {
  readonly options: readonly string[];
  readonly counts: readonly number[];
  /** Place of the right option, once it may be seen. */
  readonly right: number | null;
}

/** A bar for each option, with its number in words: neither colour nor length alone tells anything. */
export function AnswerBars({ options, counts, right }: AnswerBarsProps) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <ol class="bars" data-count={options.length} style={{ '--count': options.length }}>
      {options.map((option, place) => {
        const count = counts[place] ?? 0;
        const share = total === 0 ? 0 : count / total;
        const state = right === null ? 'open' : right === place ? 'right' : 'wrong';
        return (
          <li
            key={place}
            class={`bar option-${place}`}
            data-bar={place}
            data-votes={count}
            data-state={state}
          >
            <span class="bar-mark" aria-hidden="true">
              <OptionMark index={place} />
              {optionLetter(place)}
            </span>
            <span class="bar-text">
              <span class="unseen">{t('option', { letter: optionLetter(place) })}: </span>
              <bdi>{option}</bdi>
              {state === 'right' ? (
                <span class="pill pill-good bar-right">
                  <Icon name="check" />
                  {t('question.right')}
                </span>
              ) : null}
            </span>
            <span class="bar-value">
              <span aria-hidden="true">
                {formatNumber(count)} <small>{formatNumber(share, { style: 'percent' })}</small>
              </span>
              <span class="unseen">{t('answers', { count })}</span>
            </span>
            <span class="bar-track" aria-hidden="true">
              <span style={{ inlineSize: `${share * 100}%` }} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
