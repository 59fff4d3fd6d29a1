import { systemClock } from '../engine/runtime/clock.js';
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

/** No step of stopping gets less time than this, however long those before it took. */
const LEAST_MS = 1_000;

/**
 * Stops in reverse: everybody is away already; everything is written, leases are given back. What has
 * not worked in its time is left to the other nodes. What runs in the background shares a quarter of
 * the time, the archive has half of it.
 */
export async function stopEngine(
  engine: Engine,
  operations: Operations,
  drainMs: number,
  logger: Logger,
): Promise<void> {
  const clock = systemClock;
  const startedAt = clock.now();
  const leftOf = (ms: number) => startedAt + ms - clock.now();
  const step = async (
    name: string,
    ms: number,
    work: (signal: AbortSignal) => Promise<unknown>,
  ) => {
    const over = new AbortController();
    const late = clock.sleep(Math.max(ms, LEAST_MS), over.signal).then(() => {
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
  const quarter = () => leftOf(drainMs / 4);
  await step('session expiry', quarter(), () => engine.sessionExpiry.stop());
  await step('ended sessions', quarter(), () => engine.endedSessions.stop());
  await step('PIN watch', quarter(), () => engine.pinWatch.stop());
  await step('housekeeping', quarter(), () => engine.housekeeping.stop());
  await step('local rooms', quarter(), () => engine.localRooms.stop());
  await step('owed work', quarter(), () => engine.owed.stop());
  await step('pump', quarter(), () => engine.pump.stop());
  await step('archive backlog', quarter(), () => engine.archiveBacklog.stop());
  await step('state archiver', quarter(), () => engine.stateArchiver.stop());
  // The last node of all must archive what a node before it has left behind a moment ago, too.
  await step('tags', quarter(), () => engine.life.takeFree());
  await step('archive', drainMs / 2, (signal) =>
    Promise.all([engine.pump.drain(signal), engine.stateArchiver.drain(signal)]),
  );
  await step('sessions', leftOf(drainMs), () => engine.sessionWriter.stop());
  await step('operations', leftOf(drainMs), (signal) => operations.stop(signal));
  await step('life', leftOf(drainMs), () => engine.life.stop());
}
