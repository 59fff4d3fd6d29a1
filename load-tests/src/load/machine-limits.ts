import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Files that a process has open beside its connections. */
const OTHER_FILES = 100;
const NEARLY = 0.9;
const BUSY_CPU = 0.9;
const SLOW_LOOP_MS = 20;
const LATE_MS = 10;
/** Of the seconds of a run: single ones are the garbage collector's. */
const OFTEN = 0.1;

/** A limit of the machine that runs the test; what is measured beyond it is the tool's, not the server's. */
export interface MachineLimit {
  readonly name: string;
  readonly isReached: boolean;
  readonly text: string;
}

/** What one process said of itself in one second. */
export interface GaugeReading {
  readonly worker: number;
  readonly cpu: number;
  readonly loopDelayMs: number;
}

/** What the system allows a process; null: it does not tell. */
export interface SystemLimits {
  readonly openFiles: number | null;
  readonly ports: number | null;
}

export function readSystemLimits(): SystemLimits {
  const limits = readOrNull('/proc/self/limits');
  const range = readOrNull('/proc/sys/net/ipv4/ip_local_port_range');
  const [first, last] = range?.trim().split(/\s+/).map(Number) ?? [];
  const files = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return {
    openFiles: files === undefined ? null : Number(files),
    ports: first === undefined || last === undefined ? null : last - first + 1,
  };
}

/** Connections of each process and to each target, against what the system allows. */
export function connectionLimits(
  { openFiles, ports }: SystemLimits,
  perWorker: number,
  perTarget: number,
): MachineLimit[] {
  const files = perWorker + OTHER_FILES;
  return [
    {
      name: 'open files',
      isReached: openFiles !== null && files > openFiles * NEARLY,
      text: `${files} of ${openFiles ?? 'unknown'} for each worker (ulimit -n)`,
    },
    {
      name: 'ports',
      isReached: ports !== null && perTarget > ports * NEARLY,
      text: `${perTarget} of ${ports ?? 'unknown'} to one address (ip_local_port_range)`,
    },
  ];
}

/** What the workers' readings say, one a second of each: one worker at its limit is a limit. */
export function workerLimits(
  readings: readonly GaugeReading[],
  lateP99Ms: number | null,
): MachineLimit[] {
  const workers = new Map<number, GaugeReading[]>();
  for (const reading of readings) {
    const others = workers.get(reading.worker);
    if (others) others.push(reading);
    else workers.set(reading.worker, [reading]);
  }
  const share = (isOver: (reading: GaugeReading) => boolean) =>
    Math.max(0, ...[...workers.values()].map((own) => own.filter(isOver).length / own.length));
  const busy = share(({ cpu }) => cpu >= BUSY_CPU);
  const slow = share(({ loopDelayMs }) => loopDelayMs >= SLOW_LOOP_MS);
  // One by one: of a day on many cores there are more of them than a call takes arguments.
  const most = (of: (reading: GaugeReading) => number) =>
    readings.reduce((highest, reading) => Math.max(highest, of(reading)), 0);
  const mostCpu = most(({ cpu }) => cpu);
  const mostDelay = most(({ loopDelayMs }) => loopDelayMs);
  return [
    {
      name: 'worker CPU',
      isReached: busy >= OFTEN,
      text: `a worker used ${percent(mostCpu)} of a core at most; at or above ${percent(BUSY_CPU)} in ${percent(busy)} of its seconds`,
    },
    {
      name: 'event loop',
      isReached: slow >= OFTEN,
      text: `workers were held up for ${mostDelay.toFixed(1)} ms (p99 of a second) at most; for ${SLOW_LOOP_MS} ms or more in ${percent(slow)} of one’s seconds`,
    },
    {
      name: 'schedule',
      isReached: lateP99Ms !== null && lateP99Ms > LATE_MS,
      text:
        lateP99Ms === null
          ? 'nothing was on the schedule'
          : `99 % of the turns began within ${lateP99Ms.toFixed(1)} ms of their moment`,
    },
  ];
}

/** The whole machine between two readings of `busyCores`. */
export function machineLimit(shareBusy: number, isServerHere: boolean): MachineLimit {
  const shared = isServerHere ? ', which the server shares with the test' : '';
  return {
    name: 'machine CPU',
    isReached: shareBusy >= BUSY_CPU,
    text: `${percent(shareBusy)} of ${cpus().length} cores were busy${shared}`,
  };
}

/** What the check of a run has to keep. */
export function memoryLimit(isReached: boolean, heap: number, heldEntries: number): MachineLimit {
  const held = heldEntries.toLocaleString('en');
  return {
    name: 'memory',
    isReached,
    text: `${held} entries are held for the check; the fullest worker used ${percent(heap)} of its heap`,
  };
}

/** Share of the machine's cores that is busy between two calls. */
export class MachineCpu {
  #before = readTimes();

  take(): number {
    const now = readTimes();
    const all = now.all - this.#before.all;
    const idle = now.idle - this.#before.idle;
    this.#before = now;
    return all > 0 ? 1 - idle / all : 0;
  }
}

function readTimes() {
  let [all, idle] = [0, 0];
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
