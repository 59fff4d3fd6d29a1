import { compareEntryIds } from '@pinroom/client/contract';
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
import { ExpiringMap } from './expiring-map.js';
import type { MemoryState } from './memory-state.js';

/** The log of the system in the memory of this process. */
export class MemorySystemLog implements SystemLogStore {
  readonly #state: MemoryState;
  readonly #entries: SystemRecord[] = [];
  readonly #said = new ExpiringMap<true>(SYSTEM_KEYS);
  readonly #most: number;
  readonly #keep: number;
  #last = { ms: 0, seq: 0 };
  #archivedId: string | null = null;
  #lost = 0;

  constructor(state: MemoryState, { keep, most }: SystemLogBounds = SYSTEM_LOG_BOUNDS) {
    this.#state = state;
    this.#most = most;
    this.#keep = keep;
  }

  async append(entries: readonly NewSystemEntry[]): Promise<void> {
    const now = this.#state.clock.now();
    for (const entry of entries) {
      if (this.#said.get(entry.key, now)) continue;
      this.#said.set(entry.key, true, now + SYSTEM_KEY_MS, now);
      this.#entries.push({ ...entry, id: this.#nextId(now) });
    }
    const surplus = this.#entries.splice(0, Math.max(0, this.#entries.length - this.#most));
    this.#lost += surplus.filter(({ id }) => !this.#isArchived(id)).length;
  }

  async read({ after, before, limit, take, type }: SystemLogRange): Promise<HotSystemLog> {
    const found = this.#entries.filter(
      (entry) =>
        (after === null || compareEntryIds(entry.id, after) > 0) &&
        (before === null || compareEntryIds(entry.id, before) < 0) &&
        (type === null || entry.type === type),
    );
    const taken = take === 'oldest' ? found.slice(0, limit) : found.slice(-limit);
    return {
      entries: taken.map(({ key: _, ...entry }) => entry),
      isSeamless: this.#entries.some(({ id }) => id === after),
    };
  }

  async listPending(limit: number): Promise<readonly SystemRecord[]> {
    return this.#entries.filter(({ id }) => !this.#isArchived(id)).slice(0, limit);
  }

  async confirm(lastId: string | null): Promise<number> {
    if (lastId !== null && !this.#isArchived(lastId)) this.#archivedId = lastId;
    while (this.#entries.length > this.#keep && this.#isArchived(this.#entries[0]?.id ?? null)) {
      this.#entries.shift();
    }
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #isArchived(id: string | null): boolean {
    if (id === null || this.#archivedId === null) return false;
    return compareEntryIds(id, this.#archivedId) <= 0;
  }

  #nextId(now: number): string {
    const { ms, seq } = this.#last;
    this.#last = now > ms ? { ms: now, seq: 0 } : { ms, seq: seq + 1 };
    return `${this.#last.ms}-${this.#last.seq}`;
  }
}
