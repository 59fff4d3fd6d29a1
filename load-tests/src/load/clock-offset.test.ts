import { describe, expect, it } from 'vitest';
import { clockError, offsetOf } from './clock-offset.js';
import { seededRandom } from './seeded-random.js';

/** Questions to a clock that is ahead by `ahead`, with ways there and back that take their time. */
function exchanges(ahead: number, ways: readonly (readonly [number, number])[]) {
  return ways.map(([there, back], n) => {
    const askedAt = 1_000 * n;
    return { askedAt, theirs: askedAt + there + ahead, answeredAt: askedAt + there + back };
  });
}

describe('another process’s clock', () => {
  it('is known to half of the shortest round trip', () => {
    const { offsetMs, uncertaintyMs } = offsetOf(
      exchanges(250, [
        [3, 9],
        [0.1, 0.1],
        [8, 1],
      ]),
    );
    expect(offsetMs).toBeCloseTo(250, 9);
    expect(uncertaintyMs).toBeCloseTo(0.1, 9);
  });

  it('is never further off than it is said to be, however uneven the ways are', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const ahead = (random() - 0.5) * 1_000;
      const ways = Array.from(
        { length: 10 },
        () => [random() ** 3 * 20, random() ** 3 * 20] as const,
      );
      const { offsetMs, uncertaintyMs } = offsetOf(exchanges(ahead, ways));
      expect(Math.abs(offsetMs - ahead)).toBeLessThanOrEqual(uncertaintyMs + 1e-9);
    }
  });

  it('that has drifted during the run makes the times between both less sure', () => {
    const error = clockError(
      { offsetMs: 5, uncertaintyMs: 0.05 },
      { offsetMs: 5.3, uncertaintyMs: 0.1 },
    );
    expect(error.driftMs).toBeCloseTo(0.3, 9);
    expect(error.uncertaintyMs).toBeCloseTo(0.4, 9);
  });
});
