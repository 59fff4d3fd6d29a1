import type { Redis } from 'ioredis';

/** What a Redis says of itself. */
export interface RedisFigures {
  /** Bytes of data and what it needs, without the buffers of clients and of the append-only file. */
  readonly memory: number;
  /** Calls of each command since the start, by scripts too. */
  readonly calls: ReadonlyMap<string, number>;
  /** Bytes sent to clients since the start. */
  readonly bytesOut: number;
}

/** Reads `INFO` of one Redis. */
export async function readRedis(redis: Redis): Promise<RedisFigures> {
  const [memory, stats, commands] = await Promise.all([
    redis.info('memory'),
    redis.info('stats'),
    redis.info('commandstats'),
  ]);
  const calls = [...commands.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(
    ([, name = '', count]): [string, number] => [name, Number(count)],
  );
  return {
    memory:
      field(memory, 'used_memory') -
      field(memory, 'mem_clients_normal') -
      field(memory, 'mem_aof_buffer'),
    calls: new Map(calls),
    bytesOut: field(stats, 'total_net_output_bytes'),
  };
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
}

/** How often a command was called in between. */
export function callsBetween(before: RedisFigures, after: RedisFigures, name: string): number {
  return (after.calls.get(name) ?? 0) - (before.calls.get(name) ?? 0);
}
