import { compareEntryIds, type Entry, LIMITS } from '@pinroom/client/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Metrics, noMetrics } from '../runtime/metrics.js';
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

/** As the feed gives it: at least one entry, and as many as fit. */
function fitting(entries: readonly Entry[], range: ArchiveRange & { maxBytes: number }) {
  const inOrder = range.take === 'oldest' ? entries : [...entries].reverse();
  let bytes = 0;
  const end = inOrder.findIndex((entry, n) => {
    bytes += JSON.stringify(entry).length;
    return n > 0 && bytes > range.maxBytes;
  });
  const found = end < 0 ? [...inOrder] : inOrder.slice(0, end);
  return { entries: range.take === 'oldest' ? found : found.reverse(), isCut: end >= 0 };
}

/** A channel of which the feed keeps the newest end and the archive the rest, some held by both. */
class Channel {
  readonly all: Entry[] = [];
  readonly kept = new Map<string, Entry[]>();
  readonly hot: Entry[];
  readonly archived: Entry[];
  archiveReads = 0;
  /** What was counted, with its source. */
  readonly counted: [string, string | undefined][] = [];

  /** Entries that came from the archive. */
  entriesRead = 0;

  /**
   * @param epochs how many entries each epoch has.
   * @param sizes of payloads, in turn; none: no payloads.
   */
  constructor(
    epochs: readonly number[],
    hot: number,
    archived: number,
    sizes: readonly number[] = [],
  ) {
    for (const [n, length] of epochs.entries()) {
      for (let seq = 0; seq < length; seq++) {
        const last = this.all.at(-1);
        const after = seq === 0 && last ? { after: last.id } : {};
        const size = sizes[this.all.length % sizes.length];
        const payload = size === undefined ? {} : { payload: 'x'.repeat(size) };
        const id = `${(n + 1) * 1_000}-${seq}`;
        this.all.push({ ...ROOM, id, ...after, ...payload } as Entry);
      }
    }
    this.hot = this.all.slice(this.all.length - Math.min(hot, this.all.length));
    const atLeast = this.all.length - this.hot.length;
    this.archived = this.all.slice(0, Math.max(atLeast, Math.min(archived, this.all.length)));
  }

  reader(): HistoryReader {
    const feed: HotEntries = {
      read: async (range) => fitting(inRange(this.hot, range), range),
      top: async () => this.all.at(-1)?.id ?? null,
    };
    const archive: Pick<EntryArchive, 'readEntries' | 'readBlock'> = {
      readEntries: async (range) => {
        this.archiveReads += 1;
        const found = inRange(this.archived, range);
        this.entriesRead += found.length;
        return found;
      },
      readBlock: async ({ epoch, from, size }) => {
        this.archiveReads += 1;
        const found = this.archived.filter(({ id }) => {
          const [e, seq] = id.split('-').map(Number);
          return e === epoch && (seq ?? 0) >= from && (seq ?? 0) < from + size;
        });
        this.entriesRead += found.length;
        return found;
      },
    };
    const name = (key: BlockKey) => `${key.epoch} ${key.block} ${key.size}`;
    const cache: Pick<PageCache, 'get' | 'put'> = {
      get: async (key) => this.kept.get(name(key)) ?? null,
      put: async (key, entries) => void this.kept.set(name(key), [...entries]),
    };
    const blocks = new BlockReader(archive as EntryArchive, cache as PageCache);
    const count: Metrics['count'] = (name, labels) => this.counted.push([name, labels?.source]);
    return new HistoryReader(feed, blocks, { ...noMetrics, count });
  }
}

const channels = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 350 }), { maxLength: 4 }),
    fc.integer({ min: 0, max: 500 }),
    fc.integer({ min: 0, max: 1_000 }),
  )
  .map(([epochs, hot, archived]) => new Channel(epochs, hot, archived));

const idOf = ({ id }: Entry) => id;

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
    const bytes = page.entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
    // An answer is as long as was wanted, or as large as it may be.
    if (bytes < LIMITS.answerBytes - MOST_BYTES) expect(page.entries).toHaveLength(limit);
    if (page.entries.length > 1) expect(bytes).toBeLessThanOrEqual(LIMITS.answerBytes);
    cursor = (direction === 'before' ? page.entries[0] : page.entries.at(-1))?.id;
  }
}

/** Of an entry of `large`. */
const MOST_BYTES = 70_000;
const large = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 180 }),
    fc.array(fc.constantFrom(0, 300, 15_500, 65_000), { minLength: 1, maxLength: 7 }),
  )
  .map(([epochs, hot, archived, sizes]) => new Channel(epochs, hot, archived, sizes));

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

  it('gives every entry once and in order where entries are large, paging back and forward', async () => {
    await fc.assert(
      fc.asyncProperty(large, fc.integer({ min: 1, max: 200 }), async (channel, limit) => {
        const back = await pages(channel.reader(), 'before', undefined, limit);
        expect(back.reverse().flat().map(idOf)).toEqual(channel.all.map(idOf));
        const forward = await pages(channel.reader(), 'after', '0-0', limit);
        expect(forward.flat().map(idOf)).toEqual(channel.all.map(idOf));
      }),
      { numRuns: 60 },
    );
  });

  it('reads no more blocks of large entries than an answer holds', async () => {
    const channel = new Channel([500], 0, 500, [15_500]);
    const question = { ...ROOM, limit: 200 };
    for (const bound of [{ before: '1000-450' }, { after: '1000-150' }, { after: '0-0' }]) {
      channel.entriesRead = 0;
      const page = await channel.reader().read({ ...question, ...bound });
      expect(page).toMatchObject({ more: true });
      expect(page.entries).toHaveLength(16);
      expect(channel.entriesRead).toBeLessThanOrEqual(100);
    }
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
    const read = 'pinroom_history_reads_total';
    expect(channel.counted).toEqual(['archive', 'cache', 'cache'].map((source) => [read, source]));
    const hot = new Channel([60], 60, 60);
    await hot.reader().read(question);
    expect(hot.counted).toEqual([[read, 'redis']]);
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
