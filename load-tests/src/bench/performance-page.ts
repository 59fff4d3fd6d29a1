import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { barChart } from './bar-chart.js';
import type { Section } from './section.js';

const BEGIN = '<!-- figures: written by `npm run bench -- --write` -->';
const END = '<!-- end of the figures -->';

/** What was measured, where. */
export interface Figures {
  readonly machine: string;
  readonly sections: readonly Section[];
  /** Whether these are all sections: else the others stay as they are. */
  readonly isWhole: boolean;
}

/** Puts the sections into the page, between its marks, and the charts beside it. */
export async function writePerformancePage(
  docs: string,
  { isWhole, machine, sections }: Figures,
): Promise<void> {
  const page = path.join(docs, 'performance.md');
  const charts = path.join(docs, 'performance');
  const text = await readFile(page, 'utf8');
  const [before, rest] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`${page} has lost its marks.`);
  const texts = [machine, ...sections.map(sectionText)];
  const figures = isWhole
    ? texts.join('\n\n')
    : replaced(text.slice(before + BEGIN.length, rest).trim(), texts);
  await writeFile(page, `${text.slice(0, before)}${BEGIN}\n\n${figures}\n\n${text.slice(rest)}`);
  await mkdir(charts, { recursive: true });
  for (const { chart } of sections) {
    if (chart) await writeFile(path.join(charts, `${chart.name}.svg`), barChart(chart));
  }
}

/** Sections in the place of those with the same title; rejects figures of another machine, and new titles. */
function replaced(figures: string, [machine = '', ...news]: readonly string[]): string {
  const parts = figures.split(/\n\n(?=### )/);
  if (parts[0] !== machine) throw new Error('The other figures are of another machine: run all.');
  for (const one of news) {
    const [title = ''] = one.split('\n', 1);
    const place = parts.findIndex((part) => part.startsWith(`${title}\n`));
    if (place < 0) throw new Error(`Nothing on the page is called ${title.slice(4)}: run all.`);
    parts[place] = one;
  }
  return parts.join('\n\n');
}

function sectionText({ title, about, command, columns, rows, chart }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [columns, columns.map((_, n) => (n === 0 ? '---' : '---:')), ...rows].map(line);
  const picture = chart ? [`![${chart.title}](performance/${chart.name}.svg)`] : [];
  return [`### ${title}`, about, table.join('\n'), ...picture, `Again: \`${command}\``].join(
    '\n\n',
  );
}
