import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/engine/runtime/clock.js';

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock for the engine that stands still until a test winds it. */
export class HandWoundClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #now = 1_800_000_000_000;

  now = (): number => this.#now;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const alarm = this.after(ms, resolve);
      const wake = () => {
        alarm.cancel();
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });

  after = (ms: number, ring: () => void): { cancel(): void } => {
    const alarm = { at: this.#now + ms, ring };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  };

  /** Lets time pass, and everything happen that happens in it. */
  async wind(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#alarms].sort((a, b) => a.at - b.at);
      if (!next || next.at > until) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      await settled();
    }
    this.#now = until;
  }
}

/** Promises that wait for nothing but each other are done. */
async function settled(): Promise<void> {
  for (let times = 0; times < 3; times++) await turn();
}
