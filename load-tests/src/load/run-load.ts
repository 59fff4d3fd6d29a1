import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { helpText, type LoadPlan, readPlan, UsageError } from './arguments.js';
import { wallNow } from './clock-offset.js';
import { finalTable } from './final-table.js';
import type { LoadHouse, Surroundings } from './load-house.js';
import { LoadRun } from './load-run.js';
import { connectionLimits, readSystemLimits } from './machine-limits.js';
import { Progress } from './progress.js';
import { type LoadReport, reportOf } from './report.js';
import { reportPage } from './report-page.js';

const ANSWER_MS = 5_000;
const STATUS = { well: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export { UsageError };

/** `npm run load`: from the command line to the exit status. */
export async function runLoad(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { write } = surroundings;
  const plan = await readPlan(args, surroundings.bundle);
  if (plan === 'help') {
    write(await helpText());
    return STATUS.well;
  }
  try {
    sayLimits(plan, write);
    const house = plan.targets.length === 0 ? await openHouse(plan, surroundings) : null;
    for (const target of plan.targets) await mustAnswer(target);
    return await play(plan, house, surroundings);
  } finally {
    plan.found.forget();
  }
}

async function play(
  plan: LoadPlan,
  house: LoadHouse | null,
  surroundings: Surroundings,
): Promise<number> {
  const { write, isTerminal, columns, hasColours } = surroundings;
  const { load } = plan;
  const progress = new Progress({
    write,
    isTerminal,
    columns,
    members: load.rooms * (load.players + 1),
    seconds: load.seconds,
    now: wallNow,
  });
  let report: LoadReport;
  try {
    const outcome = await new LoadRun(plan, house, surroundings, progress).run();
    report = reportOf(plan, outcome, house?.description ?? plan.targets.join(', '));
  } finally {
    progress.end();
  }
  write(finalTable(report, hasColours));
  const folder = writeReport(report, plan.out);
  write(`${path.join(folder, 'report.html')}, report.json\n`);
  if (report.ending === 'interrupted') return STATUS.interrupted;
  return report.passed ? STATUS.well : STATUS.failed;
}

async function openHouse(plan: LoadPlan, surroundings: Surroundings): Promise<LoadHouse> {
  const { nodes, rateLimits } = plan;
  surroundings.write('starting a server …\n');
  const house = await surroundings.openHouse({ nodes, rateLimits });
  surroundings.write(`${house.description}: ${house.urls.join(', ')}\n`);
  if (rateLimits === 'off') {
    surroundings.write(
      '! PINROOM_RATE_LIMITS=off: this server lets everybody do everything at any pace.\n',
    );
  }
  return house;
}

async function mustAnswer(target: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(new URL('/healthz', target), { signal });
    await response.arrayBuffer();
    if (response.ok) return;
  } catch {
    // Said below.
  }
  throw new UsageError(`No Pinroom server answers at ${target}.`);
}

/** What would spoil the run is said before it. */
function sayLimits({ load, workers, targets, nodes }: LoadPlan, write: (text: string) => void) {
  const members = load.rooms * (load.players + 1);
  const addresses = Math.max(1, targets.length, nodes);
  const limits = connectionLimits(
    readSystemLimits(),
    Math.ceil(members / workers),
    Math.ceil(members / addresses),
  );
  for (const { name, text, isReached } of limits) {
    if (isReached) write(`! limit of this machine, ${name}: ${text}\n`);
  }
}

function writeReport(report: LoadReport, out: string | null): string {
  const when = report.startedAt.slice(0, 19).replaceAll(':', '-');
  const folder = out ?? path.join('load-reports', `${report.scenario.name}-${when}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(folder, 'report.html'), reportPage(report));
  return folder;
}
