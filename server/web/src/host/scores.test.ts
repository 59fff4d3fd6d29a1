import { describe, expect, it } from 'vitest';
import { ranking, readScores } from '../round/scores.js';
import { pointsFor, scorePatches, scoreRound } from './scores.js';

const by = (userId: string, choice: number, at = 0) => ({
  entryId: '1-0',
  userId,
  nickname: userId.toUpperCase(),
  choice,
  at,
});

describe('scores', () => {
  it('of a right answer are 1000, half of it for speed where there is a time limit', () => {
    expect(pointsFor(9_000, 1_000, undefined)).toBe(1_000);
    expect(pointsFor(1_000, 1_000, 11_000)).toBe(1_000);
    expect(pointsFor(6_000, 1_000, 11_000)).toBe(750);
    expect(pointsFor(11_900, 1_000, 11_000)).toBe(500);
  });

  it('add up, for right answers alone', () => {
    const table = new Map([['ada', { nickname: 'ADA', points: 400 }]]);
    const round = { right: 1, askedAt: 0, endsAt: undefined };
    const changed = scoreRound(table, [by('ada', 1), by('bo', 0), by('cy', 1)], round);
    expect([...changed]).toEqual([
      ['ada', { nickname: 'ADA', points: 1_400 }],
      ['cy', { nickname: 'CY', points: 1_000 }],
    ]);
    expect(ranking(changed, 1)).toEqual([{ userId: 'ada', nickname: 'ADA', points: 1_400 }]);
  });

  it('are read from the state, as far as they can be', () => {
    const scores = { ada: { nickname: 'Ada', points: 5 }, bo: { nickname: 'Bo' }, cy: null };
    expect([...readScores({ scores })]).toEqual([['ada', { nickname: 'Ada', points: 5 }]]);
    for (const state of [null, {}, { scores: 3 }]) expect(readScores(state).size).toBe(0);
  });

  it('of hundreds go into packets, and into the state as far as it holds', () => {
    const row = (index: number) => ({ nickname: 'ن'.repeat(40), points: index });
    const id = (index: number) => `01a20748-0e3c-74ca-a517-${`${index}`.padStart(12, '0')}`;
    const changed = new Map(Array.from({ length: 500 }, (_, index) => [id(index), row(index)]));
    const patches = scorePatches(new Map([[id(0), row(0)]]), changed);
    for (const patch of patches) {
      expect(new TextEncoder().encode(JSON.stringify(patch)).length).toBeLessThan(16_384);
    }
    const merged = Object.assign({}, ...patches.map(({ scores }) => scores));
    expect(new TextEncoder().encode(JSON.stringify(merged)).length).toBeLessThan(60_000);
    expect(merged[id(0)]).toBeNull();
    expect(merged[id(499)]).toEqual(row(499));
    expect(scorePatches(new Map(), new Map())).toEqual([]);
  });
});
