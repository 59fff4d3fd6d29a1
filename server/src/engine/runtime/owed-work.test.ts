import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { silentLogger } from './logger.js';
import { OwedWork } from './owed-work.js';

describe('work that is owed', () => {
  it('is done at once where that works', async () => {
    const owed = new OwedWork(systemClock, silentLogger);
    let done = 0;
    await owed.attempt('a', async () => void done++);
    await owed.stop();
    expect(done).toBe(1);
  });

  it('is tried again until it works, and holds up nothing else', async () => {
    const owed = new OwedWork(systemClock, silentLogger);
    let isAway = true;
    const done: string[] = [];
    await owed.attempt('broken', () => Promise.reject(new Error('never')));
    await owed.attempt('late', async () => {
      if (isAway) throw new Error('away');
      done.push('late');
    });
    isAway = false;
    await owed.stop();
    await owed.stop();
    expect(done).toEqual(['late']);
  });

  it('is not done once it is no longer wanted', async () => {
    const owed = new OwedWork(systemClock, silentLogger);
    let tries = 0;
    await owed.attempt('a', async () => {
      tries += 1;
      throw new Error('away');
    });
    owed.cancel('a');
    await owed.stop();
    expect(tries).toBe(1);
  });
});
