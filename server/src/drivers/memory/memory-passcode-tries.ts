import type { GuessRefusal, PasscodeTries } from '../../engine/room/passcode-tries.port.js';
import type { PinSeeker } from '../../engine/room/pin-registry.port.js';
import type { MemoryState } from './memory-state.js';

/** Passcodes that were tried, counted in the memory of this process with the PINs. */
export class MemoryPasscodeTries implements PasscodeTries {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async try(guess: string, isRight: boolean, seeker: PinSeeker): Promise<GuessRefusal | null> {
    const { clock, pinTries } = this.#state;
    const outcome = pinTries?.try(guess, seeker, clock.now(), () =>
      isRight ? { kind: 'room', roomId: '' } : { kind: 'none' },
    );
    return outcome?.kind === 'refused' ? outcome : null;
  }
}
