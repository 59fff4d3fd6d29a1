import type { JoinAnswer } from '../model.js';
import { type ClientClock, Pause } from './client-clock.js';
import { isTransient, PinroomError, toPinroomError } from './errors.js';

/** An answer that went missing is asked for again after about this long. */
export const ASK_AGAIN_MS = 15_000;

type Verdict = 'admitted' | 'refused' | 'closed';

export interface DoorWait {
  /** Null: only the PIN is known so far. */
  readonly roomId: string | null;
  /** Which room it is; null: not to be found out right now. */
  readonly find: () => Promise<string | null>;
  readonly ask: (roomId: string | null) => Promise<JoinAnswer>;
  readonly onWaiting: (roomId: string) => void;
  /** Never rejects. */
  readonly giveUp: (roomId: string) => Promise<void>;
  /** Aborted: nobody wants to be let in any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * [CLIENT-20] Waits where a host lets people in: until it is told what was decided, and asks again after a
 * reconnect and now and then, as the news may get lost.
 */
export class DoorWaits {
  readonly #clock: ClientClock;
  readonly #random: () => number;
  readonly #deadlineMs: number;
  readonly #pause: Pause;
  /** What was told while somebody joins: it may come before the answer that one has to wait. */
  readonly #verdicts = new Map<string, Verdict>();
  #joining = 0;

  constructor(clock: ClientClock, random: () => number, deadlineMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#deadlineMs = deadlineMs;
    this.#pause = new Pause(clock);
  }

  async whileJoining<T>(join: () => Promise<T>): Promise<T> {
    this.#joining++;
    try {
      return await join();
    } finally {
      this.#joining--;
      if (this.#joining === 0) this.#verdicts.clear();
    }
  }

  decided(roomId: string, verdict: Verdict): void {
    if (this.#joining === 0) return;
    this.#verdicts.set(roomId, verdict);
    this.#pause.wake();
  }

  /** The connection is another one, or there will be none any more. */
  wake(): void {
    this.#pause.wake();
  }

  async wait(parts: DoorWait): Promise<JoinAnswer> {
    const { ask, find, giveUp, onWaiting, signal } = parts;
    const deadline = this.#clock.monotonic() + this.#deadlineMs;
    let { roomId } = parts;
    for (let round = 0; ; round++) {
      const wasKnown = round > 0 && roomId !== null;
      roomId ??= await find();
      if (signal?.aborted) {
        if (roomId !== null) await giveUp(roomId);
        throw new PinroomError('stopped');
      }
      if (roomId !== null && !wasKnown) onWaiting(roomId);
      if (!this.#take(roomId)) {
        const left = deadline - this.#clock.monotonic();
        if (left <= 0) {
          if (roomId !== null) void giveUp(roomId);
          throw new PinroomError('waiting_for_host', 'No host has let the user in so far.');
        }
        const again = Math.min(left, ASK_AGAIN_MS * (0.75 + this.#random() / 2));
        await this.#pause.wait(again, signal);
        this.#take(roomId);
      }
      if (signal?.aborted) continue;
      try {
        return await ask(roomId);
      } catch (fault) {
        const error = toPinroomError(fault);
        const isOver = error.code !== 'waiting_for_host' && !isTransient(error);
        if (isOver && !signal?.aborted) throw error;
      }
    }
  }

  /** Whether the user was let in; throws where they were not. */
  #take(roomId: string | null): boolean {
    const verdict = roomId === null ? undefined : this.#verdicts.get(roomId);
    if (roomId === null || verdict === undefined) return false;
    this.#verdicts.delete(roomId);
    if (verdict === 'refused')
      throw new PinroomError('forbidden', 'The host did not let the user in.');
    if (verdict === 'closed') throw new PinroomError('room_closed');
    return true;
  }
}
