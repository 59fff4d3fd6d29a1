import { compareEntryIds, type Entry } from '@pinroom/client';
import { type Countdown, readCountdown } from '../round/vocabulary.js';

/**
 * The question that the host's page says is on (`question` in the room's state), where the entries that
 * were loaded do not hold it: so much was said since. Null: nothing is missing.
 */
export function missingQuestion(state: unknown, entries: readonly Entry[]): string | null {
  if (typeof state !== 'object' || state === null || !('question' in state)) return null;
  const { question } = state;
  if (typeof question !== 'string' || !ID.test(question)) return null;
  return entries.some(({ id }) => id === question) ? null : question;
}

/** An id after which history begins with this entry. */
export function justBefore(id: string): string {
  const [, epoch = '0', seq = '0'] = ID.exec(id) ?? [];
  return Number(seq) > 0 ? `${epoch}-${Number(seq) - 1}` : `${Math.max(0, Number(epoch) - 1)}-0`;
}

/** Two parts of one channel as one, each entry once. */
export function joinEntries(older: readonly Entry[], newer: readonly Entry[]): readonly Entry[] {
  if (older.length === 0) return newer;
  const known = new Set(newer.map(({ id }) => id));
  const others = older.filter(({ id }) => !known.has(id));
  return [...others, ...newer].sort((a, b) => compareEntryIds(a.id, b.id));
}

/** The newest countdown, over or not; null: there was none. */
export function newestCountdown(entries: readonly Entry[]): Countdown | null {
  const entry = entries.findLast((candidate) => readCountdown(candidate) !== null);
  return entry ? readCountdown(entry) : null;
}

const ID = /^(\d{1,16})-(\d{1,16})$/;
