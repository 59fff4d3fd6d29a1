// `npm run bench -- <name> [options]`: starts a Redis, a PostgreSQL and nodes of its own, and runs a
// benchmark of load-tests/ against them. What a benchmark cannot get over the protocol (rows by the
// million, whose processes they are) it gets from here. `npm run bench` alone lists what there is.

import { fork } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { provideBinaries } from './find-binaries.mjs';
import { inRepository } from './repository.mjs';
import { END_SIGNALS } from './run-command.mjs';
import { ServiceProcess } from './service-process.mjs';
import { serviceFolder } from './service-user.mjs';
import { startPostgres, startRedis } from './services.mjs';

const closers = [];
const defer = (close) => closers.push(close);

/** What the nodes of a run share. Limits would be measured instead of what they protect. */
function secrets() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    PINROOM_JWT_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    PINROOM_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    PINROOM_OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
    PINROOM_RATE_LIMITS: 'off',
    PINROOM_LOG_LEVEL: 'warn',
  };
}

async function startNode(env) {
  const node = new ServiceProcess({
    name: 'node',
    stopSignal: 'SIGTERM',
    commandFor: (port) => ({
      command: process.execPath,
      args: [inRepository('server/dist/main.js')],
      options: { env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: `${port}` } },
    }),
    isReady: async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      await answer?.arrayBuffer();
      return answer?.ok ?? false;
    },
  });
  await node.start();
  defer(async () => {
    await node.stop();
    const output = node.output().trim();
    if (output) console.log(`\nWhat a node said:\n${output.slice(-4_000)}`);
  });
  return { url: `http://127.0.0.1:${node.port}`, pid: node.pid };
}

/** One node with the embedded drivers. */
async function openEmbedded() {
  const { folder, remove } = serviceFolder('bench');
  defer(remove);
  const shared = secrets();
  const embedded = { REDIS_URL: '', DATABASE_URL: '', PINROOM_DATA_DIR: folder };
  const nodes = [await startNode({ ...shared, ...embedded })];
  return {
    databaseUrl: null,
    told: {
      nodes,
      redisPid: null,
      postgresPid: null,
      operatorToken: shared.PINROOM_OPERATOR_TOKEN,
    },
  };
}

/** Redis, PostgreSQL and nodes; ended by `closers`. */
async function openHouse(nodeCount) {
  const binaries = await provideBinaries(() => {
    const { folder, remove } = serviceFolder('fetched');
    defer(remove);
    return folder;
  });
  Object.assign(process.env, binaries);
  const redis = await startRedis();
  defer(() => redis.stop());
  const postgres = await startPostgres();
  defer(() => postgres.stop());
  const env = { ...secrets(), REDIS_URL: redis.url, DATABASE_URL: postgres.url };
  const nodes = [];
  for (let n = 0; n < nodeCount; n++) nodes.push(await startNode(env));
  return {
    databaseUrl: postgres.url,
    told: {
      nodes,
      redisPid: redis.pid,
      postgresPid: postgres.pid,
      operatorToken: env.PINROOM_OPERATOR_TOKEN,
    },
  };
}

/** So many entries of a closed room's `room` channel, as if they had been said. */
async function fillArchive(databaseUrl, { roomId, rows }) {
  if (!databaseUrl) throw new Error('The embedded archive lets nobody else in.');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into entries (room_id, channel, epoch, seq, at, type, payload)
       select $1::uuid, 'room', 1, n, n, 'chat', json_build_object('text', md5(n::text), 'n', n)::text
       from generate_series(0, $2::int - 1) as n`,
      [roomId, rows],
    );
    await client.query('analyze entries');
  } finally {
    await client.end();
  }
}

async function run() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--nodes');
  const nodeCount = at < 0 ? 1 : Number(args.splice(at, 2)[1]);
  if (!(nodeCount >= 1 && nodeCount <= 8)) throw new Error('--nodes wants a number from 1 to 8.');
  const isEmbedded = args.includes('--embedded');
  if (isEmbedded) args.splice(args.indexOf('--embedded'), 1);
  const isHelp = args.length === 0 || args.includes('--help');
  const open = isEmbedded ? openEmbedded : openHouse;
  const house = isHelp ? null : await open(nodeCount);
  const child = fork(inRepository('load-tests/dist/bench-process.js'), args, {
    env: { ...process.env, PINROOM_BENCH_HOUSE: JSON.stringify(house?.told ?? null) },
  });
  const end = (signal) => child.kill(signal);
  for (const signal of END_SIGNALS) process.on(signal, end);
  child.on('message', async (wish) => {
    const fault = await fillArchive(house?.databaseUrl, wish).then(() => null, String);
    if (child.connected) child.send({ fault });
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const close of closers.reverse()) await close();
}
