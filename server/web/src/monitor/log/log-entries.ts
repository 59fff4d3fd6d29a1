import { compareEntryIds, type SystemEntry, type SystemLevel } from '@pinroom/client';

export interface LogFilter {
  /** Entries of this level and above. */
  readonly level: SystemLevel;
  /** Words that all have to be in the entry. */
  readonly text: string;
}

const RANK: { readonly [L in SystemLevel]: number } = { info: 0, warn: 1, error: 2 };

/** Ascending, each once, and at most the newest `limit` of them. */
export function mergeEntries(
  known: readonly SystemEntry[],
  more: readonly SystemEntry[],
  limit: number,
): readonly SystemEntry[] {
  const last = known.at(-1);
  const first = more[0];
  const comesAfter = !last || !first || compareEntryIds(last.id, first.id) < 0;
  if (comesAfter) return [...known, ...more].slice(-limit);
  const byId = new Map([...known, ...more].map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((a, b) => compareEntryIds(a.id, b.id)).slice(-limit);
}

export function filterEntries(
  entries: readonly SystemEntry[],
  { level, text }: LogFilter,
): readonly SystemEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (RANK[entry.level] < RANK[level]) return false;
    if (words.length === 0) return true;
    const written = writtenIn(entry);
    return words.every((word) => written.includes(word));
  });
}

/** An entry stays as it is, and is looked through at each key that is pressed. */
const known = new WeakMap<SystemEntry, string>();

function writtenIn(entry: SystemEntry): string {
  let written = known.get(entry);
  if (written === undefined) {
    written = JSON.stringify([entry.type, entry.nodeId, entry.payload]).toLowerCase();
    known.set(entry, written);
  }
  return written;
}

export interface PayloadPart {
  readonly name: string;
  readonly value: string;
}

/** A payload as names and values, for a line that people read. */
export function payloadParts(payload: SystemEntry['payload']): PayloadPart[] {
  return Object.entries(payload)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
}
