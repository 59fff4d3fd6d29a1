import type { SystemEntry } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { AppError, unavailable } from '../runtime/app-error.js';
import type { SystemLogRange } from '../runtime/system-log.port.js';
import { SystemLogReader } from './read-system-log.js';

const NEWEST = { before: null, after: null, limit: 3, type: null };

/** Ten entries: the first six are archived, the last six still hot. */
class House {
  isStoreAway = false;
  isArchiveAway = false;
  asked: string[] = [];
  hot = [5, 6, 7, 8, 9, 10];
  readonly archived = [1, 2, 3, 4, 5, 6];

  readonly reader = new SystemLogReader(
    {
      read: async (range) => {
        this.asked.push('store');
        if (this.isStoreAway) throw unavailable('Redis');
        const isSeamless = this.hot.some((n) => idOf(n) === range.after);
        return { entries: pick(this.hot, range), isSeamless };
      },
    },
    {
      read: async (range) => {
        this.asked.push('archive');
        if (this.isArchiveAway) throw unavailable('PostgreSQL');
        return pick(this.archived, range);
      },
    },
  );

  async read(question: { before?: string; after?: string; limit?: number }) {
    this.asked = [];
    const page = await this.reader.read({ ...NEWEST, ...question });
    return [page.entries.map(({ id }) => numberOf(id)), page.nextCursor, page.source];
  }
}

const idOf = (n: number) => `1000-${n}`;
const numberOf = (id: string) => Number(id.slice(5));

function pick(numbers: readonly number[], { after, before, limit, take }: SystemLogRange) {
  const found = numbers
    .filter(
      (n) => (after === null || n > numberOf(after)) && (before === null || n < numberOf(before)),
    )
    .map((n) => ({ id: idOf(n) }) as SystemEntry);
  return take === 'oldest' ? found.slice(0, limit) : found.slice(-limit);
}

describe('the log of the system, read', () => {
  it('comes from the store alone while that holds enough', async () => {
    const house = new House();
    expect(await house.read({})).toEqual([[8, 9, 10], idOf(8), 'redis']);
    expect(house.asked).toEqual(['store']);
  });

  it('goes back into the archive without a seam, to the very beginning', async () => {
    const house = new House();
    expect(await house.read({ before: idOf(7) })).toEqual([[4, 5, 6], idOf(4), 'archive']);
    expect(await house.read({ before: idOf(4) })).toEqual([[1, 2, 3], null, 'archive']);
    expect(await house.read({ before: idOf(1) })).toEqual([[], null, 'redis']);
  });

  it('goes forward through the archive into the store, and ends where it ends', async () => {
    const house = new House();
    expect(await house.read({ after: idOf(0), limit: 4 })).toEqual([
      [1, 2, 3, 4],
      idOf(4),
      'archive',
    ]);
    expect(await house.read({ after: idOf(3), limit: 4 })).toEqual([
      [4, 5, 6, 7],
      idOf(7),
      'archive',
    ]);
    expect(await house.read({ after: idOf(6), limit: 4 })).toEqual([[7, 8, 9, 10], null, 'redis']);
    expect(house.asked).toEqual(['store']);
    expect(await house.read({ after: idOf(10) })).toEqual([[], null, 'redis']);
  });

  it('comes from the archive when the store has lost everything', async () => {
    const house = new House();
    house.hot = [];
    expect(await house.read({})).toEqual([[4, 5, 6], idOf(4), 'archive']);
    expect(await house.read({ after: idOf(4) })).toEqual([[5, 6], null, 'archive']);
  });

  it('is what the store has while the archive is away, and says that there is more', async () => {
    const house = new House();
    house.isArchiveAway = true;
    expect(await house.read({ limit: 50 })).toEqual([[5, 6, 7, 8, 9, 10], idOf(5), 'redis']);
    await expect(house.read({ before: idOf(5) })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is what the archive has while the store is away', async () => {
    const house = new House();
    house.isStoreAway = true;
    expect(await house.read({})).toEqual([[4, 5, 6], idOf(4), 'archive']);
    house.isArchiveAway = true;
    await expect(house.read({})).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is read in one direction at a time', async () => {
    const both = { before: idOf(5), after: idOf(1) };
    await expect(new House().read(both)).rejects.toThrow(AppError);
    await expect(new House().read(both)).rejects.toMatchObject({ code: 'bad_request' });
  });
});
