import type { Member } from '@pinroom/client/contract';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { LocalSeat } from './local-seat.js';
import type { LocalSeats } from './local-seats.js';

/** For how long changes are gathered into one list. */
const GATHER_MS = 500;

export interface WaitingTellerParts {
  readonly roomId: string;
  readonly seats: LocalSeats;
  /** Null: the room is gone. */
  readonly read: () => Promise<{ readonly waiting: Member[]; readonly rev: number } | null>;
  /** Resolves when the roles of the seats are those of this `rev`, or of a later one. */
  readonly upTo: (rev: number) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tells the hosts of one room on this node who waits at its door: the whole list, once for the changes
 * of a while, and to nobody what they were told last.
 */
export class WaitingTeller {
  readonly #parts: WaitingTellerParts;
  /** What each host was told last. */
  #told = new Map<LocalSeat, string>();
  #timer: { cancel(): void } | undefined;
  /** The list that is being told; never rejects. */
  #telling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: WaitingTellerParts) {
    this.#parts = parts;
  }

  /** The list, or who is a host, may have changed. */
  tellSoon(): void {
    const { clock, logger, roomId } = this.#parts;
    if (this.#stopped) return;
    this.#timer ??= clock.after(GATHER_MS, () => {
      this.#timer = undefined;
      this.#telling = this.#telling
        .then(() => this.#tell())
        .catch((fault: unknown) => {
          // The next change, or the next look at where the room stands, tells it.
          logger.debug({ roomId, err: fault }, 'could not read who waits');
        });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#told.clear();
  }

  async #tell(): Promise<void> {
    const { read, roomId, seats, upTo } = this.#parts;
    if (seats.hosts.size === 0) {
      this.#told.clear();
      return;
    }
    const list = await read();
    if (!list) return;
    await upTo(list.rev);
    if (this.#stopped) return;
    const { waiting } = list;
    const said = JSON.stringify(waiting);
    const told = new Map<LocalSeat, string>();
    for (const seat of seats.hosts) {
      if (this.#told.get(seat) !== said) seat.socket.emit('room:waiting', { roomId, waiting });
      told.set(seat, said);
    }
    this.#told = told;
  }
}
