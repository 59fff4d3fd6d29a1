import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { SystemNotes } from '../runtime/system-log.js';

const LOOK_MS = 10_000;
/** Looks that the share of wrong PINs is taken over. */
const LOOKS = 6;
/** Fewer wrong PINs than this in all looks are people who mistype. */
const LEAST_MISSES = 100;

interface Look {
  readonly finders: Set<string>;
  wrong: number;
}

function newLook(): Look {
  return { finders: new Set(), wrong: 0 };
}

/** Enough to outweigh everybody who mistypes. */
const MAX_FINDERS = 20_000;

export type PinTryResult = 'found' | 'missed' | 'refused';

/**
 * Raises an alarm, in metrics and logs, while most of the PINs that come to this node lead nowhere: a
 * sign that somebody guesses, whatever the addresses.
 */
export class PinWatch {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #log: SystemNotes;
  /** Newest last. */
  #looks: Look[] = [newLook()];
  #isAlarmed = false;
  #loop: Loop | undefined;

  constructor(clock: Clock, logger: Logger, metrics: Metrics, log: SystemNotes) {
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#log = log;
  }

  start(): void {
    this.#metrics.set('pinroom_pin_alarm', 0);
    this.#loop = runLoop(
      { name: 'pin-watch', everyMs: LOOK_MS, clock: this.#clock, logger: this.#logger },
      async () => this.look(),
    );
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Of one session several finds count once: a guesser may have a room of one's own. */
  note(result: PinTryResult, sessionId = ''): void {
    this.#metrics.count('pinroom_pin_tries_total', { result });
    const newest = this.#looks.at(-1);
    if (!newest) return;
    if (result !== 'found') newest.wrong += 1;
    else if (newest.finders.size < MAX_FINDERS) newest.finders.add(sessionId);
  }

  /** Judges the last minute. */
  look(): void {
    let [found, wrong] = [0, 0];
    for (const look of this.#looks) {
      found += look.finders.size;
      wrong += look.wrong;
    }
    this.#looks = [...this.#looks, newLook()].slice(-LOOKS);
    const isAlarming = wrong >= LEAST_MISSES && wrong > found;
    if (isAlarming === this.#isAlarmed) return;
    this.#isAlarmed = isAlarming;
    this.#metrics.set('pinroom_pin_alarm', isAlarming ? 1 : 0);
    const fields = { found, wrong, seconds: (LOOKS * LOOK_MS) / 1_000 };
    const state = isAlarming ? 'begins' : 'ends';
    this.#log.note('abuse', { kind: 'pin-guessing', state, ...fields });
    if (isAlarming) this.#logger.warn(fields, 'so many wrong PINs: somebody seems to guess');
    else this.#logger.info(fields, 'wrong PINs are rare again');
  }
}
