import { describe, expect, it } from 'vitest';
import { unavailable } from '../runtime/app-error.js';
import { ArchivedKeys } from './archived-keys.js';
import type { MessageName } from './entry-archive.port.js';

function nameOf(key: string): MessageName {
  return { roomId: 'r', channel: 'room', userId: 'u', key };
}

describe('asking the archive for keys', () => {
  it('puts all who ask meanwhile into one question, and gives each their own answer', async () => {
    const questions: string[][] = [];
    const keys = new ArchivedKeys({
      clock: { now: () => 2_000 },
      dedupeMs: 600,
      archive: {
        findByKeys: async (names, since) => {
          expect(since).toBe(800);
          questions.push(names.map(({ key }) => key));
          await new Promise((answered) => setTimeout(answered, 1));
          return names.map(({ key }) => (key === 'none' ? null : { id: `7-${key}`, at: 1 }));
        },
      },
    });
    const first = ['1', 'none', '2'].map((key) => keys.find(nameOf(key)));
    await Promise.resolve();
    const second = ['3', '4'].map((key) => keys.find(nameOf(key)));
    const found = await Promise.all([...first, ...second]);
    expect(found.map((entry) => entry?.id ?? null)).toEqual(['7-1', null, '7-2', '7-3', '7-4']);
    expect(questions).toEqual([
      ['1', 'none', '2'],
      ['3', '4'],
    ]);
  });

  it('refuses who would wait for longer than their senders do', async () => {
    let now = 0;
    let answer = () => {};
    const keys = new ArchivedKeys({
      clock: { now: () => now },
      dedupeMs: 600,
      archive: {
        findByKeys: async (names) => {
          await new Promise<void>((answered) => {
            answer = answered;
          });
          return names.map(() => null);
        },
      },
    });
    const first = keys.find(nameOf('1'));
    await Promise.resolve();
    await Promise.resolve();
    const late = keys.find(nameOf('2'));
    now = 1_000;
    const inTime = keys.find(nameOf('3'));
    now = 2_000;
    answer();
    expect(await first).toBeNull();
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
    answer();
    expect(await inTime).toBeNull();
    const many = Array.from({ length: 3_000 }, (_, n) => keys.find(nameOf(`${n}`)));
    await expect(many.at(-1)).rejects.toMatchObject({ code: 'unavailable' });
    many.forEach((asking) => void asking.catch(() => {}));
  });

  it('tells everybody when the archive is away, and asks again for the next one', async () => {
    let isAway = true;
    const keys = new ArchivedKeys({
      clock: { now: () => 1_000 },
      dedupeMs: 600,
      archive: {
        findByKeys: async (names) => {
          if (isAway) throw unavailable('The archive');
          return names.map(() => null);
        },
      },
    });
    const refused = await Promise.allSettled(['1', '2'].map((key) => keys.find(nameOf(key))));
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await keys.find(nameOf('1'))).toBeNull();
  });
});
