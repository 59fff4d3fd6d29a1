import type { Logger } from '../../engine/runtime/logger.js';
import type { RedisCalls } from './redis-calls.js';

/** Sharded publish and `#!lua` flags begin here. */
const OLDEST_MAJOR = 7;

const NO_FILE =
  'Redis keeps no append-only file: acknowledged entries that are not archived yet are lost when it restarts';
const NO_LIMIT =
  'Redis has no maxmemory: it grows until the machine ends it, and nodes cannot stop to take entries before ' +
  'that; set it to what the machine has less a third';
const FILE_FAILS =
  'Redis could not write to its append-only file the last time it tried: look at its disk';
const NO_REPLICA =
  'a master of the Redis Cluster has no replica: while it is away, so are its rooms';
const MASTER_AWAY = 'a master of the Redis Cluster does not answer: its rooms are away';

/** What a server that may be used says of itself. */
export interface RedisServer {
  readonly version: string;
  /** Whether it has an append-only file. */
  readonly appendOnly: boolean;
}

/** Reads one field of an INFO answer. */
export function infoField(info: unknown, field: string): string | undefined {
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(String(info))?.[1];
}

/**
 * Rejects when a server is too old, takes no writes, may throw data away or is asked in a way that it
 * is not made for; warns when what it acknowledges is not on its disk, or its memory has no bound. Of a Cluster every server that
 * answers is looked at, as a replica may be the master tomorrow. Answers the masters.
 */
export async function checkServers(
  calls: RedisCalls,
  logger: Logger,
): Promise<readonly RedisServer[]> {
  const [masters, replicas] = await Promise.all([
    calls.fromMasters('INFO'),
    calls.fromReplicas('INFO'),
  ]);
  const warnings = new Set<string>();
  const check = (info: unknown) => checkServer(info, calls.isCluster, warnings);
  for (const replica of replicas) check(replica);
  const servers = masters.map(check);
  if (masters.length < calls.masters) warnings.add(MASTER_AWAY);
  if (calls.isCluster && masters.some((info) => infoField(info, 'connected_slaves') === '0')) {
    warnings.add(NO_REPLICA);
  }
  for (const warning of warnings) logger.warn({}, warning);
  return servers;
}

function checkServer(info: unknown, isCluster: boolean, warnings: Set<string>): RedisServer {
  const version = infoField(info, 'redis_version') ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= OLDEST_MAJOR)) {
    throw new Error(`Redis ${version} is too old: Pinroom needs Redis ${OLDEST_MAJOR} or later.`);
  }
  const policy = infoField(info, 'maxmemory_policy');
  if (policy !== 'noeviction') {
    throw new Error(
      `Redis has maxmemory-policy ${policy}, with which it throws away rooms under memory ` +
        'pressure. Set maxmemory-policy noeviction.',
    );
  }
  if (infoField(info, 'role') === 'slave' && !isCluster) {
    throw new Error('This Redis is a replica, which takes no writes. Name its master.');
  }
  if (infoField(info, 'cluster_enabled') === '1' && !isCluster) {
    throw new Error(
      'This Redis is part of a Cluster. Name several of its servers, comma-separated ' +
        '(the same one twice where there is one address for all).',
    );
  }
  if (infoField(info, 'maxmemory') === '0') warnings.add(NO_LIMIT);
  const appendOnly = infoField(info, 'aof_enabled') === '1';
  if (!appendOnly) {
    warnings.add(NO_FILE);
  } else if (infoField(info, 'aof_last_write_status') === 'err') {
    warnings.add(FILE_FAILS);
  }
  return { version, appendOnly };
}
