import type { NodeStatus } from '@pinroom/client/contract';
import type { FallenLife, NodeDirectory } from '../../engine/runtime/node-directory.port.js';
import type { MemoryState } from './memory-state.js';

const KEPT_MS = 3_600_000;

/** What the lives of one process say of themselves: usually there is one. */
export class MemoryNodeDirectory implements NodeDirectory {
  readonly #state: MemoryState;
  readonly #statuses = new Map<string, NodeStatus>();

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async say(status: NodeStatus): Promise<void> {
    this.#statuses.set(status.life, status);
    for (const life of this.#statuses.keys()) {
      const endedAt = this.#state.endedLives.get(life);
      if (endedAt !== undefined && this.#isOld(endedAt)) this.#statuses.delete(life);
    }
  }

  async listLiving(): Promise<NodeStatus[]> {
    return [...this.#statuses.values()]
      .filter(({ life }) => this.#state.isAlive(life))
      .sort((a, b) => a.startedAt - b.startedAt);
  }

  async listFallen(): Promise<FallenLife[]> {
    for (const life of [...this.#state.leases.keys()]) {
      if (!this.#state.isAlive(life)) this.#state.endLife(life);
    }
    return [...this.#state.endedLives]
      .filter(([, at]) => !this.#isOld(at))
      .map(([life, at]) => ({ life, at, status: this.#statuses.get(life) ?? null }));
  }

  #isOld(endedAt: number): boolean {
    return endedAt + KEPT_MS <= this.#state.clock.now();
  }
}
