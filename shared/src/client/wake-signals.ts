interface EventSource {
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

/**
 * Calls back when a device that slept or was without a network is back: then waiting on is pointless.
 * Outside of browsers nothing ever calls. Returns what ends it.
 */
export function onWake(callback: () => void): () => void {
  const page = globalThis as EventSource & { document?: EventSource & { hidden?: boolean } };
  const { document } = page;
  const shown = () => {
    if (!document?.hidden) callback();
  };
  page.addEventListener?.('online', callback);
  document?.addEventListener?.('visibilitychange', shown);
  return () => {
    page.removeEventListener?.('online', callback);
    document?.removeEventListener?.('visibilitychange', shown);
  };
}
