import type { SystemEntry, SystemEventType, SystemLevel } from '@pinroom/client/contract';
import { invariant } from '../../engine/runtime/app-error.js';
import {
  type HotSystemLog,
  type NewSystemEntry,
  SYSTEM_KEY_MS,
  SYSTEM_KEYS,
  SYSTEM_LOG_BOUNDS,
  type SystemLogBounds,
  type SystemLogRange,
  type SystemLogStore,
  type SystemRecord,
} from '../../engine/runtime/system-log.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import type { StreamEntry } from './entry-fields.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

/** Entries read in one go where only some of them are wanted. */
const STEP = 1_000;

const append = defineScript({
  name: 'system-append',
  keys: (_: { entries: readonly NewSystemEntry[]; most: number }) => [
    keys.systemLogKey,
    keys.systemSaidKey,
    keys.systemArchivedKey,
  ],
  args: ({ entries, most }) => [
    most,
    SYSTEM_KEY_MS,
    SYSTEM_KEYS,
    ...entries.flatMap(({ key, nodeId, at, type, level, payload }) => [
      key,
      nodeId,
      at,
      type,
      level,
      JSON.stringify(payload),
    ]),
  ],
  reply: (raw) => Number(raw),
});

const confirm = defineScript({
  name: 'system-confirm',
  keys: (_: { lastId: string | null; keep: number }) => [keys.systemLogKey, keys.systemArchivedKey],
  args: ({ lastId, keep }) => [lastId ?? '', keep],
  reply: (raw) => Number(raw),
});

/** The log of the system in a stream of its own, which every node writes. */
export class RedisSystemLog implements SystemLogStore, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #bounds: SystemLogBounds;

  constructor(redis: RedisAccess, bounds: SystemLogBounds = SYSTEM_LOG_BOUNDS) {
    this.#redis = redis;
    this.#bounds = bounds;
  }

  async append(entries: readonly NewSystemEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#redis.scripts.run(append, { entries, most: this.#bounds.most });
  }

  @retry()
  async read({ after, before, limit, take, type }: SystemLogRange): Promise<HotSystemLog> {
    const isForwards = take === 'oldest';
    const end = before === null ? '+' : `(${before}`;
    // From `after` on, to see whether it is there.
    const start = after ?? '-';
    const command = isForwards ? 'XRANGE' : 'XREVRANGE';
    const to = isForwards ? end : start;
    let from = isForwards ? start : end;
    const step = type === null ? limit + 1 : STEP;
    const entries: SystemEntry[] = [];
    let isSeamless = false;
    for (let last: string | undefined = from; last !== undefined; ) {
      const found = await this.#page(command, from, to, step);
      for (const { key: _, ...entry } of found) {
        if (entry.id === after) isSeamless = true;
        else if (type === null || entry.type === type) entries.push(entry);
      }
      last = found.length < step || entries.length >= limit ? undefined : found.at(-1)?.id;
      from = `(${last}`;
    }
    const taken = entries.slice(0, limit);
    return { entries: isForwards ? taken : taken.reverse(), isSeamless };
  }

  @retry()
  async listPending(limit: number): Promise<readonly SystemRecord[]> {
    const { calls } = this.#redis;
    const position = await calls.call('HGET', keys.systemArchivedKey, 'position');
    return await this.#page('XRANGE', position === null ? '-' : `(${position}`, '+', limit);
  }

  async confirm(lastId: string | null): Promise<number> {
    return await this.#redis.scripts.run(confirm, { lastId, keep: this.#bounds.keep });
  }

  async #page(
    command: 'XRANGE' | 'XREVRANGE',
    from: string,
    to: string,
    count: number,
  ): Promise<SystemRecord[]> {
    const { calls } = this.#redis;
    const reply = await calls.call(command, keys.systemLogKey, from, to, 'COUNT', count);
    return (reply as StreamEntry[]).map(parseRecord);
  }
}

function parseRecord([id, fields]: StreamEntry): SystemRecord {
  const [, key, , nodeId, , at, , type, , level, , payload] = fields;
  invariant(key && nodeId && type && level && payload, 'entries of the log have six fields');
  return {
    id,
    key,
    at: Number(at),
    nodeId,
    type: type as SystemEventType,
    level: level as SystemLevel,
    payload: JSON.parse(payload) as SystemEntry['payload'],
  };
}
