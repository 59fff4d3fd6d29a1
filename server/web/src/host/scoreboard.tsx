import { formatNumber, t } from '../i18n/translate.js';
import { placesOf } from '../round/scores.js';
import type { Score } from '../round/vocabulary.js';

const SHOWN = 5;

export function Scoreboard({ scores }: { readonly scores: readonly Score[] }) {
  return (
    <section class="scoreboard" aria-labelledby="scores-title">
      <h3 id="scores-title">{t('scores.title')}</h3>
      <ol>
        {placesOf(scores)
          .slice(0, SHOWN)
          .map(({ place, score: { nickname, points, userId } }) => (
            <li key={userId ?? nickname} class="score">
              <span class="score-place">{formatNumber(place)}</span>
              <span class="score-name">
                <bdi>{nickname}</bdi>
              </span>
              <span class="score-points">{t('points', { points })}</span>
            </li>
          ))}
      </ol>
    </section>
  );
}
