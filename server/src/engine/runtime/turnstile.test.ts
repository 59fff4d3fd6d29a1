import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

/** Work that ends when it is told to. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    end: (name: string) => ends.get(name)?.(),
    work: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      }),
  };
}

describe('a turnstile', () => {
  it('lets as many through at once as it may, the others in their order', async () => {
    const turnstile = new Turnstile({
      name: 'The door',
      atOnce: 2,
      maxWaiting: 10,
      maxWaitMs: 1_000,
      clock: { now: () => 0 },
    });
    const { begun, end, work } = works();
    const done = ['a', 'b', 'c', 'd'].map((name) => turnstile.run(work(name)));
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await done[1];
    await Promise.resolve();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await Promise.all([done[0], done[2]]);
    end('d');
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses who comes when too many wait, and who has waited too long', async () => {
    let now = 0;
    const turnstile = new Turnstile({
      name: 'The door',
      atOnce: 1,
      maxWaiting: 2,
      maxWaitMs: 1_000,
      clock: { now: () => now },
    });
    const { begun, end, work } = works();
    const first = turnstile.run(work('a'));
    const late = turnstile.run(work('b'));
    now = 500;
    const next = turnstile.run(work('c'));
    await expect(turnstile.run(work('d'))).rejects.toMatchObject({ code: 'unavailable' });
    now = 1_200;
    end('a');
    await first;
    await expect(late).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(begun).toEqual(['a', 'c']);
    end('c');
    expect(await next).toBe('c');
  });

  it('goes on after work that fails', async () => {
    const turnstile = new Turnstile({
      name: 'The door',
      atOnce: 1,
      maxWaiting: 2,
      maxWaitMs: 1_000,
      clock: { now: () => 0 },
    });
    const failing = turnstile.run(() => Promise.reject(new Error('no')));
    const next = turnstile.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await turnstile.run(async () => 'again')).toBe('again');
  });
});
