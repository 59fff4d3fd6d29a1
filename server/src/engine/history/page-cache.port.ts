import type { Entry } from '@pinroom/client/contract';

export interface BlockKey {
  readonly roomId: string;
  readonly channel: string;
  readonly epoch: number;
  /** Number of the block: its entries have seq in [block × 100, block × 100 + 100). */
  readonly block: number;
  /** How many of them, from its beginning: all 100, or fewer at what was the end of the channel. */
  readonly size: number;
}

/** Archived blocks of history. They never change, so nothing has to be invalidated. */
export interface PageCache {
  /** [CACHE-1] Null: not kept. */
  get(key: BlockKey): Promise<Entry[] | null>;
  /** [CACHE-2] Keeps a block for a while; may decline when memory is short. Never rejects. */
  put(key: BlockKey, entries: readonly Entry[]): Promise<void>;
  /** [CACHE-3] Forgets the blocks of a room (its history was erased). */
  forget(roomId: string): Promise<void>;
}
