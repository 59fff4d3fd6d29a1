import { useEffect } from 'preact/hooks';

/** Keeps the screen awake while `isWanted`; where the browser or the battery refuses, nothing happens. */
export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    let isAsking = false;
    const take = async () => {
      const isHeld = isAsking || (lock !== null && !lock.released);
      if (document.visibilityState !== 'visible' || isHeld) return;
      isAsking = true;
      try {
        const taken = await navigator.wakeLock.request('screen');
        if (isOver) await taken.release();
        else lock = taken;
      } catch {
        // The page works with a dark screen too.
      }
      isAsking = false;
    };
    const onVisible = () => void take();
    void take();
    // The browser lets go of it whenever the page is hidden.
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', onVisible);
      lock?.release().catch(() => {});
    };
  }, [isWanted]);
}
