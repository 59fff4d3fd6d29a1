import { compareEntryIds, follows } from '@pinroom/client/contract';

/**
 * How an entry stands to the newest one that was delivered in its channel (null: none yet).
 *
 * - `old`: delivered before; a repeated frame.
 * - `next`: its direct successor, or the first of a new epoch whose predecessors were all delivered
 *   (some of them may be gone for good: `after` lies below what was delivered).
 * - `gap`: something between was missed.
 */
export function continuity(
  top: string | null,
  entry: { readonly id: string; readonly after: string | null },
): 'old' | 'next' | 'gap' {
  if (top !== null && compareEntryIds(entry.id, top) <= 0) return 'old';
  const { id, after } = entry;
  if (follows(top, after === null ? { id } : { id, after })) return 'next';
  const firstOfEpoch = id.endsWith('-0');
  if (!firstOfEpoch || top === null) return 'gap';
  return after === null || compareEntryIds(after, top) <= 0 ? 'next' : 'gap';
}
