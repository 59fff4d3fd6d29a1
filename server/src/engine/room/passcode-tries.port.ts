import type { PinLookup, PinSeeker } from './pin-registry.port.js';

export type GuessRefusal = Extract<PinLookup, { kind: 'refused' }>;

/** How many passcodes somebody may try: wrong ones count as wrong PINs do, and together with them. */
export interface PasscodeTries {
  /**
   * [PASSCODE-1] One round trip, atomic with the count: of many tries at once no more than the budget
   * are let through. A wrong guess is counted among the seeker's wrong PINs, the same one once in a
   * window; a right one costs nothing, and is refused too once the budget is used up. Null: the seeker
   * may be told whether it was right.
   */
  try(guess: string, isRight: boolean, seeker: PinSeeker): Promise<GuessRefusal | null>;
}
