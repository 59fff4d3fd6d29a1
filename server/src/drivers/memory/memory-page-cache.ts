import type { Entry } from '@pinroom/client/contract';
import type { BlockKey, PageCache } from '../../engine/history/page-cache.port.js';
import { ExpiringMap } from './expiring-map.js';
import type { MemoryState } from './memory-state.js';

/** How long a block stays after it was put, ms. */
const BLOCK_TTL_MS = 10 * 60 * 1_000;
/** Blocks kept at a time: at 100 entries of some 500 bytes each this is about 13 MB. */
const MAX_BLOCKS = 256;

/** Blocks of history in the memory of this process, as text, so that nobody can change them. */
export class MemoryPageCache implements PageCache {
  readonly #state: MemoryState;
  readonly #blocks = new ExpiringMap<string>(MAX_BLOCKS);

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async get(key: BlockKey): Promise<Entry[] | null> {
    const text = this.#blocks.get(nameOf(key), this.#state.clock.now());
    return text === undefined ? null : (JSON.parse(text) as Entry[]);
  }

  async put(key: BlockKey, entries: readonly Entry[]): Promise<void> {
    const now = this.#state.clock.now();
    this.#blocks.set(nameOf(key), JSON.stringify(entries), now + BLOCK_TTL_MS, now);
  }

  async forget(roomId: string): Promise<void> {
    for (const name of this.#blocks.keys()) {
      if (name.startsWith(`${roomId} `)) this.#blocks.delete(name);
    }
  }
}

function nameOf(key: BlockKey): string {
  return `${key.roomId} ${key.channel} ${key.epoch} ${key.block} ${key.size}`;
}
