import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.js';

describe("the server's time", () => {
  it("[CLIENT-13] is the device's own before the first exchange", () => {
    const clock = new ServerClock({ monotonic: () => 5, wall: () => 777 });
    expect(clock.now()).toBe(777);
    expect(clock.uncertaintyMs).toBeNull();
  });

  it('[CLIENT-13] takes the middle of the round trip, and the tightest one', () => {
    let now = 1_000;
    const clock = new ServerClock({ monotonic: () => now, wall: () => 0 });
    clock.sample(50_000, 800);
    expect(clock.now()).toBe(50_100);
    expect(clock.uncertaintyMs).toBe(100);
    now = 2_000;
    clock.sample(51_050, 1_980);
    expect(clock.now()).toBe(51_060);
    clock.sample(99_000, 1_500);
    expect(clock.now()).toBe(51_060);
    now = 3_000;
    expect(clock.now()).toBe(52_060);
  });
});
