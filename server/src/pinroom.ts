import { runCommandLine } from './commands/command-line.js';

const interruption = new AbortController();
let isRead = true;

/** Ends what goes on until it is told to stop. */
function interrupted(): AbortSignal {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Once: who asks again means it.
    process.once(name, () => interruption.abort());
  }
  return interruption.signal;
}

// `pinroom check | head`: who reads has had enough, but the status is still to come.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') process.exit(1);
  isRead = false;
  interruption.abort();
});

const status = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  out: (line) => void (isRead && process.stdout.write(`${line}\n`)),
  err: (line) => void process.stderr.write(`${line}\n`),
  interrupted,
  start: async () => void (await import('./main.js')),
  keysProgram: process.env.npm_lifecycle_event === 'keys' ? 'npm run keys --' : 'pinroom keys',
});
// Not for `start`: it ends by itself, with a status of its own.
if (status !== 0) process.exitCode = status;
