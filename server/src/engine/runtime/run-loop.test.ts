import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { silentLogger } from './logger.js';
import { runLoop } from './run-loop.js';

const options = { name: 'test', clock: systemClock, logger: silentLogger };

describe('a background loop', () => {
  it('goes on after a round that failed', async () => {
    let rounds = 0;
    const twice = new Promise<void>((resolve) => {
      const loop = runLoop({ ...options, everyMs: 1 }, async () => {
        rounds += 1;
        if (rounds === 1) throw new Error('once');
        loop.stop().then(resolve, resolve);
      });
    });
    await twice;
    expect(rounds).toBe(2);
  });

  it('waits for the round that runs when it is stopped', async () => {
    let finished = false;
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const loop = runLoop({ ...options, everyMs: 1 }, async () => {
      begun();
      await systemClock.sleep(20);
      finished = true;
    });
    await started;
    await loop.stop();
    expect(finished).toBe(true);
  });

  it('begins the next round at once when it is woken', async () => {
    let rounds = 0;
    let second: () => void = () => {};
    const woken = new Promise<void>((resolve) => {
      second = resolve;
    });
    const loop = runLoop({ ...options, everyMs: 3_600_000 }, async () => {
      rounds += 1;
      if (rounds === 2) second();
    });
    await systemClock.sleep(5);
    loop.wake();
    await woken;
    await loop.stop();
    expect(rounds).toBe(2);
  });
});
