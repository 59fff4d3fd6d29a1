import type { NodeStatus } from '@pinroom/client/contract';
import type { FallenLife, NodeDirectory } from '../../engine/runtime/node-directory.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { ENDED_KEPT_MS } from './redis-leases.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

const living = defineScript({
  name: 'node-living',
  keys: (_: null) => [keys.livesKey],
  args: () => [],
  reply: (raw) => raw as string[],
});

const fallen = defineScript({
  name: 'lease-fallen',
  keys: (_: null) => [keys.livesKey, keys.endedLivesKey],
  args: () => [ENDED_KEPT_MS],
  reply: (raw) => raw as string[],
});

/** What the nodes say of themselves: one key for each life, which runs out by itself. */
export class RedisNodeDirectory implements NodeDirectory, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async say(status: NodeStatus): Promise<void> {
    const { calls } = this.#redis;
    const { life } = status;
    await calls.call('SET', keys.nodeKey(life), JSON.stringify(status), 'PX', ENDED_KEPT_MS);
  }

  @retry()
  async listLiving(): Promise<NodeStatus[]> {
    const lives = await this.#redis.scripts.run(living, null);
    const statuses = (await this.#statuses(lives)).flatMap((status) => status ?? []);
    return statuses.sort((a, b) => a.startedAt - b.startedAt);
  }

  async listFallen(): Promise<FallenLife[]> {
    const pairs = await this.#redis.scripts.run(fallen, null);
    const lives = pairs.filter((_, index) => index % 2 === 0);
    const statuses = await this.#statuses(lives);
    return lives.map((life, index) => ({
      life,
      at: Number(pairs[2 * index + 1]),
      status: statuses[index] ?? null,
    }));
  }

  async #statuses(lives: readonly string[]): Promise<(NodeStatus | null)[]> {
    if (lives.length === 0) return [];
    const reply = await this.#redis.calls.call('MGET', ...lives.map(keys.nodeKey));
    return (reply as (string | null)[]).map((json) => (json === null ? null : readStatus(json)));
  }
}

/** What a node of the version before does not say is none. */
function readStatus(json: string): NodeStatus {
  const said = JSON.parse(json) as Omit<NodeStatus, 'entries' | 'refused'> & Partial<NodeStatus>;
  return { ...said, entries: said.entries ?? 0, refused: said.refused ?? {} };
}
