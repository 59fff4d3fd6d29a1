import { describe, expect, it } from 'vitest';
import { AppError } from '../../engine/runtime/app-error.js';
import { silentLogger } from '../../engine/runtime/logger.js';
import type { Resilience } from '../resilience/resilience.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { postgresResilience } from './postgres-resilience.js';
import { ConnectionFault, DatabaseBusy } from './sql-faults.js';

/** Fails as told, call after call, then answers. */
class Flaky implements Resilient {
  readonly resilience: Resilience;
  readonly faults: unknown[];
  calls = 0;

  constructor(faults: unknown[], deadlineMs = 3_000) {
    this.resilience = postgresResilience('It', silentLogger, deadlineMs);
    this.faults = faults;
  }

  @retry()
  async ask(answer: string): Promise<string> {
    this.calls += 1;
    if (this.faults.length > 0) throw this.faults.shift();
    return answer;
  }

  @retry()
  async hang(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

const serverError = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' });

describe('@retry() on calls to PostgreSQL', () => {
  it.each([
    ['a lost connection', new ConnectionFault('gone')],
    ['a deadlock', serverError('40P01')],
    ['a lock held too long', serverError('55P03')],
    ['a server that shuts down', serverError('57P01')],
    ['a server that takes no writes', serverError('25006')],
  ])('repeats after %s', async (_, fault) => {
    const flaky = new Flaky([fault, fault]);
    expect(await flaky.ask('yes')).toBe('yes');
    expect(flaky.calls).toBe(3);
  });

  it.each([
    ['a fault of the data', serverError('23505')],
    ['a bug', new TypeError('x is undefined')],
    ['an answer', new AppError('conflict')],
  ])('hands on %s as it is, once', async (_, fault) => {
    const flaky = new Flaky([fault]);
    await expect(flaky.ask('yes')).rejects.toBe(fault);
    expect(flaky.calls).toBe(1);
  });

  it('does not repeat what waits in too long a queue', async () => {
    const flaky = new Flaky([new DatabaseBusy()]);
    await expect(flaky.ask('yes')).rejects.toMatchObject({ code: 'unavailable' });
    expect(flaky.calls).toBe(1);
  });

  it('takes a server that takes no writes for one that is away', async () => {
    const flaky = new Flaky(Array.from({ length: 9 }, () => serverError('25006')));
    await expect(flaky.ask('yes')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives up at the deadline', async () => {
    const flaky = new Flaky([], 300);
    const start = performance.now();
    const call = flaky.hang(1_000);
    await expect(call).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(950);
  });

  it('answers at once after several failures in a row, and tries again a second later', async () => {
    const flaky = new Flaky(Array.from({ length: 5 }, () => new ConnectionFault('away')));
    await expect(flaky.ask('yes')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(flaky.ask('yes')).rejects.toMatchObject({ code: 'unavailable' });
    const { calls } = flaky;
    expect(calls).toBe(5);
    await expect(flaky.ask('yes')).rejects.toMatchObject({ code: 'unavailable' });
    expect(flaky.calls).toBe(calls);
    await expect.poll(() => flaky.ask('yes').catch(() => 'no'), { timeout: 2_000 }).toBe('yes');
  });
});
