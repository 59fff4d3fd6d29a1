import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Waits until the condition holds (gives something truthy without throwing), and answers what it
 * gave. Rejects after `deadlineMs` with what was seen last.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  deadlineMs = 5_000,
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
  const deadline = performance.now() + deadlineMs;
  let seen: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | 0 | '' | null | undefined>;
      seen = value;
    } catch (error) {
      seen = error;
    }
    await delay(POLL_MS);
  } while (performance.now() < deadline);
  throw new Error(`Not so within ${deadlineMs} ms; last seen: ${String(seen)}`, { cause: seen });
}
