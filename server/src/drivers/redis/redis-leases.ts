import type { Leases } from '../../engine/runtime/leases.port.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { defineScript } from './scripts.js';

/** For how long a life that ended is remembered as such, ms. */
export const ENDED_KEPT_MS = 60 * 60 * 1_000;

const leaseKeys = () => [keys.livesKey, keys.ownersKey, keys.endedLivesKey];

const renew = defineScript({
  name: 'lease-renew',
  keys: (_: { life: string; leaseMs: number }) => leaseKeys(),
  args: ({ life, leaseMs }) => [life, leaseMs, ENDED_KEPT_MS],
  reply: (raw) => {
    const [lost, ...tags] = raw as [number, ...string[]];
    return { tags, lost: lost === 1 };
  },
});

const end = defineScript({
  name: 'lease-end',
  keys: (_life: string) => leaseKeys(),
  args: (life) => [life, ENDED_KEPT_MS],
  reply: (raw) => Number(raw),
});

/** Of the lives given, those that are over from now on. */
export const judgeLives = defineScript({
  name: 'lease-judge',
  keys: (_lives: readonly string[]) => [keys.livesKey, keys.endedLivesKey],
  args: (lives) => [ENDED_KEPT_MS, ...lives],
  reply: (raw) => raw as string[],
});

/** Lives by the end of their lease, and which of them looks after which tag. */
export class RedisLeases implements Leases {
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async renew(life: string, leaseMs: number): Promise<{ tags: readonly string[]; lost: boolean }> {
    return await this.#redis.scripts.run(renew, { life, leaseMs });
  }

  async end(life: string): Promise<void> {
    await this.#redis.scripts.run(end, life);
  }
}
