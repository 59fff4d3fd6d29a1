import {
  PIN_MISS_WINDOWS,
  type PinBudget,
  type PinLookup,
  type PinSeeker,
} from '../../engine/room/pin-registry.port.js';
import { ExpiringMap } from './expiring-map.js';

type Refused = Extract<PinLookup, { kind: 'refused' }>;

interface ExtraTry {
  readonly pin: string;
  readonly wasWrong: boolean;
  readonly until: number;
}

/** The wrong PINs of sessions and networks, see [PIN-4]. */
export class MemoryPinTries {
  readonly #budget: PinBudget;
  /** PINs of the last window with their times, oldest first, by whose they are. */
  readonly #sets = new ExpiringMap<Map<string, number>>();
  readonly #extra = new ExpiringMap<ExtraTry>();

  constructor(budget: PinBudget) {
    this.#budget = budget;
  }

  /** Looks a PIN up with `look`, unless there were too many wrong ones. */
  try(pin: string, { sessionId, network }: PinSeeker, now: number, look: () => PinLookup) {
    const { perNetwork, perSession, windowMs } = this.#budget;
    const [ofSession, ofNetwork, again] = [`s ${sessionId}`, `n ${network}`, `a ${network}`];
    const isExtra = this.#waitFor(ofNetwork, perNetwork, pin, now) > 0;
    const before = isExtra ? this.#extra.get(sessionId, now) : undefined;
    const isSame = before?.pin === pin;
    const wasWrong = before?.wasWrong ?? false;
    let extraWait = 0;
    if (before && !isSame) {
      extraWait = Math.max(0, before.until - now);
      if (wasWrong) extraWait = Math.max(extraWait, this.#waitFor(again, perNetwork, pin, now));
    }
    const sessionWait = this.#waitFor(ofSession, perSession, pin, now);
    if (sessionWait > 0) return refused('session', Math.max(sessionWait, extraWait));
    if (extraWait > 0) return refused('address', extraWait);
    const found = look();
    const isWrong = found.kind !== 'room';
    if (isWrong) {
      this.#remember(ofSession, pin, now);
      if (!isExtra) this.#remember(ofNetwork, pin, now);
    }
    if (isExtra && !isSame) {
      if (wasWrong) this.#remember(again, pin, now);
      const tried = { pin, wasWrong: isWrong || wasWrong, until: now + windowMs };
      this.#extra.set(sessionId, tried, now + windowMs * PIN_MISS_WINDOWS, now);
    }
    return found;
  }

  #waitFor(whose: string, max: number, pin: string, now: number): number {
    const pins = this.#sets.get(whose, now);
    const { windowMs } = this.#budget;
    for (const [old, at] of pins ?? []) if (at <= now - windowMs) pins?.delete(old);
    if (!pins || pins.size < max || pins.has(pin)) return 0;
    const [oldest = now] = pins.values();
    return Math.max(1, oldest + windowMs - now);
  }

  #remember(whose: string, pin: string, now: number): void {
    const pins = this.#sets.get(whose, now) ?? new Map<string, number>();
    if (!pins.has(pin)) pins.set(pin, now);
    this.#sets.set(whose, pins, now + this.#budget.windowMs, now);
  }
}

function refused(by: Refused['by'], retryAfterMs: number): Refused {
  return { kind: 'refused', by, retryAfterMs };
}
