import type { GuessRefusal, PasscodeTries } from '../../engine/room/passcode-tries.port.js';
import type { PinBudget, PinSeeker } from '../../engine/room/pin-registry.port.js';
import type { RedisAccess } from './redis-access.js';
import { tryPin } from './redis-pin-registry.js';

/** Passcodes that were tried, counted in Redis with the PINs. */
export class RedisPasscodeTries implements PasscodeTries {
  readonly #redis: RedisAccess;
  readonly #budget: PinBudget | null;

  /** @param budget null: nothing is counted. */
  constructor(redis: RedisAccess, budget: PinBudget | null = null) {
    this.#redis = redis;
    this.#budget = budget;
  }

  async try(guess: string, isRight: boolean, seeker: PinSeeker): Promise<GuessRefusal | null> {
    if (!this.#budget) return null;
    const tried = { pin: guess, seeker, budget: this.#budget, isRight };
    const outcome = await this.#redis.scripts.run(tryPin, tried);
    return outcome.kind === 'refused' ? outcome : null;
  }
}
