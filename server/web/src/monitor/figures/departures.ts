import type { SystemEntry } from '@pinroom/client';
import { type ReadonlySignal, signal } from '@preact/signals';

/** Between two looks into the log: what a node says at its end is there within a second or two. */
const AGAIN_MS = 5_000;

export interface DeparturesParts {
  /** The newest entries of type `node-down`. */
  readonly ask: () => Promise<readonly SystemEntry[]>;
  readonly now: () => number;
}

/** Why nodes are gone, as the log of the system has it: one that was stopped may go between two questions. */
export class Departures {
  readonly #parts: DeparturesParts;
  readonly #stopped = signal<ReadonlySet<string>>(new Set());
  readonly #explained = new Set<string>();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
  }

  /** Ids of nodes that were stopped on purpose, as far as it was asked. */
  get stopped(): ReadonlySignal<ReadonlySet<string>> {
    return this.#stopped;
  }

  /** These are gone. Never rejects; asks only where something is not known. */
  async look(nodeIds: readonly string[]): Promise<void> {
    const now = this.#parts.now();
    if (nodeIds.every((id) => this.#explained.has(id)) || now - this.#askedAt < AGAIN_MS) return;
    this.#askedAt = now;
    const entries = await this.#parts.ask().catch(() => []);
    const stopped = new Set(this.#stopped.peek());
    for (const { payload, type } of entries) {
      if (type !== 'node-down' || typeof payload.nodeId !== 'string') continue;
      this.#explained.add(payload.nodeId);
      if (payload.reason === 'stopped') stopped.add(payload.nodeId);
    }
    if (stopped.size > this.#stopped.peek().size) this.#stopped.value = stopped;
  }
}
