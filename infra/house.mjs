// Servers of one's own for benchmarks and load tests: nodes, with a Redis and a PostgreSQL, or one node
// with the embedded drivers. Everything is ended by `closeHouse`, and by the guardian when this process
// is gone.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { provideBinaries } from './find-binaries.mjs';
import { inRepository } from './repository.mjs';
import { ServiceProcess } from './service-process.mjs';
import { serviceFolder } from './service-user.mjs';
import { startPostgres, startRedis } from './services.mjs';

const closers = [];
const defer = (close) => closers.push(close);

/** What the nodes of a run share. */
function secrets() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    PINROOM_JWT_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    PINROOM_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    PINROOM_OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
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
      options: {
        env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: `${port}` },
        // Out of reach of the terminal's Ctrl+C: what is under way is ended first.
        detached: true,
      },
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
    const output = node
      .output()
      .split('\n')
      // Whoever starts it has said so.
      .filter((line) => !line.includes('PINROOM_RATE_LIMITS is off'))
      .join('\n')
      .trim();
    if (output) console.log(`\nWhat a node said:\n${output.slice(-4_000)}`);
  });
  return {
    url: `http://127.0.0.1:${node.port}`,
    get pid() {
      return node.pid;
    },
    restart: () => node.restart(),
    stop: () => node.stop(),
  };
}

/** One node with the embedded drivers. */
async function openEmbedded(env) {
  const { folder, remove } = serviceFolder('house');
  defer(remove);
  const embedded = { REDIS_URL: '', DATABASE_URL: '', PINROOM_DATA_DIR: folder };
  const nodes = [await startNode({ ...env, ...embedded })];
  return { nodes, redisPid: null, postgresPid: null, databaseUrl: null, redisUrl: null };
}

/** What servers have that must not lose anything, as in infra/redis and infra/postgres. */
const DURABLE = {
  redis: { appendonly: 'yes', appendfsync: 'everysec' },
  postgres: {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    autovacuum: 'on',
    max_wal_size: '1GB',
  },
};

/** Redis, PostgreSQL and nodes. */
async function openWhole(nodeCount, env, isDurable) {
  const settings = isDurable ? DURABLE : { redis: {}, postgres: {} };
  const binaries = await provideBinaries(() => {
    const { folder, remove } = serviceFolder('fetched');
    defer(remove);
    return folder;
  });
  Object.assign(process.env, binaries);
  const redis = await startRedis({
    settings: { maxmemory: '4gb', ...settings.redis },
    detached: true,
  });
  defer(() => redis.stop());
  const postgres = await startPostgres({ settings: settings.postgres, detached: true });
  defer(() => postgres.stop());
  const backends = { ...env, REDIS_URL: redis.url, DATABASE_URL: postgres.url };
  const nodes = [];
  for (let n = 0; n < nodeCount; n++) nodes.push(await startNode(backends));
  return {
    nodes,
    /** One more node, with more of its own in its environment. */
    addNode: (own) => startNode({ ...backends, ...own }),
    redisPid: redis.pid,
    postgresPid: postgres.pid,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
  };
}

/**
 * Starts so many nodes with a Redis and a PostgreSQL; with 0 one with everything embedded. Limits are
 * off unless wanted: they would be measured instead of what they protect. `isDurable`: Redis and
 * PostgreSQL write to the disk, as they should where it matters. `env`: more for the nodes.
 */
export async function openHouse({ nodes, rateLimits = 'off', isDurable = false, env: more = {} }) {
  const env = { ...secrets(), PINROOM_RATE_LIMITS: rateLimits, ...more };
  const house = nodes > 0 ? await openWhole(nodes, env, isDurable) : await openEmbedded(env);
  return { ...house, operatorToken: env.PINROOM_OPERATOR_TOKEN };
}

/** Ends everything that was started, the newest first. */
export async function closeHouse() {
  for (const close of closers.splice(0).reverse()) await close();
}
