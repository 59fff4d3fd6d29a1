import type { Logger } from '../../engine/runtime/logger.js';
import { Resilience } from '../resilience/resilience.js';
import { CALL_DEADLINE_MS } from './call-deadline.js';
import { DatabaseBusy, isOutage, isTransient } from './sql-faults.js';

/** How the calls to one database deal with its faults. */
export function postgresResilience(
  name: string,
  logger: Logger,
  deadlineMs = CALL_DEADLINE_MS,
): Resilience {
  return new Resilience({
    name,
    deadlineMs,
    firstPauseMs: 40,
    longestPauseMs: 500,
    isTransient,
    isBusy: (fault) => fault instanceof DatabaseBusy,
    breaker: { isOutage, outages: 5, halfOpenAfterMs: 1_000, logger },
  });
}
