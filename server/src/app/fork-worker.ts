import { fork } from 'node:child_process';
import type { WorkerEvents, WorkerProcess } from './supervisor.js';
import type { FromWorker } from './worker-messages.js';

/** Which of the workers a process is: `--worker=2/4`, as the list of processes shows it. */
export interface WorkerPlace {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** The worker that this process is to be, by its arguments; null: none, it is a node by itself. */
export function workerPlace(args: readonly string[]): WorkerPlace | null {
  const [, number, count] = /^--worker=(\d+)\/(\d+)$/m.exec(args.join('\n')) ?? [];
  return number === undefined ? null : { number: Number(number), count: Number(count) };
}

/** Runs `program` as a worker: what it prints goes where this process prints. */
export function forkWorker(
  program: string,
  environment: NodeJS.ProcessEnv,
  { count, number }: WorkerPlace,
  events: WorkerEvents,
): WorkerProcess {
  const child = fork(program, [`--worker=${number}/${count}`], {
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => events.said(message as FromWorker));
  let hasEnded = false;
  const ended = (status: number | null) => {
    if (!hasEnded) events.ended(status);
    hasEnded = true;
  };
  child.once('error', () => ended(null));
  child.once('exit', ended);
  return {
    pid: child.pid,
    // Without a callback a line that has just broken would be a fault of this process.
    send: (message) => void (child.connected && child.send(message, () => {})),
    kill: () => void child.kill('SIGKILL'),
  };
}
