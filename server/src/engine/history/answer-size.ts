import { type Entry, LIMITS } from '@pinroom/client/contract';

/** Entries never change, and one is measured where it is read and where it is answered. */
const measured = new WeakMap<Entry, number>();

/** What an entry takes in an answer. */
export function bytesOf(entry: Entry): number {
  const known = measured.get(entry);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(JSON.stringify(entry));
  measured.set(entry, bytes);
  return bytes;
}

/** As many entries from an end on as an answer may hold; at least one. */
export function fit(entries: readonly Entry[], from: 'oldest' | 'newest'): Entry[] {
  const inOrder = from === 'oldest' ? entries : [...entries].reverse();
  const fitting: Entry[] = [];
  let bytes = 0;
  for (const entry of inOrder) {
    bytes += bytesOf(entry);
    if (bytes > LIMITS.answerBytes && fitting.length > 0) break;
    fitting.push(entry);
  }
  return from === 'oldest' ? fitting : fitting.reverse();
}
