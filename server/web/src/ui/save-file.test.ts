import { describe, expect, it } from 'vitest';
import { fileName, readWhole } from './save-file.js';

describe('the name of a file', () => {
  it('is made of words in any language, and the day', () => {
    expect(fileName('Pub quiz: 3/4 «final»', '2026-05-03', 'ndjson')).toBe(
      'Pub-quiz-3-4-final-2026-05-03.ndjson',
    );
    expect(fileName('مسابقة العلوم', '2026-05-03', 'ndjson')).toBe(
      'مسابقة-العلوم-2026-05-03.ndjson',
    );
  });

  it('is never empty, never too long and leads nowhere', () => {
    expect(fileName(' … ', '2026-05-03', 'csv')).toBe('pinroom-2026-05-03.csv');
    expect(fileName('../../etc', '2026-05-03', 'csv')).toBe('etc-2026-05-03.csv');
    expect(fileName('a'.repeat(120), '2026-05-03', 'csv').length).toBeLessThan(80);
  });
});

describe('a stream as one file', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const streamOf = (...parts: readonly (string | Error)[]) => {
    const left = [...parts];
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) controller.close();
        else if (typeof next === 'string') controller.enqueue(bytes(next));
        else controller.error(next);
      },
    });
  };
  const never = new AbortController().signal;

  it('is all of it, with progress', async () => {
    const seen: number[] = [];
    const stream = streamOf('ab', 'c');
    const options = { signal: never, onBytes: (count: number) => seen.push(count) };
    const file = await readWhole(stream, 'text/plain', options);
    expect([await file.text(), file.type, seen]).toEqual(['abc', 'text/plain', [2, 3]]);
  });

  it('is none where it breaks off', async () => {
    const reading = readWhole(streamOf('ab', new Error('cut')), '', {
      signal: never,
      onBytes: () => {},
    });
    await expect(reading).rejects.toThrow('cut');
  });

  it('is none where one has given up', async () => {
    const stop = new AbortController();
    const stream = streamOf('ab', 'c');
    const options = { signal: stop.signal, onBytes: () => stop.abort() };
    await expect(readWhole(stream, '', options)).rejects.toThrow();
  });
});
