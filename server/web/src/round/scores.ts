import type { Score } from './vocabulary.js';

export interface Points {
  readonly nickname: string;
  readonly points: number;
}

/** By user id, as the room's state keeps it under `scores`. */
export type ScoreTable = ReadonlyMap<string, Points>;

export function readScores(state: unknown): ScoreTable {
  const { scores } = (state ?? {}) as { scores?: unknown };
  const table = new Map<string, Points>();
  if (typeof scores !== 'object' || scores === null) return table;
  for (const [userId, row] of Object.entries(scores)) {
    const { nickname, points } = (row ?? {}) as { nickname?: unknown; points?: unknown };
    if (typeof nickname === 'string' && typeof points === 'number' && Number.isFinite(points)) {
      table.set(userId, { nickname, points });
    }
  }
  return table;
}

/** The best first; those with the same points in the order of their names. */
export function ranking(table: ScoreTable, limit = Number.POSITIVE_INFINITY): Score[] {
  return [...table]
    .map(([userId, { nickname, points }]) => ({ userId, nickname, points }))
    .sort((a, b) => b.points - a.points || a.nickname.localeCompare(b.nickname))
    .slice(0, limit);
}

/** A score and its place, from 1; equal points share one. */
export interface Place {
  readonly place: number;
  readonly score: Score;
}

export function placesOf(scores: readonly Score[]): Place[] {
  const ordered = [...scores].sort((a, b) => b.points - a.points);
  let place = 0;
  return ordered.map((score, index) => {
    if (score.points !== ordered[index - 1]?.points) place = index + 1;
    return { place, score };
  });
}
