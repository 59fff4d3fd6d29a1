import { compareEntryIds, type Entry } from '@pinroom/client/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noMetrics } from '../runtime/metrics.js';
import { BlockReader } from './block-reader.js';
import type { ArchiveRange, EntryArchive } from './entry-archive.port.js';
import type { HotEntries } from './hot-entries.js';
import type { BlockKey, PageCache } from './page-cache.port.js';
import { HistoryReader } from './read-history.js';

const ROOM = { roomId: 'r', channel: 'room' };

function inRange(entries: readonly Entry[], range: ArchiveRange): Entry[] {
  const { after, before, limit, take } = range;
  const found = entries.filter(
    ({ id }) =>
      (after === null || compareEntryIds(id, after) > 0) &&
      (before === null || compareEntryIds(id, before) < 0),
  );
  return take === 'oldest' ? found.slice(0, limit) : found.slice(-limit);
}

/** A channel of which the feed keeps the newest end and the archive the rest, some held by both. */
class Channel {
  readonly all: Entry[] = [];
  readonly kept = new Map<string, Entry[]>();
  readonly hot: Entry[];
  readonly archived: Entry[];
  archiveReads = 0;

  /** @param epochs how many entries each epoch has. */
  constructor(epochs: readonly number[], hot: number, archived: number) {
    for (const [n, length] of epochs.entries()) {
      for (let seq = 0; seq < length; seq++) {
        const last = this.all.at(-1);
        const after = seq === 0 && last ? { after: last.id } : {};
        this.all.push({ ...ROOM, id: `${(n + 1) * 1_000}-${seq}`, ...after } as Entry);
      }
    }
    this.hot = this.all.slice(this.all.length - Math.min(hot, this.all.length));
    const atLeast = this.all.length - this.hot.length;
    this.archived = this.all.slice(0, Math.max(atLeast, Math.min(archived, this.all.length)));
  }

  reader(): HistoryReader {
    const feed: HotEntries = {
      read: async (range) => inRange(this.hot, range),
      top: async () => this.all.at(-1)?.id ?? null,
    };
    const archive: Pick<EntryArchive, 'readEntries' | 'readBlock'> = {
      readEntries: async (range) => {
        this.archiveReads += 1;
        return inRange(this.archived, range);
      },
      readBlock: async ({ epoch, from, size }) => {
        this.archiveReads += 1;
        return this.archived.filter(({ id }) => {
          const [e, seq] = id.split('-').map(Number);
          return e === epoch && (seq ?? 0) >= from && (seq ?? 0) < from + size;
        });
      },
    };
    const name = (key: BlockKey) => `${key.epoch} ${key.block} ${key.size}`;
    const cache: Pick<PageCache, 'get' | 'put'> = {
      get: async (key) => this.kept.get(name(key)) ?? null,
      put: async (key, entries) => void this.kept.set(name(key), [...entries]),
    };
    const blocks = new BlockReader(archive as EntryArchive, cache as PageCache);
    return new HistoryReader(feed, blocks, noMetrics);
  }
}

const channels = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 350 }), { maxLength: 4 }),
    fc.integer({ min: 0, max: 500 }),
    fc.integer({ min: 0, max: 1_000 }),
  )
  .map(([epochs, hot, archived]) => new Channel(epochs, hot, archived));

async function pages(
  reader: HistoryReader,
  direction: 'before' | 'after',
  start: string | undefined,
  limit: number,
): Promise<Entry[][]> {
  const found: Entry[][] = [];
  let cursor = start;
  for (;;) {
    const page = await reader.read({ ...ROOM, [direction]: cursor, limit });
    found.push([...page.entries]);
    if (!page.more) return found;
    expect(page.entries).toHaveLength(limit);
    cursor = (direction === 'before' ? page.entries[0] : page.entries.at(-1))?.id;
  }
}

describe('reading a history that lies in the feed and in the archive', () => {
  it('gives every entry once and in order, paging back', async () => {
    await fc.assert(
      fc.asyncProperty(channels, fc.integer({ min: 1, max: 200 }), async (channel, limit) => {
        const found = await pages(channel.reader(), 'before', undefined, limit);
        expect(found.reverse().flat()).toEqual(channel.all);
      }),
      { numRuns: 150 },
    );
  });

  it('gives every entry once and in order, paging forward from anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        channels,
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        async (channel, limit, from) => {
          const start = channel.all[from % (channel.all.length + 1)];
          const found = await pages(channel.reader(), 'after', start?.id ?? '0-0', limit);
          const rest = start ? channel.all.slice(channel.all.indexOf(start) + 1) : channel.all;
          expect(found.flat()).toEqual(rest);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('asks the archive for the newest page once, also where it ends in the middle of a block', async () => {
    const channel = new Channel([7, 1_020], 0, 2_000);
    const reader = channel.reader();
    const question = { ...ROOM, limit: 50 };
    expect((await reader.read(question)).entries).toEqual(channel.all.slice(-50));
    const { archiveReads } = channel;
    const again = await reader.read(question);
    expect(again).toMatchObject({ source: 'redis', more: true });
    expect(again.entries).toEqual(channel.all.slice(-50));
    const after = channel.all.at(-10)?.id;
    expect((await reader.read({ ...question, after })).entries).toEqual(channel.all.slice(-9));
    expect(channel.archiveReads).toBe(archiveReads);
  });

  it('gives nobody what the first entry of a later epoch has voided, also before the archive knows', async () => {
    const channel = new Channel([200], 0, 200);
    const first = { ...ROOM, id: '2000-0', after: '1000-94' } as Entry;
    channel.all.push(first);
    channel.hot.push(first);
    const reader = channel.reader();
    const { entries } = await reader.read({ ...ROOM, after: '1000-90', limit: 10 });
    expect(entries.map(({ id }) => id)).toEqual([
      ...[91, 92, 93, 94].map((seq) => `1000-${seq}`),
      '2000-0',
    ]);
  });

  it('finds what is archived where the newest entries were lost and nothing new came', async () => {
    const channel = new Channel([321], 0, 321);
    channel.archived.splice(96);
    const { entries } = await channel.reader().read({ ...ROOM, limit: 50 });
    expect(entries.map(({ id }) => id)).toEqual(channel.archived.slice(-50).map(({ id }) => id));
  });

  it('asks the archive for an old page once: the second reading comes from Redis', async () => {
    const channel = new Channel([1_000], 100, 1_000);
    const reader = channel.reader();
    const question = { ...ROOM, before: '1000-500', limit: 50 };
    expect((await reader.read(question)).source).toBe('archive');
    const reads = channel.archiveReads;
    expect((await reader.read(question)).source).toBe('redis');
    expect(channel.archiveReads).toBe(reads);
  });

  it('does not ask the archive for what the feed has', async () => {
    const channel = new Channel([1_000], 100, 1_000);
    const reader = channel.reader();
    expect((await reader.read({ ...ROOM, limit: 99 })).source).toBe('redis');
    expect((await reader.read({ ...ROOM, after: '1000-950', limit: 200 })).more).toBe(false);
    expect((await reader.read({ ...ROOM, after: '1000-999', limit: 200 })).entries).toEqual([]);
    expect(channel.archiveReads).toBe(0);
  });

  it('lets readers of the same block wait for one question to the archive', async () => {
    const channel = new Channel([1_000], 100, 1_000);
    const reader = channel.reader();
    const question = { ...ROOM, before: '1000-470', limit: 50 };
    await Promise.all(Array.from({ length: 50 }, () => reader.read(question)));
    expect(channel.archiveReads).toBe(1);
  });
});
