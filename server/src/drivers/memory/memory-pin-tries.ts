import type { PinBudget, PinLookup, PinSeeker } from '../../engine/room/pin-registry.port.js';
import { ExpiringMap } from './expiring-map.js';

/** Wrong tries in a row beyond the network's budget after which the wait doubles, and how often. */
const PATIENCE = 5;
const DOUBLINGS = 10;

type Refused = Extract<PinLookup, { kind: 'refused' }>;

interface ExtraTry {
  readonly pin: string;
  readonly misses: number;
  readonly until: number;
}

/** The wrong PINs of sessions and networks, see [PIN-4]. */
export class MemoryPinTries {
  readonly #budget: PinBudget;
  /** Wrong PINs of the last window with their times, oldest first, by session or network. */
  readonly #wrong = new ExpiringMap<Map<string, number>>();
  readonly #extra = new ExpiringMap<ExtraTry>();

  constructor(budget: PinBudget) {
    this.#budget = budget;
  }

  /** Looks a PIN up with `look`, unless there were too many wrong ones. */
  try(pin: string, { sessionId, network }: PinSeeker, now: number, look: () => PinLookup) {
    const { perNetwork, perSession, windowMs } = this.#budget;
    const sessionWait = this.#waitFor(`session ${sessionId}`, perSession, pin, now);
    if (sessionWait > 0) return refused('session', sessionWait);
    const isExtra = this.#waitFor(`network ${network}`, perNetwork, pin, now) > 0;
    const before = isExtra ? this.#extra.get(sessionId, now) : undefined;
    const isSame = before?.pin === pin;
    if (before && !isSame && now < before.until) return refused('address', before.until - now);
    const found = look();
    const isFound = found.kind === 'room';
    if (!isFound) {
      this.#remember(`session ${sessionId}`, pin, now);
      if (!isExtra) this.#remember(`network ${network}`, pin, now);
    }
    if (isExtra && !isSame) {
      const misses = isFound ? 0 : (before?.misses ?? 0) + 1;
      const doublings = Math.min(Math.max(0, misses - PATIENCE), DOUBLINGS);
      const tried = { pin, misses, until: now + windowMs * 2 ** doublings };
      this.#extra.set(sessionId, tried, now + windowMs * 2 ** DOUBLINGS, now);
    }
    return found;
  }

  #waitFor(who: string, max: number, pin: string, now: number): number {
    const wrong = this.#wrong.get(who, now);
    const { windowMs } = this.#budget;
    for (const [old, at] of wrong ?? []) if (at <= now - windowMs) wrong?.delete(old);
    if (!wrong || wrong.size < max || wrong.has(pin)) return 0;
    const [oldest = now] = wrong.values();
    return Math.max(1, oldest + windowMs - now);
  }

  #remember(who: string, pin: string, now: number): void {
    const wrong = this.#wrong.get(who, now) ?? new Map<string, number>();
    if (!wrong.has(pin)) wrong.set(pin, now);
    this.#wrong.set(who, wrong, now + this.#budget.windowMs, now);
  }
}

function refused(by: Refused['by'], retryAfterMs: number): Refused {
  return { kind: 'refused', by, retryAfterMs };
}
