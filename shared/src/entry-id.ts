/**
 * Entry ids are `"<epoch>-<seq>"`. Within an epoch `seq` counts 0, 1, 2 …; a new epoch begins when the
 * room's data was lost or replaced, and is always above the ones before.
 */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

const ENTRY_ID = /^(\d{1,15})-(\d{1,15})$/;

/** Reads an entry id; null if it is none. */
export function parseEntryId(id: string): Position | null {
  const match = ENTRY_ID.exec(id);
  if (!match) return null;
  const epoch = Number(match[1]);
  const seq = Number(match[2]);
  return Number.isSafeInteger(epoch) && Number.isSafeInteger(seq) ? { epoch, seq } : null;
}

export function formatEntryId(position: Position): string {
  return `${position.epoch}-${position.seq}`;
}

export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

/** Compares two well-formed entry ids: negative when `a` is older. */
export function compareEntryIds(a: string, b: string): number {
  return comparePositions(position(a), position(b));
}

/**
 * Whether `next` is the direct successor of `last` (null: nothing before) in its channel. The first
 * entry of a later epoch names its predecessor in `after`.
 */
export function follows(last: string | null, next: { id: string; after?: string }): boolean {
  const { epoch, seq } = position(next.id);
  if (seq > 0) {
    if (last === null) return false;
    const before = position(last);
    return before.epoch === epoch && before.seq === seq - 1;
  }
  return (next.after ?? null) === last;
}

function position(id: string): Position {
  const parsed = parseEntryId(id);
  if (!parsed) throw new TypeError(`not an entry id: ${JSON.stringify(id.slice(0, 40))}`);
  return parsed;
}
