import type { Entry } from '@pinroom/client';
import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { type Chunk, toChunk } from './chunk.js';
import { LogSearch } from './log-search.js';

let seq = 0;
function chunk(...texts: readonly (readonly [type: string, text: string])[]): Chunk {
  const made = toChunk(
    texts.map(([type, text]): Entry => {
      const id = `1-${seq++}`;
      return { id, roomId: 'r', channel: 'room', type, from: null, payload: { text }, at: 0 };
    }),
  );
  if (!made) throw new Error('A chunk needs entries.');
  return made;
}

describe('the search in what is loaded', () => {
  it('finds across chunks, steps from the newest back and round the end', () => {
    const older = chunk(['text', 'A café'], ['text', 'nothing']);
    const newer = chunk(['text', 'The CAFE'], ['chat', 'cafe too']);
    const search = new LogSearch(signal([older, newer]));
    search.look('  Café ');
    const [first, , third, fourth] = [...older.entries, ...newer.entries].map(({ id }) => id);
    expect(search.hits.value).toEqual([first, third, fourth]);
    expect([search.step(1), search.step(1), search.step(1), search.step(1)]).toEqual([
      fourth,
      third,
      first,
      fourth,
    ]);
    expect(search.step(-1)).toBe(first);
  });

  it('looks only through the types that are shown, and through chunks that come later', () => {
    const chunks = signal([chunk(['text', 'cafe'], ['chat', 'cafe'])]);
    const search = new LogSearch(chunks);
    search.look('cafe');
    search.toggle('chat');
    expect(search.hits.value).toHaveLength(1);
    chunks.value = [chunk(['chat', 'cafe again']), ...chunks.value];
    expect(search.hits.value).toHaveLength(2);
    search.toggle('chat');
    expect(search.hits.value).toHaveLength(3);
  });

  it('finds nothing for nothing, and has nowhere to go then', () => {
    const search = new LogSearch(signal([chunk(['text', 'cafe'])]));
    expect([search.hits.value, search.step(1)]).toEqual([[], null]);
  });

  it('does not reach from one text into the next', () => {
    const asked = { text: 'one', options: ['two', 'three'] };
    const [entry] = chunk(['question', '']).entries;
    const made = entry && toChunk([{ ...entry, payload: asked }]);
    const search = new LogSearch(signal(made ? [made] : []));
    search.look('two');
    expect(search.hits.value).toHaveLength(1);
    search.look('onetwo');
    expect(search.hits.value).toHaveLength(0);
  });
});
