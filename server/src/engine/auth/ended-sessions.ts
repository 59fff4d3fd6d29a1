import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { SessionStore } from './session-store.port.js';

/** Well within the second in which a session's sockets have to be closed on every node. */
const EVERY_MS = 400;

/**
 * Looks at the list of ended sessions, so that their sockets on this node are closed. A list that is
 * read again and again needs no message that could get lost; after an outage it goes on where it was.
 */
export class EndedSessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onEnded: (sessionId: string) => void;
  #cursor: string | null = null;
  #loop: Loop | undefined;

  constructor(
    store: SessionStore,
    clock: Clock,
    logger: Logger,
    onEnded: (sessionId: string) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#onEnded = onEnded;
  }

  /** From now on; what ended before has no socket on this node. */
  async start(): Promise<void> {
    await this.#look();
    this.#loop = runLoop(
      { name: 'ended-sessions', everyMs: EVERY_MS, clock: this.#clock, logger: this.#logger },
      () => this.#look(),
    );
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async #look(): Promise<void> {
    const { ids, cursor } = await this.#store.listEnded(this.#cursor);
    this.#cursor = cursor;
    for (const id of ids) this.#onEnded(id);
  }
}
