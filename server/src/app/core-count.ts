import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const GROUPS = '/sys/fs/cgroup';

/** Cores that this process may use: those of the machine, or of its share where a container has less. */
export function coreCount(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(cpuQuota(readGroupFile()))));
}

/** CPUs that a `cpu.max` of Linux' control groups allows, such as `150000 100000`; Infinity where all are. */
export function cpuQuota(cpuMax: string | null): number {
  const [quota = '', period = ''] = (cpuMax ?? '').trim().split(' ');
  const cpus = Number(quota) / Number(period);
  return cpus > 0 ? cpus : Number.POSITIVE_INFINITY;
}

/** Null where there is none. */
function readGroupFile(): string | null {
  try {
    const [, group = '/'] = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
    return readFileSync(path.join(GROUPS, group, 'cpu.max'), 'utf8');
  } catch {
    return null;
  }
}
