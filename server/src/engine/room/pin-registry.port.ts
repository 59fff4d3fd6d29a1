/** Who looks for a room by its PIN; wrong ones are counted. */
export interface PinSeeker {
  readonly sessionId: string;
  /** See `networkOf`. */
  readonly network: string;
}

/** How many different wrong PINs there may be in a window of time. */
export interface PinBudget {
  readonly perSession: number;
  readonly perNetwork: number;
  readonly windowMs: number;
}

/** For how many windows it is remembered that a session was wrong beyond its network's budget: a day. */
export const PIN_MISS_WINDOWS = 1_440;

/** What the index says of a PIN. */
export type PinLookup =
  | { readonly kind: 'room'; readonly roomId: string }
  /** Free, reserved or resting: no open room has it. Certain, because the index is complete. */
  | { readonly kind: 'none' }
  /** The index is not complete for this life of the data: ask the archive. */
  | { readonly kind: 'unknown' }
  /** Too many wrong ones: the index was not asked. In so many ms it will be. */
  | { readonly kind: 'refused'; readonly by: 'session' | 'address'; readonly retryAfterMs: number };

export interface PinReservation {
  readonly roomId: string;
  /** For each length, shortest first, candidates from a CSPRNG. */
  readonly candidates: readonly (readonly string[])[];
  /** Share of a length's space (9 × 10^(length-1) PINs) in use before a longer one is taken; the longest has no bound. */
  readonly density: number;
  /** Life of the reservation, ms. */
  readonly reserveMs: number;
}

export interface PinInUse {
  readonly pin: string;
  /** Null: resting after its room closed. */
  readonly roomId: string | null;
  /** When the PIN is free again, at the latest. */
  readonly until: number;
}

/** Which PIN leads to which open room. One owner decides: no two callers ever get one PIN. */
export interface PinRegistry {
  /** [PIN-1] One round trip: the first free candidate of the shortest length that is not too dense; null: none free. */
  reserve(reservation: PinReservation): Promise<string | null>;
  /** [PIN-2] Makes the reservation a PIN in use until `until`; false: the reservation was lost, the PIN may be another's. */
  confirm(pin: string, roomId: string, until: number): Promise<boolean>;
  /** [PIN-3] Compare and swap: only while it is `roomId`'s. It rests for `restMs` (0: free at once). False: it was not this room's. */
  release(pin: string, roomId: string, restMs: number): Promise<boolean>;
  /**
   * [PIN-4] One round trip, atomic with the count of the seeker's wrong PINs. The same wrong PIN counts
   * once in a window. A session above its budget is refused. Behind a network that is above its budget
   * each session has one try per window all the same; those who were wrong there before have no more
   * than one budget more between them, so that hoarded sessions do not help. Without a seeker nothing
   * is counted.
   */
  lookup(pin: string, seeker?: PinSeeker): Promise<PinLookup>;
  /** [PIN-5] Since when the index is complete (ms since 1970); null: it is not. */
  completeSince(): Promise<number | null>;
  /**
   * [PIN-6] One caller at a time gets the right to rebuild, for `ms` or until it is given back; null:
   * another has it. Giving it back touches no successor's and never rejects: it runs out by itself.
   */
  lockRebuild(ms: number): Promise<AsyncDisposable | null>;
  /**
   * [PIN-7] Adds PINs that are missing, never over one that is in use or resting. A reservation gives
   * way: the archive, where these PINs come from, refuses it. Were it left in place, the PIN would be
   * missing in a complete index once it runs out.
   */
  fill(pins: readonly PinInUse[]): Promise<void>;
  /** [PIN-8] Says that the index is complete from now on. */
  markComplete(): Promise<void>;
}
