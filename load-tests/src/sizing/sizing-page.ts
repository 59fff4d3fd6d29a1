import { readFile, writeFile } from 'node:fs/promises';
import type { Section } from '../bench/section.js';
import { ladderTable } from './ladder-table.js';
import { loadOf, PROFILES } from './load-profile.js';
import { detailTable, headroomWords, houseTable, STEPS } from './sizing-tables.js';
import { bytesTable, cpuTable } from './unit-tables.js';

const BEGIN = '<!-- sizes: written by `npm run sizing -- --write` -->';
const END = '<!-- end of the sizes -->';

/** What stands between the marks of `docs/operations.md`. */
export function sizingText(): string {
  const loads = Object.entries(PROFILES).flatMap(([name, profile]) =>
    STEPS.map((sockets) => [name, loadOf(profile, sockets)] as const),
  );
  const profiles = Object.entries(PROFILES).map(
    ([name, { about, membersPerRoom }]) => `*${name}*: ${about} (rooms of ${membersPerRoom})`,
  );
  return [
    '### How large for how many',
    `${profiles.join('; ')}.`,
    markdown(houseTable(loads)),
    headroomWords(),
    '### What gives in first',
    'A quiz:',
    markdown(ladderTable(PROFILES.quiz)),
    'A party:',
    markdown(ladderTable(PROFILES.party)),
    '### The arithmetic of a quiz',
    markdown(detailTable(STEPS.map((sockets) => loadOf(PROFILES.quiz, sockets)))),
    '### What one thing costs',
    markdown(cpuTable()),
    markdown(bytesTable()),
  ].join('\n\n');
}

/** The page with its tables as the model has them now. */
export function withSizes(page: string): string {
  const [before, rest] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || rest < before)
    throw new Error('docs/operations.md has lost its marks for sizes.');
  return `${page.slice(0, before)}${BEGIN}\n\n${sizingText()}\n\n${page.slice(rest)}`;
}

/** Puts the tables into the page, between its marks. */
export async function writeSizingPage(page: string): Promise<void> {
  await writeFile(page, withSizes(await readFile(page, 'utf8')));
}

function markdown({ columns, rows }: Pick<Section, 'columns' | 'rows'>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
