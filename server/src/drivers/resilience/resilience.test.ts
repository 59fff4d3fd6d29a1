import { describe, expect, it } from 'vitest';
import { AppError } from '../../engine/runtime/app-error.js';
import { Resilience } from './resilience.js';
import { type Resilient, retry } from './retry.js';

const DEADLINE_MS = 400;

const isLost = (fault: unknown) => fault instanceof Error && fault.message === 'lost';
const lost = () => new Error('lost');

/** Fails as told, call after call, then answers. */
class Flaky implements Resilient {
  readonly resilience = new Resilience({
    name: 'It',
    deadlineMs: DEADLINE_MS,
    firstPauseMs: 10,
    longestPauseMs: 50,
    isTransient: isLost,
  });
  readonly faults: Error[];
  calls = 0;

  constructor(...faults: Error[]) {
    this.faults = faults;
  }

  @retry()
  async ask(...answer: string[]): Promise<string[]> {
    this.calls += 1;
    const fault = this.faults.shift();
    if (fault) throw fault;
    return answer;
  }

  /** The first attempt fails quickly, the second one takes for ever. */
  @retry()
  async hangAfterFault(): Promise<void> {
    this.calls += 1;
    if (this.calls === 1) throw lost();
    await new Promise(() => {});
  }
}

describe('@retry() without a breaker', () => {
  it('makes one attempt where there is no fault, with the arguments as they are', async () => {
    const flaky = new Flaky();
    expect(await flaky.ask('a', 'b')).toEqual(['a', 'b']);
    expect(flaky.calls).toBe(1);
  });

  it('repeats three times, and no attempt is made twice', async () => {
    const flaky = new Flaky(lost(), lost(), lost());
    expect(await flaky.ask('a')).toEqual(['a']);
    expect(flaky.calls).toBe(4);
  });

  it('gives up after that, with a code and the cause', async () => {
    const flaky = new Flaky(lost(), lost(), lost(), lost());
    await expect(flaky.ask('a')).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 1_000,
      cause: { message: 'lost' },
    });
    expect(flaky.calls).toBe(4);
  });

  it.each([new TypeError('x is undefined'), new AppError('conflict')])(
    'hands on %s as it is, at once or after a repeat',
    async (fault) => {
      const atOnce = new Flaky(fault);
      await expect(atOnce.ask('a')).rejects.toBe(fault);
      expect(atOnce.calls).toBe(1);
      const later = new Flaky(lost(), fault);
      await expect(later.ask('a')).rejects.toBe(fault);
      expect(later.calls).toBe(2);
    },
  );

  it('answers at the deadline, counted from the first attempt', async () => {
    const flaky = new Flaky();
    const start = performance.now();
    await expect(flaky.hangAfterFault()).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeGreaterThan(DEADLINE_MS - 50);
    expect(performance.now() - start).toBeLessThan(DEADLINE_MS + 500);
    expect(flaky.calls).toBe(2);
  });
});
