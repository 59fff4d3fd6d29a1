import { escaped } from '../load/svg-chart.js';
import type { Bar, BarChart } from './section.js';

const WIDTH = 720;
const NAMES = 190;
const FIGURES = 80;
const BAR = 18;
const ROW = 28;
const TOP = 44;
/** Readable on a light and on a dark page. */
const INK = '#6b7280';
const OURS = '#2563eb';
const OTHERS = '#9ca3af';

/** Bars under each other, as an SVG of its own. */
export function barChart({ title, unit, bars }: BarChart): string {
  const most = Math.max(...bars.map(({ value, spread = 0 }) => value + spread), Number.EPSILON);
  const scale = (value: number) => Math.round((value / most) * (WIDTH - NAMES - FIGURES));
  const height = TOP + bars.length * ROW + 8;
  const rows = bars.map((bar, n) => row(bar, TOP + n * ROW, scale));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13">
<text x="0" y="16" fill="${INK}" font-weight="600">${escaped(title)}</text>
<text x="0" y="34" fill="${INK}">${escaped(unit)}</text>
${rows.join('\n')}
</svg>
`;
}

function row({ name, value, spread, isOurs }: Bar, y: number, scale: (value: number) => number) {
  const end = NAMES + scale(value);
  const middle = y + BAR / 2;
  const range =
    spread === undefined
      ? ''
      : `<path d="M${end - scale(spread)} ${middle}H${end + scale(spread)}" stroke="${INK}"/>`;
  return (
    `<text x="${NAMES - 10}" y="${y + 13}" text-anchor="end" fill="${INK}">${escaped(name)}</text>` +
    `<rect x="${NAMES}" y="${y}" width="${Math.max(1, end - NAMES)}" height="${BAR}" rx="2" fill="${isOurs ? OURS : OTHERS}"/>` +
    range +
    `<text x="${end + scale(spread ?? 0) + 8}" y="${y + 13}" fill="${INK}">${value.toFixed(2)}</text>`
  );
}
