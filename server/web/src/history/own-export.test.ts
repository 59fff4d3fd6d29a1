import { type Entry, PinroomError } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import type { ReadPage } from './channel-log.js';
import { writeOwnExport } from './own-export.js';

function entry(channel: string, id: string, more: Partial<Entry> = {}): Entry {
  return { id, roomId: 'r', channel, type: 'text', from: null, payload: 1, at: 0, ...more };
}

const pages: { [question: string]: Entry[] } = {
  'room 0-0': [entry('room', '1-0'), entry('room', '1-1'), entry('room', '1-2')],
  'room 1-2': [entry('room', '2-0', { after: '1-0' })],
  'user:u 0-0': [entry('user:u', '1-0')],
};

const read: ReadPage = async ({ channel, after }) => ({
  entries: pages[`${channel} ${after}`] ?? [],
  nextCursor: `${channel} ${after}` === 'room 0-0' ? '1-2' : null,
  source: 'archive',
});

describe('what a member may read, as a file', () => {
  const never = new AbortController().signal;

  it('has all channels from their beginning, without what was voided', async () => {
    const seen: number[] = [];
    const onEntries = (count: number) => seen.push(count);
    const text = await writeOwnExport(read, ['room', 'user:u'], { signal: never, onEntries });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ channel, id }) => `${channel} ${id}`)).toEqual([
      'room 1-0',
      'room 2-0',
      'user:u 1-0',
    ]);
    expect(seen).toEqual([3, 4, 3]);
  });

  it('is none where a page cannot be had', async () => {
    const broken: ReadPage = (options) =>
      options.after === '1-2' ? Promise.reject(new PinroomError('room_not_found')) : read(options);
    const written = writeOwnExport(broken, ['room'], { signal: never, onEntries: () => {} });
    await expect(written).rejects.toMatchObject({ code: 'room_not_found' });
  });

  it('is none where one has given up', async () => {
    const stop = new AbortController();
    const onEntries = () => stop.abort();
    const written = writeOwnExport(read, ['room'], { signal: stop.signal, onEntries });
    await expect(written).rejects.toThrow();
  });
});
