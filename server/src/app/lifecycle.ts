import type { Config } from '../config/config.js';
import { type Clock, systemClock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { Engine } from './build-engine.js';
import type { Operations } from './build-operations.js';

/** Starts what runs in the background: the lease first, it says what this node looks after. */
export async function startEngine(engine: Engine, logger: Logger): Promise<void> {
  await engine.life.start();
  await engine.directory.rebuildPins().catch((fault: unknown) => {
    logger.warn({ err: fault }, 'the PIN index will be rebuilt later');
  });
  await engine.endedSessions.start();
  engine.sessionExpiry.start();
  engine.pinWatch.start();
  engine.localRooms.start();
  engine.owed.start();
  engine.pump.start();
  engine.archiveBacklog.start();
  engine.stateArchiver.start();
  engine.housekeeping.start();
}

/** Of the time for a stop this much is for closing what was opened, after all is written. */
const CLOSING_SHARE = 1 / 6;
/** However little time is left, a step has this long. */
const LEAST_MS = 250;

/** However little time there is for a clean stop, what takes longer than this is cut. */
const LEAST_CUT_MS = 5_000;

/** How long a process may take to stop, whatever it still has to do. */
export function cutAfterMs({ drainMs }: Pick<Config, 'drainMs'>): number {
  return Math.max(drainMs, LEAST_CUT_MS);
}

/** The time for a clean stop; it runs from the moment at which the stop is asked for. */
export class StopTime {
  readonly #totalMs: number;
  readonly #clock: Clock;
  #startedAt: number | undefined;

  constructor(totalMs: number, clock: Clock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
  }

  begin(): void {
    this.#startedAt ??= this.#clock.now();
  }

  /** What is left for writing everything, ms. */
  get leftMs(): number {
    this.begin();
    const passedMs = this.#clock.now() - (this.#startedAt ?? 0);
    return this.#totalMs * (1 - CLOSING_SHARE) - passedMs;
  }
}

/**
 * Stops in reverse: everybody is away already; everything is written, leases are given back. What has
 * not worked in its time is left to the other nodes. Each step may take its share of what is left, and
 * the archive most of it.
 */
export async function stopEngine(
  engine: Engine,
  operations: Operations,
  time: StopTime,
  logger: Logger,
): Promise<void> {
  const step = async (
    name: string,
    share: number,
    work: (signal: AbortSignal) => Promise<unknown>,
  ) => {
    const over = new AbortController();
    const ms = Math.max(time.leftMs * share, LEAST_MS);
    const late = systemClock.sleep(ms, over.signal).then(() => {
      if (!over.signal.aborted) logger.warn({ step: name }, 'a step of stopping takes too long');
    });
    try {
      await Promise.race([work(over.signal), late]);
    } catch (fault) {
      logger.warn({ step: name, err: fault }, 'a step of stopping failed');
    } finally {
      over.abort();
    }
  };
  const { archiveBacklog, endedSessions, housekeeping, localRooms, owed } = engine;
  const { pinWatch, pump, sessionExpiry, stateArchiver } = engine;
  const loops = { sessionExpiry, endedSessions, pinWatch, housekeeping, localRooms, pump };
  const background = Object.entries({ ...loops, archiveBacklog, stateArchiver });
  await Promise.all(background.map(([name, part]) => step(name, 1 / 4, () => part.stop())));
  await step('owed work', 1 / 4, () => owed.stop());
  // The last node of all must archive what a node before it has left behind a moment ago, too.
  await step('tags', 1 / 4, () => engine.life.takeFree());
  await step('archive', 2 / 3, (signal) =>
    Promise.all([pump.drain(signal), stateArchiver.drain(signal)]),
  );
  await step('sessions', 1 / 2, () => engine.sessionWriter.stop());
  await step('operations', 1 / 2, (signal) => operations.stop(signal));
  await step('life', 1, () => engine.life.stop());
}
