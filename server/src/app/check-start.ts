import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.js';
import { JoseAccessTokens } from '../drivers/jose/jose-access-tokens.js';
import { DataFolderLock } from '../drivers/postgres/data-folder-lock.js';
import { schemaState } from '../drivers/postgres/migrate-schema.js';
import { chooseTransport } from '../drivers/socketio/load-uws.js';
import { systemClock } from '../engine/runtime/clock.js';
import { type Logger, silentLogger } from '../engine/runtime/logger.js';
import { noMetrics } from '../engine/runtime/metrics.js';
import { ResourceStack } from '../engine/runtime/resource-stack.js';
import type { ClockDifference } from './check-clocks.js';
import { configWarnings } from './config-warnings.js';
import { keysFile, loadKeys } from './development-keys.js';
import { connectPostgres } from './open-archive.js';
import { connectRedis } from './open-redis.js';
import { requireFreePort } from './require-free-port.js';
import { messageOf } from './startup-error.js';
import { requireWorkers } from './supervise.js';

/** What was looked at, and what came of it. A fault keeps a node from starting. */
export interface Finding {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly text: string;
}

/** Answers what it found; what is not right but no fault goes to the logger as a warning. */
type Look = (config: Config, logger: Logger) => Promise<string>;

/** Looks at all that a node looks at when it starts, and changes nothing. */
export async function checkStart(
  config: Config,
  isProduction: boolean,
  tell: (finding: Finding) => void,
): Promise<void> {
  const looks: { readonly [subject: string]: Look } = {
    configuration: async (_, logger) => {
      for (const warning of configWarnings(config, isProduction)) logger.warn({}, warning);
      return `rooms in ${config.redisUrls ? 'Redis' : 'memory'}, archive in ${config.databaseUrl ? 'PostgreSQL' : config.dataDir}`;
    },
    keys: lookAtKeys,
    address: lookAtAddress,
    transport: lookAtTransport,
    ...(config.workers === 1 ? {} : { workers: lookAtWorkers }),
    ...(config.redisUrls ? { Redis: lookAtRedis } : {}),
    ...(config.databaseUrl ? { PostgreSQL: lookAtPostgres } : { archive: lookAtFolder }),
  };
  for (const [subject, look] of Object.entries(looks)) {
    const warnings = new Set<string>();
    const logger = { ...silentLogger, warn: (_: object, text: string) => void warnings.add(text) };
    try {
      const text = await look(config, logger);
      tell({ subject, level: 'ok', text });
      for (const text of warnings) tell({ subject, level: 'warning', text });
    } catch (fault) {
      tell({ subject, level: 'fault', text: messageOf(fault) });
    }
  }
}

const lookAtKeys: Look = async (config) => {
  const file = keysFile(config.dataDir);
  const areGiven = config.jwtPrivateKey !== null && config.tokenSecret !== null;
  if (!areGiven && !(await isThere(file))) {
    await requireFolder(config.dataDir);
    return `made at the first start, in ${file}`;
  }
  const keys = await loadKeys(config);
  const tokens = await JoseAccessTokens.create({ ...keys, clock: systemClock });
  const [{ kid }, ...others] = tokens.keySet().keys as readonly [{ kid: string }, ...object[]];
  const further = others.length > 0 ? `, ${others.length} more accepted` : '';
  return `kid ${kid} signs${further}${areGiven ? '' : `, kept in ${file}`}`;
};

const lookAtAddress: Look = async ({ host, port }, logger) => {
  try {
    await requireFreePort(host, port);
    return port === 0 ? `${host}, a free port` : `${host}:${port} is free`;
  } catch (fault) {
    // Where a node runs already, that is how it should be.
    logger.warn({}, messageOf(fault));
    return `${host}:${port}, if no node of this machine has it`;
  }
};

const lookAtTransport: Look = async ({ transport }, logger) => {
  const { reasons, uws } = chooseTransport(transport);
  if (uws) return 'uws (uWebSockets.js)';
  if (reasons.length > 0) logger.warn({}, `uWebSockets.js does not load: ${reasons.join('; ')}`);
  return 'ws (Node)';
};

const lookAtWorkers: Look = async (config) => {
  const count = requireWorkers(config);
  return config.workers === 'auto' ? `${count}, one for each core` : `${count}`;
};

const lookAtRedis: Look = async ({ redisUrls }, logger) => {
  await using stack = new ResourceStack(() => {});
  const around = { clock: systemClock, logger, metrics: noMetrics };
  const { difference, redis } = await connectRedis(redisUrls ?? [], around, stack);
  const versions = [...new Set(redis.servers.map(({ version }) => version))].join(', ');
  const masters = redis.servers.length > 1 ? `, ${redis.servers.length} masters` : '';
  const file = redis.servers.every(({ appendOnly }) => appendOnly) ? ', append-only file' : '';
  return `version ${versions}${masters}, noeviction${file}, ${clockText(difference)}`;
};

const lookAtPostgres: Look = async ({ databaseUrl }, logger) => {
  await using stack = new ResourceStack(() => {});
  const around = { clock: systemClock, logger };
  let schema = 'schema up to date';
  const look = await connectPostgres(databaseUrl ?? '', around, stack, async (database) => {
    const { newer, pending } = await schemaState(database.queries);
    if (newer.length > 0) schema = 'schema of a newer version, which is used as it is';
    if (pending.length > 0) schema = `${pending.length} migrations to come with the next start`;
  });
  return `version ${look.server.version}, ${schema}, ${clockText(look.difference)}`;
};

const lookAtFolder: Look = async ({ dataDir, host, port }, logger) => {
  const folder = path.resolve(dataDir);
  await requireFolder(folder);
  if (!(await isThere(folder))) return `embedded, in ${folder}, made at the first start`;
  try {
    await DataFolderLock.refuseIfHeld(folder);
    return `embedded, in ${folder}`;
  } catch (fault) {
    const text = `PINROOM_DATA_DIR: ${messageOf(fault)}`;
    // As with the port: where a node runs already, that is how it should be.
    if (await isFree(host, port)) throw new Error(text, { cause: fault });
    logger.warn({}, text);
    return `embedded, in ${folder}, if no other node has it`;
  }
};

/** Throws unless the folder is there, or can be made, and may be written. */
async function requireFolder(dataDir: string): Promise<void> {
  let above = path.resolve(dataDir);
  while (!(await isThere(above))) above = path.dirname(above);
  if (!(await stat(above)).isDirectory()) {
    throw new Error(`PINROOM_DATA_DIR: ${above} is no folder.`);
  }
  await access(above, constants.W_OK).catch(() => {
    throw new Error(`PINROOM_DATA_DIR: ${above} may not be written.`);
  });
}

function isFree(host: string, port: number): Promise<boolean> {
  return requireFreePort(host, port).then(
    () => true,
    () => false,
  );
}

function clockText({ aheadMs }: ClockDifference): string {
  return `clock ${aheadMs >= 0 ? '+' : '−'}${Math.abs(aheadMs)} ms`;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
