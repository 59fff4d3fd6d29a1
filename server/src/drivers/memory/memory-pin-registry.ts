import type {
  PinInUse,
  PinLookup,
  PinRegistry,
  PinReservation,
  PinSeeker,
} from '../../engine/room/pin-registry.port.js';
import { ExpiringMap } from './expiring-map.js';
import type { MemoryState } from './memory-state.js';

interface KeptPin {
  readonly state: 'reserved' | 'in_use' | 'resting';
  /** Null: resting. */
  readonly roomId: string | null;
}

/** The PIN index in the memory of this process. */
export class MemoryPinRegistry implements PinRegistry {
  readonly #state: MemoryState;
  /** By length, so that counting one length looks at no other. */
  readonly #byLength = new Map<number, ExpiringMap<KeptPin>>();
  #completeSince: number | null = null;
  #rebuild = { until: 0 };

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async reserve(reservation: PinReservation): Promise<string | null> {
    const now = this.#state.clock.now();
    const { candidates, density, roomId, reserveMs } = reservation;
    for (const [index, ofLength] of candidates.entries()) {
      const length = ofLength[0]?.length ?? 0;
      const space = 9 * 10 ** (length - 1);
      const isLongest = index === candidates.length - 1;
      if (!isLongest && this.#isDense(length, density * space, now)) continue;
      const pin = ofLength.find((candidate) => !this.#find(candidate, now));
      if (pin === undefined) continue;
      this.#set(pin, { state: 'reserved', roomId }, now + reserveMs);
      return pin;
    }
    return null;
  }

  async confirm(pin: string, roomId: string, until: number): Promise<boolean> {
    if (!this.#isOf(pin, roomId)) return false;
    this.#set(pin, { state: 'in_use', roomId }, until);
    return true;
  }

  async release(pin: string, roomId: string, restMs: number): Promise<boolean> {
    if (!this.#isOf(pin, roomId)) return false;
    if (restMs <= 0) this.#byLength.get(pin.length)?.delete(pin);
    else {
      const until = this.#state.clock.now() + restMs;
      this.#set(pin, { state: 'resting', roomId: null }, until);
    }
    return true;
  }

  async lookup(pin: string, seeker?: PinSeeker): Promise<PinLookup> {
    const now = this.#state.clock.now();
    const { pinTries } = this.#state;
    if (!pinTries || !seeker) return this.#look(pin, now);
    return pinTries.try(pin, seeker, now, () => this.#look(pin, now));
  }

  #look(pin: string, now: number): PinLookup {
    const kept = this.#find(pin, now);
    if (kept?.state === 'in_use' && kept.roomId !== null) {
      return { kind: 'room', roomId: kept.roomId };
    }
    return { kind: this.#completeSince === null ? 'unknown' : 'none' };
  }

  async completeSince(): Promise<number | null> {
    return this.#completeSince;
  }

  async lockRebuild(ms: number): Promise<AsyncDisposable | null> {
    const now = this.#state.clock.now();
    if (this.#rebuild.until > now) return null;
    const lease = { until: now + ms };
    this.#rebuild = lease;
    return {
      [Symbol.asyncDispose]: async () => {
        lease.until = 0;
      },
    };
  }

  async fill(pins: readonly PinInUse[]): Promise<void> {
    const now = this.#state.clock.now();
    for (const { pin, roomId, until } of pins) {
      const known = this.#find(pin, now);
      if (until <= now || (known && known.state !== 'reserved')) continue;
      this.#set(pin, { state: roomId === null ? 'resting' : 'in_use', roomId }, until);
    }
  }

  async markComplete(): Promise<void> {
    this.#completeSince = this.#state.clock.now();
  }

  #find(pin: string, now: number): KeptPin | undefined {
    return this.#byLength.get(pin.length)?.get(pin, now);
  }

  #isOf(pin: string, roomId: string): boolean {
    return this.#find(pin, this.#state.clock.now())?.roomId === roomId;
  }

  #set(pin: string, kept: KeptPin, until: number): void {
    const pins = this.#byLength.get(pin.length) ?? new ExpiringMap<KeptPin>();
    this.#byLength.set(pin.length, pins);
    pins.set(pin, kept, until, this.#state.clock.now());
  }

  /** Whether as many PINs of a length are reserved, in use or resting as there may be. */
  #isDense(length: number, bound: number, now: number): boolean {
    const pins = this.#byLength.get(length);
    // The size counts what has run out as well, so sweeping is only needed when it says yes.
    if (pins && pins.size >= bound) pins.sweep(now);
    return (pins?.size ?? 0) >= bound;
  }
}
