import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_SECOND = 1e9;
const TICKS_PER_SECOND = 100;
/** In `/proc/<pid>/stat`, behind the name. */
const PARENT = 1;
const ENDED_USER = 13;
const ENDED_SYSTEM = 14;

/**
 * Seconds of CPU, user and system, that a process and its children have used, by Linux's own count in
 * nanoseconds (`/proc/<pid>/task/<thread>/schedstat`; the usual ticks are 10 ms long, and only children
 * that have ended are counted in them). NaN where the system does not tell.
 */
export function cpuSeconds(pid: number): number {
  const stat = statOf(`${pid}`);
  if (stat.length === 0) return Number.NaN;
  const ofEnded = ((stat[ENDED_USER] ?? 0) + (stat[ENDED_SYSTEM] ?? 0)) / TICKS_PER_SECOND;
  return familyOf(pid).reduce((sum, member) => sum + ownSeconds(member), ofEnded);
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
    (name) => /^\d+$/.test(name) && statOf(name)[PARENT] === pid,
  );
  return [pid, ...children.map(Number)];
}

/** The numbers behind the name of the program, which is in brackets and may hold anything. */
function statOf(name: string): number[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return [];
  }
}

/** Of a process that is over by now nothing, as of its threads: children come and go. */
function ownSeconds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + ran(pid, thread), 0);
  } catch {
    return 0;
  }
}

function ran(pid: number, thread: string): number {
  try {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(ns) / NS_PER_SECOND;
  } catch {
    return 0;
  }
}
