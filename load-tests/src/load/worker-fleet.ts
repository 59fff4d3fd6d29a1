import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { within } from '../waiting.js';
import { type ClockOffset, type Exchange, offsetOf, wallNow } from './clock-offset.js';
import type { CallInput, CallName, CallOutput, FromWorker, Tick } from './messages.js';

const WORKER = fileURLToPath(new URL('worker-process.js', import.meta.url));
/** Most of it is what the check has to keep. */
const HEAP_MB = 4_096;
const EXCHANGES = 40;
const END_MS = 5_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(fault: Error): void;
}

/** A process that plays a part of the run. */
export class LoadWorkerProcess {
  readonly number: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #next = 0;
  #isEnding = false;

  constructor(number: number, hear: (message: Tick | { kind: 'broken'; text: string }) => void) {
    this.number = number;
    this.#child = fork(WORKER, {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      serialization: 'advanced',
    });
    this.#child.on('message', (message: FromWorker) => {
      if (message.kind === 'tick' || message.kind === 'broken') hear(message);
      else this.#answered(message);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        const text = `Worker ${number} has ended (${signal ?? `status ${code}`}).`;
        if (!this.#isEnding) hear({ kind: 'broken', text });
        for (const { reject } of this.#waiting.values()) reject(new Error(text));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const id = this.#next++;
    return new Promise<CallOutput<N>>((resolve, reject) => {
      if (!this.#child.connected) {
        reject(new Error(`Worker ${this.number} is gone.`));
        return;
      }
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send({ id, name, input });
    });
  }

  /** How far its clock is from ours. */
  async clock(): Promise<ClockOffset> {
    const exchanges: Exchange[] = [];
    for (let n = 0; n < EXCHANGES; n++) {
      const askedAt = wallNow();
      const theirs = await this.call('ping', null);
      exchanges.push({ askedAt, theirs, answeredAt: wallNow() });
    }
    return offsetOf(exchanges);
  }

  /** Ends the process; by force where it does not end by itself. */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#child.connected) this.#child.disconnect();
    await within('the end of a worker', END_MS, this.#exited).catch(() => {
      this.#child.kill('SIGKILL');
    });
    await this.#exited;
  }

  #answered(message: Extract<FromWorker, { id: number }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(new Error(message.text));
  }
}

/** What all are asked, or each its own. */
export type AskedOf<N extends CallName> =
  | CallInput<N>
  | ((worker: LoadWorkerProcess) => CallInput<N>);

/** The same question to all of them. */
export function askAll<N extends CallName>(
  workers: readonly LoadWorkerProcess[],
  name: N,
  input: AskedOf<N>,
): Promise<CallOutput<N>[]> {
  return Promise.all(
    workers.map((worker) => {
      const own = typeof input === 'function' ? input(worker) : input;
      return worker.call(name, own);
    }),
  );
}
