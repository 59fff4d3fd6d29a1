import { useEffect, useReducer } from 'preact/hooks';
import { client } from '../room/page-client.js';

const TICK_MS = 250;

/** The server's time, told again and again until the last of these moments has passed. */
export function useServerNow(moments: readonly (number | undefined)[]): number {
  const [, tell] = useReducer((count: number) => count + 1, 0);
  // Read each time: what was told last may be an hour old.
  const now = client.serverNow();
  const last = Math.max(...moments.map((moment) => moment ?? 0));
  const isTicking = now < last;
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => tell(undefined), TICK_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
}
