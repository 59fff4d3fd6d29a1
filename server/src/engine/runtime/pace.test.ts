import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

const LIMIT = { perSecond: 20, burst: 40 };

function takeMany(pace: Pace, count: number, now: number, limit = LIMIT): number {
  return Array.from({ length: count }, () => pace.take(now, limit)).filter((wait) => wait === 0)
    .length;
}

describe('A pace', () => {
  it('lets a burst through and says truly when the next may come', () => {
    const pace = new Pace();
    expect(takeMany(pace, 100, 5_000)).toBe(40);
    const wait = pace.take(5_000, LIMIT);
    expect(wait).toBe(50);
    expect(pace.take(5_000 + wait - 1, LIMIT)).toBe(1);
    expect(pace.take(5_000 + wait, LIMIT)).toBe(0);
    expect(pace.take(5_000 + wait, LIMIT)).toBe(50);
  });

  it('gives the whole burst back to who has rested', () => {
    const pace = new Pace();
    takeMany(pace, 40, 0);
    expect(takeMany(pace, 100, 1_000)).toBe(20);
    expect(takeMany(pace, 100, 60_000)).toBe(40);
  });

  it('makes nobody wait for a clock that went back', () => {
    const pace = new Pace();
    takeMany(pace, 40, 3_600_000);
    expect(takeMany(pace, 100, 0)).toBe(40);
  });

  it('of no limit lets everything through', () => {
    const limit = { perSecond: Number.POSITIVE_INFINITY, burst: 1 };
    expect(takeMany(new Pace(), 1_000, 0, limit)).toBe(1_000);
  });

  it('below one a second lets the first through at once', () => {
    const limit = { perSecond: 0.1, burst: 0.5 };
    const pace = new Pace();
    expect(pace.take(0, limit)).toBe(0);
    expect(pace.take(0, limit)).toBe(10_000);
  });
});
