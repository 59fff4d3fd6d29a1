import { describe, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { Retention, type RetentionParts } from './retention.js';

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

/** What is done to the rooms that the archive names, and from when on it was asked. */
function rig(archiveDays: number, old: readonly string[]) {
  const done: string[] = [];
  const asked: number[] = [];
  const parts = {
    archive: {
      async listClosedBefore(at: number, limit: number) {
        asked.push(at);
        return old.slice(0, limit);
      },
      async forgetSessions(at: number) {
        asked.push(at);
        return 0;
      },
    },
    members: { deleteRoom: async (id: string) => void done.push(`archive ${id}`) },
    pages: { forget: async (id: string) => void done.push(`pages ${id}`) },
    rooms: { retire: async (id: string, ttlMs: number) => void done.push(`store ${id} ${ttlMs}`) },
    clock: { ...systemClock, now: () => NOW },
    logger: silentLogger,
    archiveDays,
  };
  return { retention: new Retention(parts as unknown as RetentionParts), done, asked };
}

describe('what is kept of closed rooms', () => {
  it('is everything, for ever, unless it is said for how many days', async () => {
    const { asked, done, retention } = rig(0, ['a']);
    await retention.round();
    expect([done, asked]).toEqual([[], [NOW - DAY_MS]]);
  });

  it('is gone after these days: from the archive first, then from what is quick to read', async () => {
    const { asked, done, retention } = rig(30, ['a', 'b']);
    await retention.round();
    expect(asked).toEqual([NOW - DAY_MS, NOW - 30 * DAY_MS]);
    expect(done).toEqual(
      ['a', 'b'].flatMap((id) => [`archive ${id}`, `pages ${id}`, `store ${id} 0`]),
    );
  });

  it('goes in small parts, as deletions keep the database busy', async () => {
    const { done, retention } = rig(
      1,
      Array.from({ length: 100 }, (_, n) => `${n}`),
    );
    await retention.round();
    expect(done.length / 3).toBe(20);
  });
});
