import { expect, it } from 'vitest';
import { allScores, standingOf } from './standing.js';

const ada = { userId: 'u-ada', nickname: 'Ada' };

it('tells one’s own place, which equal points share', () => {
  const scores = [
    { nickname: 'Bob', points: 9 },
    { nickname: 'Ada', points: 7, userId: 'u-other' },
    { nickname: 'Ada L.', points: 7, userId: 'u-ada' },
    { nickname: 'Cy', points: 1 },
  ];
  const { own, count, shown } = standingOf(scores, ada);
  expect(own).toMatchObject({ place: 2, score: { nickname: 'Ada L.' } });
  expect(count).toBe(4);
  expect(shown.map(({ place }) => place)).toEqual([1, 2, 2, 4]);
  expect(shown.filter(({ isOwn }) => isOwn)).toHaveLength(1);
});

it('shows the best five, and oneself below them', () => {
  const scores = Array.from({ length: 30 }, (_, index) => ({
    nickname: index === 19 ? 'Ada' : `P${index}`,
    points: 100 - index,
  }));
  const { shown } = standingOf(scores, ada);
  expect(shown.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 20]);
});

it('is nowhere for who has no points', () => {
  expect(standingOf([{ nickname: 'Bob', points: 1 }], ada).own).toBeNull();
  expect(standingOf([], ada)).toEqual({ own: null, count: 0, shown: [] });
});

it('is among all who have points, of whom a result tells the best alone', () => {
  const row = (index: number) => [`u-${index}`, { nickname: `P${index}`, points: 100 - index }];
  const scores = Object.fromEntries(Array.from({ length: 60 }, (_, index) => row(index)));
  const told = [{ userId: 'u-0', nickname: 'P0', points: 100 }];
  const { own, count } = standingOf(allScores(told, { scores }), { ...ada, userId: 'u-40' });
  expect([own?.place, count]).toEqual([41, 60]);
  // The state is still that of the round before, or there is none.
  for (const state of [{ scores: { 'u-0': { nickname: 'P0', points: 50 } } }, {}, null]) {
    expect(allScores(told, state)).toBe(told);
  }
  expect(allScores([], { scores })).toEqual([]);
});
