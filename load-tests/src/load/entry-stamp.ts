const PREFIX = 'load~';
const US_PER_MS = 1_000;

/** A key for a message that says since when it is due; nobody else's payload has to carry it. */
export function stampedKey(author: string, number: number, at: number): string {
  const due = Math.round(at * US_PER_MS).toString(36);
  return `${PREFIX}${due}~${author}~${number.toString(36)}`;
}

/** When the message with this key was due; null: it has no such key. */
export function dueOf(key: string | undefined): number | null {
  if (!key?.startsWith(PREFIX)) return null;
  const due = Number.parseInt(key.slice(PREFIX.length, key.indexOf('~', PREFIX.length)), 36);
  return Number.isFinite(due) ? due / US_PER_MS : null;
}
