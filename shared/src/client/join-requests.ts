import type { CommandPayload } from '../commands.js';
import type { JoinAnswer } from '../model.js';
import type { DoorWaits } from './door-wait.js';
import { PinroomError, toPinroomError } from './errors.js';

/** The room as far as it is known. */
export type JoinPlace = { readonly pin: string } | { readonly roomId: string };
type Wish = Omit<CommandPayload<'room:join'>, 'pin' | 'roomId'>;

export interface JoinRequestsParts {
  readonly doors: DoorWaits;
  /** Asks until there is an answer about the matter itself, or nobody wants it any more. */
  readonly ask: (
    payload: CommandPayload<'room:join'>,
    signal: AbortSignal | undefined,
  ) => Promise<JoinAnswer>;
  /** Gives a place back, in a room or at its door; never rejects. */
  readonly leave: (roomId: string) => Promise<void>;
  /** Which room has the PIN; null: not to be found out right now. */
  readonly find: (pin: string) => Promise<string | null>;
  /** Whether the user is in the room by another call. */
  readonly isInside: (roomId: string) => boolean;
  readonly onWaiting: (roomId: string) => void;
}

/** What `room:join` takes until there is an answer: waiting at the door, or giving up. */
export class JoinRequests {
  readonly #parts: JoinRequestsParts;
  /** Joins that were given up and that the server is still to forget; none rejects. */
  readonly #undoing = new Set<Promise<void>>();

  constructor(parts: JoinRequestsParts) {
    this.#parts = parts;
  }

  /**
   * [CLIENT-22] Once the signal is aborted it rejects with `stopped` at once. What the server has given,
   * or gives after all, goes back; joins that begin meanwhile wait for that, or theirs would go with it.
   */
  async run(place: JoinPlace, wish: Wish, signal?: AbortSignal): Promise<JoinAnswer> {
    throwIfStopped(signal);
    await untilStopped(Promise.all(this.#undoing), signal);
    const answered = this.#ask(place, wish, signal);
    // At once: whoever gives up may begin another join in the same moment.
    return untilStopped(answered, signal, () => this.#undo(place, answered));
  }

  #undo(place: JoinPlace, answered: Promise<JoinAnswer>): void {
    const { isInside, leave } = this.#parts;
    const undone = answered
      .then(
        ({ room }) => room.id,
        (fault) => (toPinroomError(fault).code === 'timeout' ? this.#roomOf(place) : null),
      )
      .then((roomId) => (roomId === null || isInside(roomId) ? undefined : leave(roomId)))
      .finally(() => this.#undoing.delete(undone));
    this.#undoing.add(undone);
  }

  /** Null: not to be found out right now. */
  async #roomOf(place: JoinPlace): Promise<string | null> {
    return 'roomId' in place ? place.roomId : this.#parts.find(place.pin);
  }

  async #ask(place: JoinPlace, wish: Wish, signal: AbortSignal | undefined): Promise<JoinAnswer> {
    const { ask, doors, leave, onWaiting } = this.#parts;
    try {
      return await ask({ ...place, ...wish }, signal);
    } catch (fault) {
      if (toPinroomError(fault).code !== 'waiting_for_host') throw fault;
    }
    return doors.wait({
      roomId: 'roomId' in place ? place.roomId : null,
      find: () => this.#roomOf(place),
      ask: (roomId) => ask({ ...(roomId === null ? place : { roomId }), ...wish }, signal),
      onWaiting,
      giveUp: leave,
      signal,
    });
  }
}

/** What was asked for with this signal is wanted no more. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw givenUp();
}

/** What the promise gives, or `stopped` as soon as the signal is aborted. */
function untilStopped<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  onStop = () => {},
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => {
      onStop();
      reject(givenUp());
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function givenUp(): PinroomError {
  return new PinroomError('stopped', 'The request was given up.');
}
