/** One line of a chart; null: a gap. */
export interface ChartLine {
  readonly name: string;
  /** 1 to 5: its colour. */
  readonly colour: number;
  readonly values: readonly (number | null)[];
  readonly isFilled?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly about: string;
  /** Of the points; ascending. */
  readonly x: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Where the ticks of the x axis are, with their texts. */
  readonly ticks: readonly (readonly [number, string])[];
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
  /** Beside the axis; default: as for values. */
  readonly levelText?: (y: number) => string;
  /** Each tenfold is as high: small and large values are seen alike. */
  readonly isLogarithmic?: boolean;
}

const WIDTH = 560;
const HEIGHT = 220;
const LEFT = 62;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;
const LEVELS = 4;

/** A card with a chart in it, as SVG; the script of the page shows the values under the pointer. */
export function chartCard(chart: Chart): string {
  const scaleX = xScale(chart.x);
  const scale = yScale(chart);
  const drawn = chart.lines.map((line) => drawLine(line, chart.x, scaleX, scale));
  const legend = chart.lines
    .map(({ name, colour }) => `<li class="c${colour}"><i></i>${escaped(name)} <b></b></li>`)
    .join('');
  const data = JSON.stringify({
    left: LEFT / WIDTH,
    right: RIGHT / WIDTH,
    at: chart.x.map((x) => round(scaleX(x))),
    x: chart.x.map(chart.xText),
    y: chart.lines.map(({ values }) => values.map((y) => (y === null ? '–' : chart.yText(y)))),
  });
  return `<figure class="card chart" data-chart="${escaped(data)}">
<figcaption><h3>${escaped(chart.title)}</h3><p>${escaped(chart.about)}</p></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(chart.title)}">
${scale.levels.map((y) => level(y, scale.of(y), chart.levelText ?? chart.yText)).join('')}
${chart.ticks.map(([x, text]) => tick(scaleX(x), text)).join('')}
${drawn.join('')}
<line class="pointer" y1="${TOP}" y2="${HEIGHT - BOTTOM}" visibility="hidden"/>
</svg>
<ul class="legend">${legend}<li class="when"></li></ul>
</figure>`;
}

/** Ticks for seconds: so many that they do not touch. */
export function secondTicks(last: number): [number, string][] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400];
  const step = steps.find((candidate) => last / candidate <= 8) ?? 21_600;
  const ticks: [number, string][] = [];
  for (let at = 0; at <= last; at += step) ticks.push([at, secondsText(at)]);
  return ticks;
}

export function secondsText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  return rest === 0 ? `${minutes} min` : `${minutes}:${String(rest).padStart(2, '0')}`;
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function xScale(x: readonly number[]): (value: number) => number {
  const first = Math.min(0, x[0] ?? 0);
  const last = Math.max(x.at(-1) ?? 1, first + 0.001);
  return (value) => LEFT + ((value - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
}

interface YScale {
  readonly levels: readonly number[];
  of(value: number): number;
}

function yScale({ lines, isLogarithmic = false }: Chart): YScale {
  const values = lines.flatMap(({ values: all }) => all.filter((value) => value !== null));
  const most = values.length > 0 ? Math.max(...values) : 1;
  const height = HEIGHT - TOP - BOTTOM;
  if (isLogarithmic) {
    const least = Math.max(0.01, Math.min(...values.filter((value) => value > 0), most, 1_000));
    const from = Math.floor(Math.log10(least));
    const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(most, least))));
    const levels = Array.from({ length: to - from + 1 }, (_, n) => 10 ** (from + n));
    const share = (value: number) => (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from);
    return { levels, of: (value) => TOP + (1 - share(value)) * height };
  }
  const step = niceStep(most / LEVELS);
  const top = Math.max(step, Math.ceil(most / step) * step);
  const count = Math.round(top / step);
  const levels = Array.from({ length: count + 1 }, (_, n) => n * step);
  return { levels, of: (value) => TOP + (1 - value / top) * height };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

function drawLine(
  { colour, values, isFilled = false }: ChartLine,
  x: readonly number[],
  scaleX: (value: number) => number,
  scale: YScale,
): string {
  const parts: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) parts.push([]);
    else parts.at(-1)?.push(`${round(scaleX(x[index] ?? 0))},${round(scale.of(value))}`);
  });
  const base = HEIGHT - BOTTOM;
  return parts
    .filter((part) => part.length > 0)
    .map((part) => {
      const [first = '', last = ''] = [part[0], part.at(-1)];
      if (part.length === 1) {
        const [cx, cy] = first.split(',');
        return `<circle class="c${colour}" cx="${cx}" cy="${cy}" r="2.5"/>`;
      }
      const line = `<polyline class="c${colour}" points="${part.join(' ')}"/>`;
      if (!isFilled) return line;
      const [from, to] = [first.split(',')[0], last.split(',')[0]];
      return `<polygon class="c${colour}" points="${from},${base} ${part.join(' ')} ${to},${base}"/>${line}`;
    })
    .join('');
}

function level(value: number, y: number, text: (value: number) => string): string {
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y)}" y2="${round(y)}"/><text class="y" x="${LEFT - 8}" y="${round(y + 3.5)}">${escaped(text(value))}</text>`;
}

function tick(x: number, text: string): string {
  return `<text class="x" x="${round(x)}" y="${HEIGHT - 6}">${escaped(text)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
