import { type Entry, type EntryPage, type HistoryOptions, PinroomError } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { ChannelLog, type ReadPage } from './channel-log.js';

function entry(id: string, more: Partial<Entry> = {}): Entry {
  const text = { text: id };
  return {
    id,
    roomId: 'r',
    channel: 'room',
    type: 'text',
    from: null,
    payload: text,
    at: 0,
    ...more,
  };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(`1-${from + index}`));

/** A server that has these entries, and answers with `size` of them at once. */
function serving(entries: readonly Entry[], size: number) {
  const asked: HistoryOptions[] = [];
  const read: ReadPage = async (options) => {
    asked.push(options);
    const { before, after } = options;
    const at = (id: string) => entries.findIndex((one) => one.id === id);
    const from =
      after === undefined
        ? Math.max(0, (before ? at(before) : entries.length) - size)
        : at(after) + 1;
    const to = after === undefined ? (before ? at(before) : entries.length) : from + size;
    const page = entries.slice(from, to);
    const more = after === undefined ? from > 0 : to < entries.length;
    const edge = after === undefined ? page[0] : page.at(-1);
    return {
      entries: page,
      nextCursor: more && edge ? edge.id : null,
      source: 'redis',
    } satisfies EntryPage;
  };
  return { read, asked };
}

const idsOf = (log: ChannelLog) =>
  log.chunks.value.flatMap(({ entries }) => entries.map(({ id }) => id));

describe('what is loaded of a channel', () => {
  it('grows from the newest back to the beginning', async () => {
    const { read } = serving(numbered(0, 9), 4);
    const log = new ChannelLog(read);
    expect([log.isLoaded.value, log.isWhole.value]).toEqual([false, false]);
    await log.older();
    expect(idsOf(log)).toEqual(['1-6', '1-7', '1-8', '1-9']);
    expect([log.isLoaded.value, log.isWhole.value]).toEqual([true, false]);
    await log.older();
    await log.older();
    expect(idsOf(log)).toEqual(numbered(0, 9).map(({ id }) => id));
    expect([log.isWhole.value, log.count.value]).toEqual([true, 10]);
  });

  it('knows an empty channel', async () => {
    const log = new ChannelLog(serving([], 4).read);
    await log.older();
    expect([log.isLoaded.value, log.isWhole.value, log.count.value]).toEqual([true, true, 0]);
  });

  it('is asked for once, however often', async () => {
    const { read, asked } = serving(numbered(0, 9), 4);
    const log = new ChannelLog(read);
    await Promise.all([log.older(), log.older()]);
    expect(asked).toHaveLength(1);
  });

  it('is loaded whole, through what passes', async () => {
    const { read } = serving(numbered(0, 9), 4);
    let calls = 0;
    const log = new ChannelLog((options) => {
      calls += 1;
      if (calls === 2) return Promise.reject(new PinroomError('rate_limited', undefined, 1));
      return read(options);
    });
    await log.all();
    expect([log.isWhole.value, log.count.value, log.fault.value]).toEqual([true, 10, null]);
  });

  it('stays as it is when a page cannot be had, and goes on from there', async () => {
    const { read } = serving(numbered(0, 9), 4);
    let isBroken = false;
    const log = new ChannelLog((options) =>
      isBroken ? Promise.reject(new PinroomError('forbidden')) : read(options),
    );
    await log.older();
    isBroken = true;
    await log.older();
    expect(log.fault.value).toMatchObject({ code: 'forbidden' });
    expect(log.count.value).toBe(4);
    isBroken = false;
    await log.older();
    expect([log.fault.value, log.count.value]).toEqual([null, 8]);
  });

  it('takes in what is new, and drops what a later epoch has voided', async () => {
    const entries = numbered(0, 3);
    const { read } = serving(entries, 10);
    const log = new ChannelLog(read);
    await log.older();
    entries.splice(2, 2, entry('2-0', { after: '1-1' }), entry('2-1'));
    // The server that lost the newest answers behind what survived.
    const after = new ChannelLog(read);
    await after.older();
    expect(idsOf(after)).toEqual(['1-0', '1-1', '2-0', '2-1']);
    entries.push(entry('2-2'));
    await after.newer();
    expect(idsOf(after)).toEqual(['1-0', '1-1', '2-0', '2-1', '2-2']);
    const held = new ChannelLog(async ({ after: from }) => ({
      entries: from ? [entry('3-0', { after: '1-1' })] : numbered(0, 3),
      nextCursor: null,
      source: 'redis',
    }));
    await held.older();
    await held.newer();
    expect(idsOf(held)).toEqual(['1-0', '1-1', '3-0']);
  });

  it('drops what an older page holds above the end of its epoch', async () => {
    const pages: { [before: string]: Entry[] } = {
      none: [entry('2-0', { after: '1-1' }), entry('2-1')],
      '2-0': numbered(0, 3),
    };
    const log = new ChannelLog(async ({ before = 'none' }) => ({
      entries: pages[before] ?? [],
      nextCursor: before === 'none' ? '2-0' : null,
      source: 'redis',
    }));
    await log.older();
    await log.older();
    expect(idsOf(log)).toEqual(['1-0', '1-1', '2-0', '2-1']);
  });

  it('counts types, and knows what was asked', async () => {
    const question = { text: 'Why?', options: ['a', 'b'], number: 3 };
    const entries = [
      entry('1-0'),
      entry('1-1', { type: 'question', payload: question }),
      entry('1-2'),
    ];
    const log = new ChannelLog(serving(entries, 10).read);
    await log.older();
    expect(log.types.value).toEqual([
      ['text', 2],
      ['question', 1],
    ]);
    expect([...log.questions.value.keys()]).toEqual(['1-1', '#3']);
  });
});
