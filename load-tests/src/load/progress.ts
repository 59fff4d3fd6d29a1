import type { LoadRecorder } from './load-recorder.js';

const EACH_MS = 1_000;
/** Lines of a log are read later: fewer of them. */
const PLAIN_EACH_MS = 2_000;
const SECOND_MS = 1_000;
const BAR_WIDTH = 24;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** A longer line would not go away again. */
  readonly columns: number;
  /** All who are to be connected. */
  readonly members: number;
  readonly seconds: number;
  /** The clock of the run. */
  readonly now: () => number;
}

/** Tells how a run goes: one line that changes on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  #phase = '';
  #recorder: LoadRecorder | null = null;
  #endAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #hasLine = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  phase(name: string, recorder: LoadRecorder): void {
    this.#phase = name;
    this.#endAt = null;
    this.#begin(recorder);
  }

  running(endAt: number, recorder: LoadRecorder): void {
    this.#endAt = endAt;
    this.#begin(recorder);
  }

  /** A line of its own, which stays. */
  say(line: string): void {
    this.#clear();
    this.#options.write(`${line}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #begin(recorder: LoadRecorder): void {
    const isNew = this.#recorder === null;
    this.#recorder = recorder;
    if (!isNew && this.#options.isTerminal) this.#show();
    const each = this.#options.isTerminal ? EACH_MS : PLAIN_EACH_MS;
    this.#timer ??= setInterval(() => this.#show(), each);
  }

  #show(): void {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#clear();
    const { columns, isTerminal, write } = this.#options;
    const text = this.#line(recorder);
    write(isTerminal ? text.slice(0, columns - 1) : `${text}\n`);
    this.#hasLine = isTerminal;
  }

  #line(recorder: LoadRecorder): string {
    const { members, seconds, now } = this.#options;
    const glance = recorder.glance();
    const connected = `${count(glance.connected)}/${count(members)} connected`;
    const errors = `errors: ${codesText(recorder.errors)}`;
    if (this.#endAt === null) return `${this.#phase} · ${connected} · ${errors}`;
    const left = Math.max(0, this.#endAt - now()) / SECOND_MS;
    const done = Math.min(1, Math.max(0, 1 - left / seconds));
    const bar = '█'.repeat(Math.round(done * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
    return [
      `${bar} ${Math.ceil(left)} s left`,
      connected,
      `${count(glance.sentPerSecond)} entries/s`,
      `${count(glance.deliveredPerSecond)} deliveries/s`,
      `p50 ${milliseconds(glance.p50)}`,
      `p99 ${milliseconds(glance.p99)}`,
      errors,
    ].join(' · ');
  }

  #clear(): void {
    if (this.#hasLine) this.#options.write('\r\u001b[2K');
    this.#hasLine = false;
  }
}

/** The codes with how often they came, the most frequent first. */
export function codesText(codes: ReadonlyMap<string, number>): string {
  if (codes.size === 0) return 'none';
  const sorted = [...codes].sort(([, a], [, b]) => b - a);
  return sorted.map(([code, times]) => `${count(times)} ${code}`).join(', ');
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `1 room`, `20 rooms`. */
export function many(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

/** With as many digits as mean something; a dash for what was not measured. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value >= SECOND_MS) return `${(value / SECOND_MS).toFixed(value < 10_000 ? 2 : 1)} s`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}
