import { runCommandLine } from './commands/command-line.js';

/** Ends what goes on until it is told to stop. */
function interrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Once: who asks again means it.
    process.once(name, () => interruption.abort());
  }
  return interruption.signal;
}

// `pinroom rooms | head`: who reads has had enough.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  process.exit(fault.code === 'EPIPE' ? 0 : 1);
});

const status = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  interrupted,
  start: async () => void (await import('./main.js')),
  keysProgram: process.env.npm_lifecycle_event === 'keys' ? 'npm run keys --' : 'pinroom keys',
});
// Not for `start`: it ends by itself, with a status of its own.
if (status !== 0) process.exitCode = status;
