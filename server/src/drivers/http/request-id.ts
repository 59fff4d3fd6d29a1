import { randomUUID } from 'node:crypto';

/** Not so long that it fills a log, and nothing that could mean something there. */
const USABLE = /^[\w.:/+=-]{8,128}$/;

/**
 * What names a request in logs, here and in those of the proxy before: what a proxy has given it, where
 * proxies are believed, else a new one. A client must not choose the id of a line in the log.
 */
export function requestIdOf(given: string | null, trustProxy: number): string {
  return trustProxy > 0 && given !== null && USABLE.test(given) ? given : randomUUID();
}
