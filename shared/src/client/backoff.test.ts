import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe('waiting times', () => {
  it('[CLIENT-6] double their bound up to the cap, and start again after a reset', () => {
    const backoff = new Backoff({ random: () => 0.5 });
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => backoff.next())).toEqual([
      125, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
    backoff.reset();
    expect(backoff.next()).toBe(125);
  });

  it('[CLIENT-6] never fall below what the server asked for', () => {
    const backoff = new Backoff({ random: () => 0 });
    expect(backoff.next(3_000)).toBe(3_000);
  });
});
