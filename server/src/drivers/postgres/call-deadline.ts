import { ConnectionFault } from './sql-faults.js';

/** Below the 4 s that a command may wait for the archive, so that the answer is out by then. */
export const CALL_DEADLINE_MS = 3_800;

/**
 * How long a call may still send statements over the connection that it asked for. Without it, work
 * that nobody waits for any more would go on beside what is wanted. A time, not a context that travels
 * with the call: on Node 20 that slows down every promise of the process.
 */
export class CallDeadline {
  readonly #endsAt: number;

  /** @param ms from now; infinite: none. */
  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
  }

  /** Throws a fault when it has passed. */
  check(): void {
    if (performance.now() > this.#endsAt) {
      throw new ConnectionFault('the deadline of the call has passed');
    }
  }
}
