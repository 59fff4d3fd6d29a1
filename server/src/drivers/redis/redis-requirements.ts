import type { Logger } from '../../engine/runtime/logger.js';
import type { RedisCalls } from './redis-calls.js';

/** Sharded publish and `#!lua` flags begin here. */
const OLDEST_MAJOR = 7;

/** Reads one field of an INFO answer. */
export function infoField(info: unknown, field: string): string | undefined {
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(String(info))?.[1];
}

/** Rejects when a server is too old or may throw data away; warns when it keeps nothing on disk. */
export async function checkServers(calls: RedisCalls, logger: Logger): Promise<void> {
  for (const info of await calls.onMasters('INFO')) {
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
    if (infoField(info, 'aof_enabled') !== '1') {
      logger.warn(
        { appendonly: 'no' },
        'Redis keeps no append-only file: acknowledged entries that are not archived yet are lost when it restarts',
      );
    }
  }
}
