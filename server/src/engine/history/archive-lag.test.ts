import { describe, expect, it } from 'vitest';
import { ArchiveLag } from './archive-lag.js';

function open() {
  const clock = { time: 1_000_000, now: () => clock.time };
  const told: unknown[] = [];
  const lag = new ArchiveLag(clock, { note: (type, payload) => void told.push([type, payload]) });
  return { clock, lag, told };
}

describe('the lag of the archive', () => {
  it('is nothing to speak of while rounds follow each other', () => {
    const { clock, lag, told } = open();
    for (let round = 0; round < 100; round++) {
      lag.waits(clock.time - 900);
      lag.settle();
      clock.time += 800;
    }
    expect([lag.ms, told]).toEqual([900, []]);
    lag.settle();
    expect(lag.ms).toBe(0);
  });

  it('is told when it begins, and when it ends with how long it was', () => {
    const { clock, lag, told } = open();
    const since = clock.time;
    for (let round = 0; round < 6; round++) {
      // The archive is away: no round ends.
      clock.time += 4_000;
      lag.waits(since);
      lag.waits(clock.time - 5);
    }
    expect(told).toEqual([['archive-lag', { state: 'begins', lagMs: 12_000 }]]);
    expect(lag.ms).toBe(24_000);
    lag.settle();
    lag.waits(clock.time - 4_000);
    lag.settle();
    // Not yet where it usually is.
    expect(told).toHaveLength(1);
    lag.waits(clock.time - 300);
    lag.settle();
    expect(told.slice(1)).toEqual([['archive-lag', { state: 'ends', lagMs: 24_000 }]]);
  });

  it('begins and ends anew each time, and a clock that is behind makes it no less than nothing', () => {
    const { clock, lag, told } = open();
    for (let times = 0; times < 2; times++) {
      lag.waits(clock.time - 11_000);
      lag.settle();
      lag.waits(clock.time + 50);
      expect(lag.ms).toBe(0);
      lag.settle();
    }
    expect(told).toHaveLength(4);
  });
});
