import { type Place, placesOf, ranking, readScores } from '../round/scores.js';
import type { Score } from '../round/vocabulary.js';

export interface StandingPlace extends Place {
  readonly isOwn: boolean;
}

export interface Standing {
  readonly own: StandingPlace | null;
  readonly count: number;
  /** The best, and oneself where one is not among them. */
  readonly shown: readonly StandingPlace[];
}

/** Places that are shown to everybody. */
const TOP = 5;

/** Where one stands in a result's scores. Scores without user ids are told apart by the nickname. */
export function standingOf(
  scores: readonly Score[],
  self: { readonly userId: string; readonly nickname: string },
): Standing {
  const places = placesOf(scores).map(({ place, score }) => {
    const isOwn =
      score.userId === undefined ? score.nickname === self.nickname : score.userId === self.userId;
    return { place, score, isOwn };
  });
  const own = places.find(({ isOwn }) => isOwn) ?? null;
  const top = places.slice(0, TOP);
  const shown = own && !top.includes(own) ? [...top, own] : top;
  return { own, count: places.length, shown };
}

/**
 * Everybody's scores: a result tells of the best alone, the room's state has them all, as soon as it has what the
 * result tells.
 */
export function allScores(told: readonly Score[], state: unknown): readonly Score[] {
  const table = readScores(state);
  const isThere = ({ userId = '', points }: Score) => table.get(userId)?.points === points;
  return told.length > 0 && told.every(isThere) ? ranking(table) : told;
}
