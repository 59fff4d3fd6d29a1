// `npm run load -- <scenario> [options]`: a load test of load-tests/, with servers of its own where no
// target is given. The first Ctrl+C ends the run with a report of what there was, the second one at once.

import { build } from 'esbuild';
import { runLoad, UsageError } from '../load-tests/dist/load/run-load.js';
import { closeHouse, openHouse } from './house.mjs';
import { END_SIGNALS } from './run-command.mjs';

/** `npm run` hands a terminal's Ctrl+C on to us, who have had it from the terminal already. */
const SAME_CTRL_C_MS = 500;

const interrupt = new AbortController();
let interruptedAt = 0;

async function end(signal) {
  if (!interrupt.signal.aborted) {
    interruptedAt = performance.now();
    console.error(`\n${signal}: ending; the report follows. Once more ends at once.`);
    interrupt.abort();
    return;
  }
  if (performance.now() - interruptedAt < SAME_CTRL_C_MS) return;
  await closeHouse();
  process.exit(130);
}

async function openLoadHouse({ nodes, rateLimits }) {
  const house = await openHouse({ nodes, rateLimits });
  const kind = nodes > 0 ? `${nodes} nodes, Redis, PostgreSQL` : 'one node, everything embedded';
  return {
    urls: house.nodes.map(({ url }) => url),
    description: `own server: ${kind}, rate limits ${rateLimits}`,
    restart: (node) => house.nodes[node].restart(),
  };
}

/** One file of a scenario in TypeScript; `own` modules stay outside. */
async function bundle(file, outfile, own) {
  const plugin = {
    name: 'own-modules',
    setup({ onResolve }) {
      onResolve({ filter: /^@pinroom\// }, ({ path }) => {
        return Object.hasOwn(own, path) ? { path: own[path], external: true } : undefined;
      });
    },
  };
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [plugin],
  });
}

for (const signal of END_SIGNALS) process.on(signal, end);
try {
  process.exitCode = await runLoad(process.argv.slice(2), {
    bundle,
    openHouse: openLoadHouse,
    write: (text) => process.stdout.write(text),
    isTerminal: Boolean(process.stdout.isTTY),
    hasColours: Boolean(process.stdout.isTTY && process.stdout.hasColors()),
    columns: process.stdout.columns ?? 80,
    interrupt: interrupt.signal,
  });
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? error.message : error);
  if (isUsage) console.error('`npm run load -- --help` says what there is.');
  process.exitCode = isUsage ? 2 : 1;
} finally {
  await closeHouse();
}
