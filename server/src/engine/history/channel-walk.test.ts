import { compareEntryIds, type Entry } from '@pinroom/client/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelWalk } from './channel-walk.js';
import type { ArchiveRange } from './entry-archive.port.js';
import { successor } from './entry-cursor.js';

const ROOM = { roomId: 'r', channel: 'room' };

function entryOf(id: string, after?: string): Entry {
  return { ...ROOM, id, ...(after === undefined ? {} : { after }) } as Entry;
}

/** As many entries as are said for each epoch; an epoch goes on behind the last one before it. */
function entriesOf(epochs: readonly number[]): Entry[] {
  const entries: Entry[] = [];
  for (const [epoch, length] of epochs.entries()) {
    for (let seq = 0; seq < length; seq++) {
      entries.push(entryOf(`${epoch + 1}-${seq}`, seq === 0 ? entries.at(-1)?.id : undefined));
    }
  }
  return entries;
}

function inRange(entries: readonly Entry[], range: Omit<ArchiveRange, 'roomId' | 'channel'>) {
  return entries
    .filter(({ id }) => range.after === null || compareEntryIds(id, range.after) > 0)
    .filter(({ id }) => range.before === null || compareEntryIds(id, range.before) < 0)
    .slice(0, range.limit);
}

/** A channel that lies in the archive and in the feed; `beforeLook` may change both. */
class Channel {
  archive: Entry[];
  feed: Entry[];
  looks = 0;
  beforeLook: () => void = () => {};

  constructor(archive: readonly Entry[], feed: readonly Entry[]) {
    this.archive = [...archive];
    this.feed = [...feed];
  }

  walk(): ChannelWalk {
    const [top, archived = null] = [this.feed.at(-1)?.id, this.archive.at(-1)?.id];
    const end = top && (!archived || compareEntryIds(top, archived) > 0) ? top : (archived ?? '');
    const look = (from: () => readonly Entry[]) => {
      this.looks++;
      this.beforeLook();
      return from();
    };
    const archive = {
      readEntries: async (range: ArchiveRange) =>
        inRange(
          look(() => this.archive),
          range,
        ),
    };
    const feed = {
      read: async (range: ArchiveRange) => ({
        entries: inRange(
          look(() => this.feed),
          range,
        ),
        isCut: false,
      }),
    };
    return new ChannelWalk({ archive, feed }, { ...ROOM, end, archived });
  }
}

async function idsOf(walk: ChannelWalk, limit = 3): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const page = await walk.next(limit, 1_000);
    expect(page.length).toBeLessThanOrEqual(limit);
    if (page.length === 0) return found;
    found.push(...page.map(({ id }) => id));
  }
}

const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id);

describe('a walk through a channel', () => {
  it('gives every entry once and in order, whatever is archived, trimmed and said meanwhile', async () => {
    const epochs = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        epochs,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 5 })),
        async (lengths, archivedWish, hotWish, limit, steps) => {
          const all = entriesOf(lengths);
          let archived = Math.min(archivedWish, all.length);
          let trimmed = Math.min(archived, Math.max(0, all.length - hotWish));
          const channel = new Channel(all.slice(0, archived), all.slice(trimmed));
          const wanted = ids(all);
          const walk = channel.walk();
          const step = () => steps.next().value ?? 0;
          channel.beforeLook = () => {
            if (step() > 3) all.push(entryOf(successor(all.at(-1)?.id ?? '')));
            archived = Math.min(all.length, archived + step());
            trimmed = Math.min(archived, trimmed + step());
            channel.archive = all.slice(0, archived);
            channel.feed = all.slice(trimmed);
          };
          expect(await idsOf(walk, limit)).toEqual(wanted);
        },
      ),
    );
  });

  it('leaves out what is void, also where the archive does not know of it yet', async () => {
    const lost = entriesOf([6]);
    const next = [entryOf('2-0', '1-3'), entryOf('2-1')];
    const channel = new Channel(lost, next);
    expect(await idsOf(channel.walk())).toEqual(['1-0', '1-1', '1-2', '1-3', '2-0', '2-1']);
    expect(await idsOf(new Channel(lost, [entryOf('2-0')]).walk())).toEqual(['2-0']);
  });

  it('ends in order where the rest of what was wanted became void', async () => {
    const channel = new Channel(entriesOf([6]), []);
    const walk = channel.walk();
    channel.beforeLook = () => {
      if (channel.looks < 2) return;
      channel.archive = [...entriesOf([5]), entryOf('2-0', '1-4')];
    };
    expect(await idsOf(walk)).toEqual(['1-0', '1-1', '1-2', '1-3', '1-4']);
  });

  it('fails where the rest is gone, instead of ending early', async () => {
    for (const looks of [1, 2]) {
      const channel = new Channel(entriesOf([8]), []);
      const walk = channel.walk();
      channel.beforeLook = () => {
        if (channel.looks >= looks) channel.archive = [];
      };
      await expect(idsOf(walk)).rejects.toMatchObject({ code: 'unavailable' });
    }
  });

  it('begins late where the older entries were erased, and is empty where all were', async () => {
    const kept = entriesOf([9]).slice(5);
    expect(await idsOf(new Channel([], kept).walk())).toEqual(ids(kept));
    const walk = new ChannelWalk(
      {
        archive: { readEntries: async () => [] },
        feed: { read: async () => ({ entries: [], isCut: false }) },
      },
      { ...ROOM, end: '1-8', archived: null },
    );
    expect(await idsOf(walk)).toEqual([]);
  });

  it('asks nobody again once it has come to its end', async () => {
    const channel = new Channel(entriesOf([4]), []);
    const walk = channel.walk();
    await walk.next(10, 1_000);
    const { looks } = channel;
    expect(await walk.next(10, 1_000)).toEqual([]);
    expect([looks, channel.looks]).toEqual([1, 1]);
  });
});
