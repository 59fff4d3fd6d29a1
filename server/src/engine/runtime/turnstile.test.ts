import { describe, expect, it } from 'vitest';
import { unavailable } from './app-error.js';
import { Turnstile, type TurnstileOptions } from './turnstile.js';

/** A clock that is wound by hand, and a turnstile that goes by it. */
function open(options: Partial<TurnstileOptions> = {}) {
  let now = 0;
  const alarms = new Set<{ at: number; run: () => void }>();
  const clock = {
    now: () => now,
    after(ms: number, run: () => void) {
      const alarm = { at: now + ms, run };
      alarms.add(alarm);
      return { cancel: () => void alarms.delete(alarm) };
    },
  };
  const turnstile = new Turnstile({
    name: 'The door',
    atOnce: 2,
    handOverMs: 100,
    maxWaiting: 10,
    maxWaitMs: 1_000,
    impatientMs: 400,
    clock,
    ...options,
  });
  const begun: string[] = [];
  const ends = new Map<string, (fault?: unknown) => void>();
  const run = (name: string) =>
    turnstile.run(
      () =>
        new Promise<string>((resolve, reject) => {
          begun.push(name);
          ends.set(name, (fault) => (fault ? reject(fault) : resolve(name)));
        }),
    );
  return {
    begun,
    run,
    end: (name: string, fault?: unknown) => ends.get(name)?.(fault),
    async wind(ms: number) {
      now += ms;
      for (const alarm of [...alarms]) {
        if (alarm.at > now || !alarms.delete(alarm)) continue;
        alarm.run();
      }
      await settled();
    },
    openAlarms: () => alarms.size,
  };
}

async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await Promise.resolve();
}

describe('a turnstile', () => {
  it('lets as many through at once as it may, the others in their order', async () => {
    const { begun, end, openAlarms, run } = open();
    const done = ['a', 'b', 'c', 'd'].map(run);
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await settled();
    end('d');
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd']);
    expect(openAlarms()).toBe(0);
    const later = ['e', 'f', 'g'].map(run);
    expect(begun.slice(4)).toEqual(['e', 'f']);
    for (const name of ['e', 'f']) end(name);
    await settled();
    end('g');
    await Promise.all(later);
  });

  it('does not let work that waits for something else hold up what comes behind it', async () => {
    const { begun, end, run, wind } = open();
    const done = ['a', 'b', 'c', 'd', 'e'].map(run);
    await wind(100);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['a', 'b']) end(name);
    await settled();
    // Their places are taken already.
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    end('c');
    await settled();
    for (const name of ['d', 'e']) end(name);
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses who comes when too many wait, and who has waited too long', async () => {
    const { begun, run, wind } = open({ atOnce: 1, handOverMs: 5_000, maxWaiting: 2 });
    void run('a');
    const late = run('b');
    void late.catch(() => {});
    await wind(500);
    void run('c').catch(() => {});
    await expect(run('d')).rejects.toMatchObject({ code: 'unavailable' });
    await wind(500);
    await expect(late).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(begun).toEqual(['a']);
  });

  it('refuses who has waited for a while once a backend is away, and keeps who just came', async () => {
    const { begun, end, run, wind } = open({ atOnce: 1, handOverMs: 5_000 });
    const first = run('a');
    const waiting = run('b');
    void waiting.catch(() => {});
    await wind(500);
    const justCame = run('c');
    end('a', unavailable('Redis'));
    await expect(first).rejects.toMatchObject({ code: 'unavailable' });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    expect(begun).toEqual(['a', 'c']);
    end('c');
    expect(await justCame).toBe('c');
  });

  it('goes on after work that fails', async () => {
    const { end, run } = open({ atOnce: 1 });
    const failing = run('a');
    const next = run('b');
    end('a', new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await settled();
    end('b');
    expect(await next).toBe('b');
  });
});
