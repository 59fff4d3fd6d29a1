import { formatNumber, t } from '../i18n/translate.js';
import type { Standing } from './standing.js';

/** One's own place, and the best. */
export function ScoresView({ standing }: { readonly standing: Standing }) {
  const { own, shown } = standing;
  return (
    <div class="scores">
      <h3>{t('scores.title')}</h3>
      {own ? (
        <p class="own-place" data-place={own.place}>
          {t('scores.own', { place: own.place })}
        </p>
      ) : null}
      <ol class="score-list">
        {shown.map(({ place, score, isOwn }) => (
          <li key={`${place} ${score.userId ?? score.nickname}`} data-own={isOwn}>
            <span class="score-place">{formatNumber(place)}</span>
            <span class="score-name">
              <bdi class="whole-text">{score.nickname}</bdi>
              {isOwn ? <span class="tag">{t('you')}</span> : null}
            </span>
            <span class="score-points">{t('points', { points: score.points })}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
