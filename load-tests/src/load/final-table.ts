import { count, many, milliseconds } from './progress.js';
import { FAULT_WORDS, type LoadReport } from './report.js';

const HEAD = ['', 'count', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'];

/** What a run says at its end. */
export function finalTable(report: LoadReport, hasColours: boolean): string {
  const paint = (code: string, text: string) =>
    hasColours ? `\u001b[${code}m${text}\u001b[0m` : text;
  const rows = Object.entries(report.times).map(([name, { summary }]) => [
    name,
    count(summary.count),
    ...[summary.mean, summary.p50, summary.p90, summary.p99, summary.p999, summary.max].map(
      milliseconds,
    ),
  ]);
  const lines = [
    '',
    paint('1', titleOf(report)),
    ...aligned([HEAD, ...rows]),
    '',
    `entries       ${count(report.counts.sent ?? 0)} sent, ${count(report.counts.acked ?? 0)} acknowledged, ${count(report.entriesPerSecond)}/s`,
    `deliveries    ${count(report.counts.delivered ?? 0)}, ${count(report.deliveriesPerSecond)}/s${caughtUp(report)}`,
    `connections   ${connections(report)}`,
    `errors        ${codes(report.errors)}`,
    ...(Object.keys(report.expected).length > 0 ? [`expected      ${codes(report.expected)}`] : []),
    ...ownLines(report),
    `correctness   ${correctness(report)}`,
    ...reachedLimits(report).map((text) => paint('33', `! limit of this machine, ${text}`)),
    ...report.correctness.examples
      .slice(0, 5)
      .map(({ kind, channel, client, id, detail }) =>
        paint('31', `  ${kind} ${channel ?? ''} ${client ?? 'kept'} ${id ?? ''}: ${detail}`),
      ),
    ...report.failures.map((text) => paint('31', `✗ ${text}`)),
    report.passed ? paint('32', '✓ all is well') : paint('31', '✗ failed'),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Limits of the tool that were reached. */
export function reachedLimits({ limits }: LoadReport): string[] {
  return limits.filter(({ isReached }) => isReached).map(({ name, text }) => `${name}: ${text}`);
}

function titleOf({ scenario, load, ending, ranSeconds, client, workers }: LoadReport): string {
  const end = ending === 'complete' ? '' : `, ended early (${ending})`;
  return `${scenario.name}: ${load.rooms} × ${load.players}, ${load.rate}/s in each room, ${ranSeconds} s${end}; ${client}, ${many(workers, 'worker')}`;
}

function caughtUp({ counts }: LoadReport): string {
  const late = counts['caught-up'] ?? 0;
  return late > 0 ? `; ${count(late)} more to people who had been away` : '';
}

function connections({ counts, members }: LoadReport): string {
  const parts = [
    `${count(members - (counts.absent ?? 0))} of ${count(members)} members came in`,
    `${count(counts.disconnects ?? 0)} unwanted losses`,
    `${count(counts.resumes ?? 0)} times back`,
  ];
  if ((counts.unanswered ?? 0) > 0) parts.push(`${count(counts.unanswered ?? 0)} unanswered`);
  return parts.join(', ');
}

function codes(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([code, times]) => `${count(times)} ${code}`).join(', ') || 'none';
}

function ownLines({ counts }: LoadReport): string[] {
  const usual = ['sent', 'acked', 'delivered', 'caught-up', 'unanswered', 'disconnects'];
  const known = [...usual, 'resumes', 'absent'];
  return Object.entries(counts)
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => `${name.padEnd(13)} ${count(value)}`);
}

function correctness({ correctness: { isKnown, clients, entries, seen, faults } }: LoadReport) {
  if (!isKnown) return 'unknown: what was kept could not be read back';
  const wrong = Object.entries(faults).filter(([, value]) => value > 0);
  const basis = `${count(clients)} clients, ${count(entries)} entries, ${count(seen)} times seen`;
  if (wrong.length === 0) return `nothing lost, repeated, out of order or astray (${basis})`;
  const said = wrong.map(([name, value]) => {
    return `${count(value)} ${FAULT_WORDS[name as keyof typeof FAULT_WORDS]}`;
  });
  return `${said.join('; ')} (${basis})`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
