import type { Score } from '../round/vocabulary.js';

export interface Place {
  /** From 1; equal points share one. */
  readonly place: number;
  readonly score: Score;
  readonly isOwn: boolean;
}

export interface Standing {
  readonly own: Place | null;
  readonly count: number;
  /** The best, and oneself where one is not among them. */
  readonly shown: readonly Place[];
}

/** Places that are shown to everybody. */
const TOP = 5;

/** Where one stands in a result's scores. Scores without user ids are told apart by the nickname. */
export function standingOf(
  scores: readonly Score[],
  self: { readonly userId: string; readonly nickname: string },
): Standing {
  const ordered = [...scores].sort((a, b) => b.points - a.points);
  let place = 0;
  const places = ordered.map((score, index) => {
    if (score.points !== ordered[index - 1]?.points) place = index + 1;
    const isOwn =
      score.userId === undefined ? score.nickname === self.nickname : score.userId === self.userId;
    return { place, score, isOwn };
  });
  const own = places.find(({ isOwn }) => isOwn) ?? null;
  const top = places.slice(0, TOP);
  const shown = own && !top.includes(own) ? [...top, own] : top;
  return { own, count: places.length, shown };
}
