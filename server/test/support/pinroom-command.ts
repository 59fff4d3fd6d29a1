import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardProcess } from '../../../infra/left-behind.mjs';
import { afterFile } from './after-file.js';

const COMMAND = fileURLToPath(new URL('../../bin/pinroom.js', import.meta.url));

/** One run of `pinroom`. */
export interface PinroomRun {
  /** Lines of standard output so far. */
  lines(): readonly string[];
  /** All that came on standard error so far. */
  errors(): string;
  /** As Ctrl+C does. */
  interrupt(): void;
  /** As `| head` does when it has what it wants. */
  stopReading(): void;
  readonly ended: Promise<number | null>;
}

export interface FinishedRun {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Starts `pinroom` with these arguments and nothing else in its environment; ended with the test file. */
export function startPinroom(args: readonly string[], env: Variables = {}): PinroomRun {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: emptyFolder(),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = child.pid === undefined ? () => {} : guardProcess(child.pid);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      forget();
      resolve(code);
    });
  });
  afterFile(() => void child.kill('SIGKILL'));
  return {
    lines: () => output.split('\n').slice(0, -1),
    errors: () => errors,
    interrupt: () => void child.kill('SIGINT'),
    stopReading: () => void child.stdout.destroy(),
    ended,
  };
}

/** Runs `pinroom` to its end. */
export async function runPinroom(args: readonly string[], env?: Variables): Promise<FinishedRun> {
  const run = startPinroom(args, env);
  const code = await run.ended;
  return { code, lines: run.lines(), errors: run.errors() };
}

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-command-'));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
