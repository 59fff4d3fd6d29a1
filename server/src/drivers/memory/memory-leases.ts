import type { Leases } from '../../engine/runtime/leases.port.js';
import { ALL_TAGS } from '../../engine/runtime/random.js';
import type { MemoryState } from './memory-state.js';

/** Leases among the lives of one process: usually there is one, and it looks after every tag. */
export class MemoryLeases implements Leases {
  readonly #state: MemoryState;
  /** Tag → the life that looks after it. */
  readonly #owners = new Map<string, string>();

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async renew(life: string, leaseMs: number): Promise<{ tags: readonly string[]; lost: boolean }> {
    if (this.#state.endedLives.has(life)) return { tags: [], lost: true };
    this.#state.leases.set(life, this.#state.clock.now() + leaseMs);
    this.#freeTags();
    return { tags: this.#share(life), lost: false };
  }

  async end(life: string): Promise<void> {
    this.#state.endLife(life);
    this.#freeTags();
  }

  /** Tags of lives that are over, or whose lease has run out, are for the others. */
  #freeTags(): void {
    for (const [tag, owner] of this.#owners) {
      if (!this.#state.isAlive(owner)) this.#owners.delete(tag);
    }
  }

  /**
   * What a life looks after: it gives up what is above its share and takes what is free below it.
   * The lives in order of their names, the first ones have one tag more where it does not divide.
   */
  #share(life: string): string[] {
    const lives = [...this.#state.leases.keys()].filter((key) => this.#state.isAlive(key)).sort();
    const surplus = ALL_TAGS.length % lives.length;
    const quota =
      Math.floor(ALL_TAGS.length / lives.length) + (lives.indexOf(life) < surplus ? 1 : 0);
    const own = ALL_TAGS.filter((tag) => this.#owners.get(tag) === life);
    for (const tag of own.splice(quota)) this.#owners.delete(tag);
    for (const tag of ALL_TAGS) {
      if (own.length >= quota) break;
      if (this.#owners.has(tag)) continue;
      this.#owners.set(tag, life);
      own.push(tag);
    }
    return own;
  }
}
