import type { Entry } from '@pinroom/client/contract';
import type { BlockKey, PageCache } from '../../engine/history/page-cache.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';

export interface PageCacheOptions {
  /** How long a block stays after it was put, ms. */
  readonly ttlMs?: number;
  /** Whether Redis' memory is too full for what can be read again from the archive. */
  readonly isMemoryShort?: () => boolean;
}

const BLOCK_TTL_MS = 10 * 60 * 1_000;

/** Blocks of history as JSON, and per room the names of those that are kept. */
export class RedisPageCache implements PageCache, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #options: Required<PageCacheOptions>;

  constructor(redis: RedisAccess, options: PageCacheOptions = {}) {
    this.#redis = redis;
    this.#options = { ttlMs: BLOCK_TTL_MS, isMemoryShort: () => false, ...options };
  }

  @retry()
  async get(key: BlockKey): Promise<Entry[] | null> {
    const text = await this.#redis.calls.call('GET', keys.pageKey(key));
    return text === null ? null : (JSON.parse(String(text)) as Entry[]);
  }

  async put(key: BlockKey, entries: readonly Entry[]): Promise<void> {
    const { ttlMs, isMemoryShort } = this.#options;
    if (isMemoryShort()) return;
    const page = keys.pageKey(key);
    const pages = keys.pagesKey(key.roomId);
    try {
      // The name first: a block whose name is not known could not be forgotten.
      await this.#redis.calls.callAll([
        ['SADD', pages, page],
        ['PEXPIRE', pages, 2 * ttlMs],
        ['SET', page, JSON.stringify(entries), 'PX', ttlMs],
      ]);
    } catch {
      // It is in the archive; the next reader asks there again.
    }
  }

  async forget(roomId: string): Promise<void> {
    const { calls } = this.#redis;
    const pages = keys.pagesKey(roomId);
    const names = (await calls.call('SMEMBERS', pages)) as string[];
    await calls.callAll([...names, pages].map((name) => ['UNLINK', name] as const));
  }
}
