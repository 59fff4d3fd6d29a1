import { reachedLimits } from './final-table.js';
import { count, many, milliseconds } from './progress.js';
import { FAULT_WORDS, type LoadReport } from './report.js';
import { chartsOf } from './report-charts.js';
import { HOVER_SCRIPT, STYLE } from './report-style.js';
import { chartCard, escaped } from './svg-chart.js';

/** One page that needs nothing else: no request, no file, in the light and in the dark. */
export function reportPage(report: LoadReport): string {
  const { scenario, startedAt } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(scenario.name)} · Pinroom load test · ${escaped(startedAt.slice(0, 10))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${header(report)}
${tiles(report)}
${notes(report)}
<section class="charts" aria-label="Charts">${chartsOf(report).map(chartCard).join('\n')}</section>
${timesTable(report)}
<div class="columns">
${correctnessTable(report)}
${answersTable(report)}
${conditionsTable(report)}
${limitsTable(report)}
</div>
${footer(report)}
</main>
<script>${HOVER_SCRIPT}</script>
</body>
</html>
`;
}

function header(report: LoadReport): string {
  const { scenario, passed, load, ranSeconds, client, workers, server, ending } = report;
  const early = ending === 'complete' ? '' : ` · ended early (${ending})`;
  const facts = [
    `${many(load.rooms, 'room')} × ${many(load.players, 'player')}`,
    `${load.rate} entries/s in each room`,
    `${ranSeconds} s${early}`,
    client,
    many(workers, 'worker'),
    server,
    `${report.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
  ];
  return `<header>
<p class="brand">Pinroom load test</p>
<div class="title"><h1>${escaped(scenario.name)}</h1><span class="verdict ${passed ? 'good' : 'bad'}">${passed ? 'passed' : 'failed'}</span></div>
<p class="about">${escaped(scenario.about)}</p>
<ul class="facts">${facts.map((fact) => `<li>${escaped(fact)}</li>`).join('')}</ul>
</header>`;
}

function tiles(report: LoadReport): string {
  const { times, correctness, counts, members } = report;
  const delivery = times.delivery?.summary;
  const wrong = Object.values(correctness.faults).reduce((sum, value) => sum + value, 0);
  const errors = Object.values(report.errors).reduce((sum, value) => sum + value, 0);
  const shown = [
    ['p50', milliseconds(delivery?.p50 ?? null), 'schedule to reader', ''],
    ['p99', milliseconds(delivery?.p99 ?? null), 'schedule to reader', ''],
    ['Entries', `${count(report.entriesPerSecond)}/s`, `${count(counts.sent ?? 0)} in all`, ''],
    [
      'Deliveries',
      `${count(report.deliveriesPerSecond)}/s`,
      `${count(counts.delivered ?? 0)} in all`,
      '',
    ],
    [
      'Came in',
      count(members - (counts.absent ?? 0)),
      `of ${count(members)} members`,
      (counts.absent ?? 0) > 0 ? 'bad' : '',
    ],
    ['Errors', count(errors), 'answers of the server', errors > 0 ? 'bad' : 'good'],
    [
      'Wrong',
      correctness.isKnown ? count(wrong) : '?',
      'lost, repeated, out of order, astray',
      wrong > 0 || !correctness.isKnown ? 'bad' : 'good',
    ],
  ];
  return `<section class="tiles" aria-label="Key figures">${shown
    .map(
      ([name = '', value = '', about = '', tone = '']) =>
        `<div class="card tile ${tone}"><h2>${escaped(name)}</h2><strong>${escaped(value)}</strong><p>${escaped(about)}</p></div>`,
    )
    .join('')}</section>`;
}

/** What a reader must not overlook. */
function notes(report: LoadReport): string {
  const failures = report.failures.map((text) => `<li>${escaped(text)}</li>`);
  const limits = reachedLimits(report).map((text) => `<li>${escaped(text)}</li>`);
  const failed =
    failures.length > 0
      ? `<section class="card note bad"><h2>Why it failed</h2><ul>${failures.join('')}</ul></section>`
      : '';
  const reached =
    limits.length > 0
      ? `<section class="card note careful"><h2>Limits of this machine were reached</h2><p>Do not take the figures for the server’s alone.</p><ul>${limits.join('')}</ul></section>`
      : '';
  return failed + reached;
}

function timesTable({ times }: LoadReport): string {
  const rows = Object.entries(times).map(([name, { about, summary }]) => [
    name,
    count(summary.count),
    ...[summary.mean, summary.p50, summary.p90, summary.p99, summary.p999, summary.max].map(
      milliseconds,
    ),
    about,
  ]);
  const head = ['', 'count', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max', 'what it is'];
  return card('Times', table(head, rows, 'numbers'), 'wide');
}

function correctnessTable({ correctness }: LoadReport): string {
  const { faults, isKnown, clients, entries, seen, examples } = correctness;
  if (!isKnown) return card('Correctness', '<p>What was kept could not be read back.</p>');
  const rows = Object.entries(faults).map(([name, value]) => [
    name,
    count(value),
    FAULT_WORDS[name as keyof typeof FAULT_WORDS],
  ]);
  const first = examples.slice(0, 20).map(({ kind, channel, client, id, detail }) => {
    return `<li>${escaped(`${kind} · ${channel ?? '–'} · ${client ?? 'kept'} · ${id ?? '–'}: ${detail}`)}</li>`;
  });
  const list = first.length > 0 ? `<ol class="examples">${first.join('')}</ol>` : '';
  const basis = `<p>${count(clients)} clients compared with ${count(entries)} entries that the server has kept; they were seen ${count(seen)} times.</p>`;
  return card('Correctness', basis + table(['', 'count', ''], rows) + list);
}

function answersTable({ errors, expected, counts }: LoadReport): string {
  const rows = [
    ...Object.entries(errors).map(([code, times]) => [code, count(times), 'error']),
    ...Object.entries(expected).map(([code, times]) => [code, count(times), 'expected here']),
    ...Object.entries(counts).map(([name, value]) => [name, count(value), 'counted']),
  ];
  return card('Answers and counts', table(['', 'count', ''], rows));
}

function conditionsTable({ conditions }: LoadReport): string {
  if (conditions.length === 0) return '';
  const rows = conditions.map(({ text, value, isMet }) => [
    text,
    value === null ? 'never measured' : String(Math.round(value * 1_000) / 1_000),
    isMet ? 'met: failed' : 'not met',
  ]);
  return card('Fails if', table(['condition', 'value', ''], rows));
}

function limitsTable({ limits, clock, conditions }: LoadReport): string {
  const rows = limits.map(({ name, isReached, text }) => [
    name,
    isReached ? 'reached' : 'ok',
    text,
  ]);
  const between =
    clock.splitRooms > 0
      ? `Members of ${many(clock.splitRooms, 'room')} were in several processes`
      : 'All rooms were whole in one process, so that deliveries are measured on one clock';
  const clocks = `<p>${between}. The processes’ clocks agree to ± ${clock.uncertaintyMs} ms (drift ${clock.driftMs} ms).</p>`;
  const style = conditions.length > 0 ? '' : 'wide';
  return card('Limits of the machine that tests', table(['', '', ''], rows) + clocks, style);
}

function footer({ seed }: LoadReport): string {
  return `<footer><p>Sends happen on a fixed schedule, whatever becomes of the ones before, and every latency counts from the schedule: what waits for a slow server is counted as waiting. Histograms keep three digits (HdrHistogram). Seed ${seed}.</p></footer>`;
}

function card(title: string, body: string, style = ''): string {
  return `<section class="card table ${style}"><h2>${escaped(title)}</h2>${body}</section>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], style = ''): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  const hasHead = head.some((cell) => cell !== '');
  return `<div class="scroll"><table class="${style}">${hasHead ? `<thead><tr>${cells(head, 'th')}</tr></thead>` : ''}<tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('')}</tbody></table></div>`;
}
