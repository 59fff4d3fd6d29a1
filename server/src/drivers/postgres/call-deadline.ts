import { AsyncLocalStorage } from 'node:async_hooks';
import { ConnectionFault } from './sql-faults.js';

const signals = new AsyncLocalStorage<AbortSignal>();

/** Runs `work`; once the signal fires, none of its further statements are sent. */
export function withDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return signals.run(signal, work);
}

/** Whether nobody waits any more for the call that this code runs for. */
export function isPastDeadline(): boolean {
  return signals.getStore()?.aborted === true;
}

export function pastDeadline(): ConnectionFault {
  return new ConnectionFault('the deadline of the call has passed');
}
