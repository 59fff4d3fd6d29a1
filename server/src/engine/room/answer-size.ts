import { type Entry, LIMITS } from '@pinroom/client/contract';

/** As many of the first entries as an answer may hold; at least one. */
export function fit(entries: readonly Entry[]): Entry[] {
  const fitting: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (bytes > LIMITS.answerBytes && fitting.length > 0) break;
    fitting.push(entry);
  }
  return fitting;
}
