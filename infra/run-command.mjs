import { spawn } from 'node:child_process';

const children = new Set();

/** What happens to the terminal's Ctrl+C and to a stop from outside: on to the children, then we end. */
function endChildren(signal) {
  for (const child of children) child.kill(signal);
}

/** Signals that ask a script to end. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command to its end and answers the exit status (128 + n after a signal). While it runs,
 * INT, TERM and HUP are handed on to it instead of ending this process.
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    if (children.size === 0) for (const signal of END_SIGNALS) process.on(signal, endChildren);
    children.add(child);
    const done = () => {
      children.delete(child);
      if (children.size === 0) for (const signal of END_SIGNALS) process.off(signal, endChildren);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15));
    });
  });
}
