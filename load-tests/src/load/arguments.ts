import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Load, Scenario } from '../scenario.js';
import { type FailCondition, parseCondition } from './fail-if.js';
import {
  type FoundScenario,
  findScenario,
  shippedNames,
  shippedScenario,
} from './find-scenario.js';
import type { Bundle } from './load-house.js';

const DEFAULTS: Load = { rooms: 20, players: 50, rate: 10, seconds: 30 };
/** Fewer members are not worth another process. */
const WORTH_A_WORKER = 25;
const DAY_SECONDS = 86_400;

/** What is wrong with the command line; said without a stack. */
export class UsageError extends Error {}

/** Everything that a run is, before anything is started. */
export interface LoadPlan {
  readonly found: FoundScenario;
  readonly load: Load;
  /** Empty: the run starts a server itself. */
  readonly targets: readonly string[];
  /** Nodes with Redis and PostgreSQL; 0: one with the embedded drivers. */
  readonly nodes: number;
  readonly rateLimits: 'on' | 'off';
  readonly isLight: boolean;
  readonly workers: number;
  /** Members that arrive in a second. */
  readonly arrivals: number;
  readonly conditions: readonly FailCondition[];
  /** Where the reports go; null: a folder named after the run. */
  readonly out: string | null;
  readonly seed: number;
}

const OPTIONS = {
  rooms: { type: 'string' },
  players: { type: 'string' },
  rate: { type: 'string' },
  seconds: { type: 'string' },
  target: { type: 'string', multiple: true },
  nodes: { type: 'string' },
  limits: { type: 'string' },
  light: { type: 'boolean', default: false },
  workers: { type: 'string' },
  arrivals: { type: 'string', default: '200' },
  'fail-if': { type: 'string', multiple: true },
  out: { type: 'string' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The text of `--help`. */
export async function helpText(): Promise<string> {
  const rows: string[] = [];
  for (const name of shippedNames()) {
    const { scenario } = await shippedScenario(name);
    const { rooms, players, rate, seconds } = { ...DEFAULTS, ...scenario.defaults };
    rows.push(
      `  ${name.padEnd(16)} ${scenario.about}\n${' '.repeat(19)}${rooms} × ${players}, ${rate}/s in each room, ${seconds} s`,
    );
  }
  return `Load tests: hosts and players who speak on schedule, and a check of everything they saw.

  npm run load -- <scenario> [options]

Scenarios
${rows.join('\n')}
  ./mine.ts        your own, see docs/load-tests.md

How much (defaults: the scenario's)
  --rooms <n>  --players <n>   rooms, and players in each; hosts come on top
  --rate <n>                   entries a second in each room
  --seconds <n>                how long, after everybody has arrived
  --arrivals <n>               members that arrive in a second (200)

Against what
  --target <url>    a server that runs; several are taken in turn. Raise its limits, or you measure those
  --nodes <n>       without a target: so many nodes, with a Redis and a PostgreSQL of their own
                    (default: one node with everything embedded)
  --limits on|off   rate limits of the server that the run starts (off, but for pin-guessing)

How
  --light           bare WebSockets instead of socket.io-client: tens of thousands of them
  --workers <n>     processes that play (one for each core)
  --seed <n>        the same random choices again (1)

What comes of it
  --fail-if <condition>   ends with status 1 where it is met; repeatable: "p99>50", "ack.p99.9 > 0.2s",
                          "errors.rate_limited>0", "entries-per-second<190"
  --out <folder>          for report.json and report.html (load-reports/<scenario>-<time>)

Status: 0 all is well; 1 a condition is met, or anything was lost, repeated, out of order, in a wrong
room or changed; 2 the command line; 130 ended by Ctrl+C, with a report of what there was.
`;
}

/** Reads the command line; throws a UsageError that says what is wrong. */
export async function readPlan(
  args: readonly string[],
  bundle: Bundle,
): Promise<LoadPlan | 'help'> {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name, ...others] = positionals;
  if (name === undefined) throw new UsageError('Which scenario? --help lists them.');
  if (others.length > 0) throw new UsageError(`One scenario is enough: ${others.join(' ')}?`);
  const found = await findScenario(name, bundle).catch((fault: unknown) => {
    throw new UsageError(fault instanceof Error ? fault.message : String(fault));
  });
  const { scenario } = found;
  const defaults = { ...DEFAULTS, ...scenario.defaults };
  const load: Load = {
    rooms: numberOf('rooms', values.rooms, defaults.rooms, 1, 100_000),
    players: numberOf('players', values.players, defaults.players, 0, 100_000),
    rate: numberOf('rate', values.rate, defaults.rate, 0.001, 1_000_000, false),
    seconds: numberOf('seconds', values.seconds, defaults.seconds, 1, DAY_SECONDS),
  };
  const members = load.rooms * (load.players + 1);
  const mostWorkers = Math.min(availableParallelism(), Math.ceil(members / WORTH_A_WORKER));
  const targets = (values.target ?? []).map(originOf);
  return {
    found,
    load,
    targets,
    nodes: nodesOf(values.nodes, targets, scenario),
    rateLimits: limitsOf(values.limits, targets, scenario),
    isLight: values.light,
    workers: numberOf('workers', values.workers, mostWorkers, 1, 256),
    arrivals: numberOf('arrivals', values.arrivals, 200, 0.1, 1_000_000, false),
    conditions: (values['fail-if'] ?? []).map((text) => conditionOf(text, scenario)),
    out: values.out ?? null,
    seed: numberOf('seed', values.seed, 1, 0, 2 ** 32 - 1),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (fault) {
    throw new UsageError(fault instanceof Error ? fault.message : String(fault));
  }
}

function numberOf(
  name: string,
  text: string | undefined,
  byDefault: number,
  least: number,
  most: number,
  isWhole = true,
): number {
  const value = text === undefined ? byDefault : Number(text);
  if (text?.trim() !== '' && value >= least && value <= most) {
    if (!isWhole || Number.isInteger(value)) return value;
  }
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new UsageError(`--${name} wants ${kind} from ${least} to ${most}, not "${text}".`);
}

function originOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new UsageError(`--target wants an address like http://127.0.0.1:3000, not "${text}".`);
  }
  return new URL(text).origin;
}

function nodesOf(text: string | undefined, targets: readonly string[], scenario: Scenario): number {
  if (text !== undefined && targets.length > 0) {
    throw new UsageError('--nodes is for servers that the run starts itself, --target for others.');
  }
  return targets.length > 0 ? 0 : numberOf('nodes', text, scenario.server?.nodes ?? 0, 0, 16);
}

function limitsOf(
  text: string | undefined,
  targets: readonly string[],
  scenario: Scenario,
): 'on' | 'off' {
  if (text !== undefined && targets.length > 0) {
    throw new UsageError('--limits is for servers that the run starts itself.');
  }
  const value = text ?? scenario.server?.rateLimits ?? 'off';
  if (value !== 'on' && value !== 'off') throw new UsageError('--limits is on or off.');
  return value;
}

function conditionOf(text: string, { own }: Scenario): FailCondition {
  try {
    return parseCondition(text, { counts: own?.counts ?? [], times: own?.times ?? [] });
  } catch (fault) {
    throw new UsageError(fault instanceof Error ? fault.message : String(fault));
  }
}
