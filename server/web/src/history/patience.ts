import { PinroomError } from '@pinroom/client';

const ATTEMPTS = 6;
const LONGEST_WAIT_MS = 10_000;

/** Asks again while asking again may help: whoever reads all pages of a room comes to the limits. */
export async function patiently<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  wait: (ms: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (fault) {
      const mayHelp = fault instanceof PinroomError && fault.retry && attempt < ATTEMPTS;
      if (!mayHelp) throw fault;
      await wait(Math.min(fault.retryAfterMs ?? 500 * attempt, LONGEST_WAIT_MS), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
