import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writePerformancePage } from './performance-page.js';
import type { Section } from './section.js';

const section = (title: string, figure: string): Section => ({
  title,
  about: 'What it is.',
  command: 'npm run bench',
  columns: ['', 'µs'],
  rows: [['raw', figure]],
});

async function openPage() {
  const docs = await mkdtemp(path.join(tmpdir(), 'pinroom-page-'));
  onTestFinished(() => rm(docs, { recursive: true }));
  const page = path.join(docs, 'performance.md');
  const marks = [
    '<!-- figures: written by `npm run bench -- --write` -->',
    '<!-- end of the figures -->',
  ];
  await writeFile(page, `Before.\n\n${marks.join('\n')}\n\nAfter.\n`);
  const write = (sections: readonly Section[], isWhole: boolean, machine = 'A machine.') =>
    writePerformancePage(docs, { machine, sections, isWhole });
  await write([section('Joins', '1'), section('Joins, again', '2'), section('Pins', '3')], true);
  return { write, text: () => readFile(page, 'utf8') };
}

describe('the page of figures', () => {
  test('gets all of a whole run between its marks, and keeps what is around them', async () => {
    const { text } = await openPage();
    const [before, figures = '', after] = (await text()).split(/<!-- .* -->/);
    expect([before, after]).toEqual(['Before.\n\n', '\n\nAfter.\n']);
    expect(figures.trim()).toMatch(/^A machine\.\n\n### Joins\n.*\| raw \| 1 \|.*### Pins/s);
  });

  test('gets those of one part in their place, the others stay', async () => {
    const { text, write } = await openPage();
    const before = await text();
    await write([section('Joins', '7')], false);
    expect(await text()).toBe(before.replace('| raw | 1 |', '| raw | 7 |'));
  });

  test('takes no part of another machine, and none that it does not know', async () => {
    const { text, write } = await openPage();
    const before = await text();
    await expect(write([section('Joins', '7')], false, 'Another.')).rejects.toThrow('run all');
    await expect(write([section('New', '7')], false)).rejects.toThrow('New: run all');
    expect(await text()).toBe(before);
  });
});
