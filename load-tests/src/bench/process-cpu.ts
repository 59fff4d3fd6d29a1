import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_SECOND = 1e9;

/**
 * Seconds of CPU, user and system, that a process and its children have used, by Linux's own count in
 * nanoseconds (`/proc/<pid>/task/<thread>/schedstat`; the usual ticks are 10 ms long). Threads and
 * children that have ended are not in it. NaN where the system does not tell.
 */
export function cpuSeconds(pid: number): number {
  try {
    return familyOf(pid).reduce((sum, member) => sum + ownSeconds(member), 0);
  } catch {
    return Number.NaN;
  }
}

/** What a process keeps in memory, bytes; NaN where the system does not tell. */
export function residentBytes(pid: number): number {
  try {
    const [, kilobytes] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return Number.NaN;
  }
}

function familyOf(pid: number): number[] {
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && parentOf(name) === pid,
  );
  return [pid, ...children.map(Number)];
}

function parentOf(name: string): number {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program, in brackets, may hold anything.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return Number.NaN;
  }
}

function ownSeconds(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    try {
      const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(ran) / NS_PER_SECOND;
    } catch {
      return sum;
    }
  }, 0);
}
