import { Resilience } from '../resilience/resilience.js';
import { isQuickFault } from './redis-faults.js';

/**
 * How reads deal with faults of Redis: those that come at once are repeated, for long enough that
 * a connection that was lost is there again. What may have changed something is never repeated
 * here: the client does that, with the same key. Why there is no breaker: docs/architecture.md.
 */
export const READS = new Resilience({
  name: 'Redis',
  // Below the 1.5 s in which a command is answered.
  deadlineMs: 1_300,
  // All pauses together take 170 to 340 ms; a connection is dialled again after 50 to 100.
  firstPauseMs: 60,
  longestPauseMs: 200,
  isTransient: isQuickFault,
});
