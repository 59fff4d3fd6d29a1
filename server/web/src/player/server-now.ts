import { useEffect, useState } from 'preact/hooks';
import { client } from '../room/page-client.js';

const TICK_MS = 250;

/** The server's time, told again and again until the last of these moments has passed. */
export function useServerNow(moments: readonly (number | undefined)[]): number {
  const [now, setNow] = useState(() => client.serverNow());
  const last = Math.max(...moments.map((moment) => moment ?? 0));
  const isTicking = now < last;
  useEffect(() => {
    if (!isTicking) return;
    const tick = () => setNow(client.serverNow());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
}
