import type { Contender } from './contenders.js';
import type { BenchHouse } from './house.js';
import { cpuSeconds } from './process-cpu.js';

/** Seconds of CPU. */
export interface Usage {
  readonly node: number;
  readonly redis: number;
  readonly postgres: number;
}

/** What a server's processes, Redis and PostgreSQL have used so far. */
export function usageOf(
  house: BenchHouse,
  { pids, backends = house }: Pick<Contender, 'pids' | 'backends'>,
): Usage {
  const { redisPid, postgresPid } = backends;
  return {
    node: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    redis: redisPid === null ? Number.NaN : cpuSeconds(redisPid),
    postgres: postgresPid === null ? Number.NaN : cpuSeconds(postgresPid),
  };
}

export function usageBetween(before: Usage, after: Usage): Usage {
  return {
    node: after.node - before.node,
    redis: after.redis - before.redis,
    postgres: after.postgres - before.postgres,
  };
}
