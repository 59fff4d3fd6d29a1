import type { EndedPage, EndedSessionList } from '../../engine/auth/ended-session-list.port.js';

/** Ended sessions that are listed; far more than end between two looks. */
const LISTED = 10_000;

/** The list of ended sessions in the memory of this process; no message of it gets lost. */
export class MemoryEndedSessions implements EndedSessionList {
  /** In order of their end, and how many before them were forgotten. */
  readonly #ids: string[] = [];
  #forgotten = 0;
  #onEnded: (interrupted: boolean) => void = () => {};

  /** A session has ended. */
  add(sessionId: string): void {
    this.#ids.push(sessionId);
    if (this.#ids.length > LISTED) {
      this.#ids.shift();
      this.#forgotten += 1;
    }
    this.#onEnded(false);
  }

  async listEnded(after: string | null): Promise<EndedPage> {
    const top = this.#forgotten + this.#ids.length;
    const isContinuous =
      after === null || (Number(after) >= this.#forgotten && Number(after) <= top);
    if (!isContinuous) return { ids: [], cursor: `${this.#forgotten}`, more: true, isContinuous };
    const ids = after === null ? [] : this.#ids.slice(Number(after) - this.#forgotten);
    return { ids, cursor: `${top}`, more: false, isContinuous };
  }

  onEnded(handler: (interrupted: boolean) => void): void {
    this.#onEnded = handler;
  }
}
