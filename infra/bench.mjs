// `npm run bench -- <part …> [options]`: starts a Redis, a PostgreSQL and nodes for each part, and runs
// the benchmarks of load-tests/ against them; without a part all of them. Options go to the parts.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { WISHES } from './bench-wishes.mjs';
import { closeHouse, openHouse } from './house.mjs';
import { inRepository } from './repository.mjs';
import { END_SIGNALS } from './run-command.mjs';

/** Processes that import it collect their garbage when they are told to. */
const COLLECTOR = new URL('./collect-garbage.mjs', import.meta.url).href;

/** Nodes that import it archive nothing. */
const NO_ARCHIVE = new URL('./without-archive.mjs', import.meta.url).href;

/** Crowds that are gone must not leave their rooms while the next one is measured. */
const SHORT_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '1' };

/**
 * How many nodes each part has; several: it is run with each. `hasSecond`: beside them is a node without
 * an archive, in a house of its own.
 */
const PARTS = {
  deliveries: { nodes: [1], env: SHORT_GRACE, hasSecond: true },
  joins: { nodes: [2], env: SHORT_GRACE },
  memory: { nodes: [1], env: { NODE_OPTIONS: `--import ${COLLECTOR}` } },
  latency: { nodes: [2] },
  nodes: { nodes: [1, 2, 4], env: SHORT_GRACE },
  redis: { nodes: [1], env: SHORT_GRACE, hasSecond: true },
  archive: { nodes: [1] },
  history: { nodes: [1] },
  // The last: in a house that it shares it leaves no PINs.
  pins: {
    nodes: [1],
    env: { PINROOM_PIN_LENGTH: '4', PINROOM_PIN_MAX_LENGTH: '4', PINROOM_PIN_DENSITY: '1' },
  },
};
/** Not among the figures of `docs/performance.md`: each answers a question of its own. */
const OTHERS = { presence: { nodes: [1] }, export: { nodes: [1] } };

const HELP = `Benchmarks, with a Redis, a PostgreSQL and nodes of their own:

  npm run bench                       all parts, beside their peers (about half an hour)
  npm run bench -- --quick            fewer of them in two minutes, to see that all is right; coarse figures
  npm run bench -- [<part>] --write   puts the figures into docs/performance.md
  npm run bench -- <part> [options]   one of ${Object.keys(PARTS).join(', ')}

  npm run bench -- presence [--members 500,1000,2000,5000] [--repeat 3] [--nodes 1 | --embedded]
      what a member of a crowd costs: so many join one room at full speed
  npm run bench -- export [--rows 1000000] [--slow 20]
      a large room is exported, to a fast reader and to one that takes so many seconds

Only ratios within one run mean something. Ends with status 1 where something is not as it should be:
an entry lost, repeated, out of order or refused.
`;

/** Runs parts, one after the other, on a house of their own; answers what they found. */
async function runParts({ nodes, env, names, hasSecond }, args) {
  const house = await openHouse({ nodes, env, isDurable: true });
  if (hasSecond && house.redisPid !== null) {
    const withoutArchive = {
      ...env,
      NODE_OPTIONS: `${env?.NODE_OPTIONS ?? ''} --import ${NO_ARCHIVE}`,
    };
    house.withoutArchive = await openHouse({ nodes: 1, env: withoutArchive, isDurable: true });
  }
  try {
    const sections = [];
    for (const name of names) {
      const part = await runPart(name, house, env, args);
      sections.push(...part.sections);
      if (part.code !== 0) return { code: part.code, sections };
    }
    return { code: 0, sections };
  } finally {
    await closeHouse();
  }
}

async function runPart(name, house, env, args) {
  const { operatorToken, withoutArchive } = house;
  const told = {
    ...toldOf(house),
    operatorToken,
    ...(withoutArchive ? { withoutArchive: toldOf(withoutArchive) } : {}),
    ...(env?.NODE_OPTIONS ? { collector: COLLECTOR } : {}),
  };
  const child = fork(inRepository('load-tests/dist/bench/bench-process.js'), [name, ...args], {
    env: { ...process.env, PINROOM_BENCH_HOUSE: JSON.stringify(told) },
  });
  const end = (signal) => child.kill(signal);
  for (const signal of END_SIGNALS) process.on(signal, end);
  let sections = [];
  child.on('message', async ({ found, wish, number, ...wished }) => {
    if (found) {
      sections = found;
      return;
    }
    const reply = await WISHES[wish](house, wished).then(
      (answer) => ({ answer, fault: null }),
      (error) => ({ fault: String(error) }),
    );
    if (child.connected) child.send({ number, ...reply });
  });
  try {
    const [code, signal] = await once(child, 'exit');
    if (signal !== null) throw new Error(`Ended by ${signal}.`);
    return { code, sections };
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, end);
  }
}

function toldOf({ nodes, redisPid, postgresPid, redisUrl }) {
  return { nodes: nodes.map(({ url, pid }) => ({ url, pid })), redisPid, postgresPid, redisUrl };
}

function take(args, flag) {
  const at = args.indexOf(flag);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}

/** Which parts, with how many nodes. A quick run has one house for all. */
function planOf(args) {
  const all = { ...PARTS, ...OTHERS };
  const names = [];
  while (args[0] !== undefined && Object.hasOwn(all, args[0])) names.push(args.shift());
  const at = args.indexOf('--nodes');
  const counts = at < 0 ? null : [Number(args.splice(at, 2)[1])];
  if (counts && !(counts[0] >= 1 && counts[0] <= 8)) throw new Error('--nodes: 1 to 8.');
  const embedded = take(args, '--embedded') ? [0] : null;
  if (args.includes('--quick') && names.length === 0) {
    const env = Object.assign({}, ...Object.values(PARTS).map((part) => part.env));
    return [{ names: Object.keys(PARTS), nodes: 2, env, hasSecond: true }];
  }
  return (names.length > 0 ? names : Object.keys(PARTS)).flatMap((name) =>
    (embedded ?? counts ?? all[name].nodes).map((nodes) => ({
      names: [name],
      env: all[name].env,
      hasSecond: all[name].hasSecond,
      nodes,
    })),
  );
}

async function run(args) {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const isWritten = take(args, '--write');
  const isWhole = args.length === 0;
  if (isWritten && args.some((arg) => !Object.hasOwn(PARTS, arg))) {
    throw new Error('--write takes names of parts, or nothing, and measures them as by default.');
  }
  const found = [];
  let status = 0;
  for (const part of planOf(args)) {
    const { code, sections } = await runParts(part, args);
    found.push(...sections);
    if (code !== 0) status = code;
  }
  if (isWritten && status === 0) {
    const { writePerformancePage } = await import('../load-tests/dist/bench/performance-page.js');
    const [{ model }] = os.cpus();
    const machine = `Node ${process.versions.node}, ${os.cpus().length} × ${model}, Linux ${os.release()}.`;
    await writePerformancePage(inRepository('docs'), { machine, sections: found, isWhole });
  }
  return status;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await closeHouse();
}
