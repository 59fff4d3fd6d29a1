import { unavailable } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { EntryArchive, KeyedEntry, MessageName } from './entry-archive.port.js';

/** Names in one question. */
const TOGETHER = 500;
/** Names that may wait; more would wait for longer than their senders do. */
const MAX_WAITING = 2_000;
/** With a question of its own behind it, a command is still answered within its 4 s. */
const MAX_WAIT_MS = 1_500;

interface Asking {
  readonly name: MessageName;
  readonly since: number;
  readonly resolve: (found: KeyedEntry | null) => void;
  readonly reject: (fault: unknown) => void;
}

export interface ArchivedKeysOptions {
  readonly archive: Pick<EntryArchive, 'findByKeys'>;
  readonly clock: Pick<Clock, 'now'>;
  /** For how long a key makes a message count once, ms. */
  readonly dedupeMs: number;
}

/**
 * Asks the archive for messages by their keys. After a loss of data every message may have to be
 * asked for, so there is one question at a time, and who comes meanwhile is in the next one.
 */
export class ArchivedKeys {
  readonly #options: ArchivedKeysOptions;
  readonly #waiting: Asking[] = [];
  #isAsking = false;

  constructor(options: ArchivedKeysOptions) {
    this.#options = options;
  }

  /** The entry that is archived under the name; null: none. Rejects with `unavailable`. */
  find(name: MessageName): Promise<KeyedEntry | null> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(unavailable('The archive'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, since: this.#options.clock.now(), resolve, reject });
      if (!this.#isAsking) void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    // Those of the same turn of the loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      this.#refuseLate();
      await this.#ask(this.#waiting.splice(0, TOGETHER));
    }
    this.#isAsking = false;
  }

  /** The answer would come too late for them. */
  #refuseLate(): void {
    const latest = this.#options.clock.now() - MAX_WAIT_MS;
    const firstInTime = this.#waiting.findIndex(({ since }) => since >= latest);
    const count = firstInTime < 0 ? this.#waiting.length : firstInTime;
    for (const { reject } of this.#waiting.splice(0, count)) reject(unavailable('The archive'));
  }

  async #ask(asking: readonly Asking[]): Promise<void> {
    if (asking.length === 0) return;
    const { archive, clock, dedupeMs } = this.#options;
    try {
      const names = asking.map(({ name }) => name);
      // More than is wanted: which of it is young enough goes by the store's clock, not by this one.
      const found = await archive.findByKeys(names, clock.now() - 2 * dedupeMs);
      for (const [index, { resolve }] of asking.entries()) resolve(found[index] ?? null);
    } catch (fault) {
      for (const { reject } of asking) reject(fault);
    }
  }
}
