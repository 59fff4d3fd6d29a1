import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { barChart } from './bar-chart.js';
import type { Section } from './section.js';

const BEGIN = '<!-- figures: written by `npm run bench -- --write` -->';
const END = '<!-- end of the figures -->';

/** Puts the sections into the page, between its marks, and the charts beside it. */
export async function writePerformancePage(
  docs: string,
  machine: string,
  sections: readonly Section[],
): Promise<void> {
  const page = path.join(docs, 'performance.md');
  const charts = path.join(docs, 'performance');
  await mkdir(charts, { recursive: true });
  for (const { chart } of sections) {
    if (chart) await writeFile(path.join(charts, `${chart.name}.svg`), barChart(chart));
  }
  const text = await readFile(page, 'utf8');
  const [before, rest] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`${page} has lost its marks.`);
  const figures = [machine, ...sections.map(sectionText)].join('\n\n');
  await writeFile(page, `${text.slice(0, before)}${BEGIN}\n\n${figures}\n\n${text.slice(rest)}`);
}

function sectionText({ title, about, command, columns, rows, chart }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [columns, columns.map((_, n) => (n === 0 ? '---' : '---:')), ...rows].map(line);
  const picture = chart ? [`![${chart.title}](performance/${chart.name}.svg)`] : [];
  return [`### ${title}`, about, table.join('\n'), ...picture, `Again: \`${command}\``].join(
    '\n\n',
  );
}
