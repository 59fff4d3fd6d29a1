import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** The servers that a benchmark runs against, as its runner has started them. */
export interface BenchHouse {
  readonly nodes: readonly { readonly url: string; readonly pid: number }[];
  /** Null: there is none, the drivers are embedded. */
  readonly redisPid: number | null;
  readonly postgresPid: number | null;
  readonly redisUrl: string | null;
  /** A module with which a process collects its garbage when it is told to; absent: none needs to. */
  readonly collector?: string;
  readonly operatorToken: string;
  /** Has the runner do what cannot be done over the protocol; see `infra/bench-wishes.mjs`. */
  wish(wish: Wish): Promise<void>;
  print(line: string): void;
}

export type Wish =
  | { readonly wish: 'fillArchive'; readonly roomId: string; readonly rows: number }
  | { readonly wish: 'collectGarbage'; readonly pids: readonly number[] }
  | { readonly wish: 'fillPins'; readonly length: number; readonly count: number }
  | {
      readonly wish: 'fillStreams';
      readonly roomIds: readonly string[];
      readonly entries: number;
      /** Absent: as fast as it goes. */
      readonly perSecond?: number;
    };

let wishes = 0;

/** Asks the process that started this one. */
export async function askRunner(wish: Wish): Promise<void> {
  const number = ++wishes;
  process.send?.({ ...wish, number });
  for (;;) {
    const [answer] = (await once(process, 'message')) as [{ number: number; fault: string | null }];
    if (answer.number !== number) continue;
    if (answer.fault !== null) throw new Error(answer.fault);
    return;
  }
}

/** Seconds of CPU, user and system. */
export interface CpuSeconds {
  readonly nodes: number;
  /** Null where the system does not tell. */
  readonly redis: number | null;
  readonly postgres: number | null;
}

const TICKS = 100;

/** A figure of a node's own, as `/metrics` tells it; of one with labels the sum. */
export async function figureOf(house: BenchHouse, url: string, name: string): Promise<number> {
  const headers = { authorization: `Bearer ${house.operatorToken}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const lines = text.split('\n').filter((line) => /^[ {]/.test(line.slice(name.length)));
  const values = lines
    .filter((line) => line.startsWith(name))
    .map((line) => line.split(' ').at(-1));
  if (values.length === 0 && !text.includes(`# TYPE ${name} `)) {
    throw new Error(`The node has no ${name}.`);
  }
  return values.reduce((sum, value) => sum + Number(value), 0);
}

/** What the processes of the house have used so far. */
export async function cpuOf(house: BenchHouse): Promise<CpuSeconds> {
  const used = await Promise.all(
    house.nodes.map(({ url }) => figureOf(house, url, 'process_cpu_seconds_total')),
  );
  return {
    nodes: used.reduce((sum, seconds) => sum + seconds, 0),
    redis: systemCpu(house.redisPid),
    postgres: systemCpu(house.postgresPid),
  };
}

export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  const between = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);
  return {
    nodes: after.nodes - before.nodes,
    redis: between(before.redis, after.redis),
    postgres: between(before.postgres, after.postgres),
  };
}

/** CPU of a process and its children, those that have ended included; null: not told here. */
function systemCpu(pid: number | null): number | null {
  if (pid === null) return null;
  try {
    const stats = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(name) ?? []);
    return stats
      .filter((stat) => stat.pid === pid || stat.parent === pid)
      .reduce((sum, stat) => sum + stat.own + (stat.pid === pid ? stat.ofEnded : 0), 0);
  } catch {
    return null;
  }
}

function statOf(name: string) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program, in brackets, may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [
      fields[1],
      ...fields.slice(11, 15),
    ];
    const own = (user + system) / TICKS;
    return { pid: Number(name), parent, own, ofEnded: (endedUser + endedSystem) / TICKS };
  } catch {
    return null;
  }
}

/** So many decimals, a dash for what is not known. */
export function figure(value: number | null, decimals = 0): string {
  return value === null ? '–' : value.toFixed(decimals);
}
