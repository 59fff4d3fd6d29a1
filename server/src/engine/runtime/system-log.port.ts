import type { SystemEntry, SystemEventType } from '@pinroom/client/contract';

/** An entry that is to be written; `key` makes it count once. */
export interface NewSystemEntry extends Omit<SystemEntry, 'id'> {
  /** The same under the same key: it is written once, however often and by whomever. At most 128 characters. */
  readonly key: string;
}

/** An entry as it is kept. */
export interface SystemRecord extends SystemEntry {
  readonly key: string;
}

export interface SystemLogRange {
  /** Exclusive; at most one of both is given. */
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  /** From which end of the range. */
  readonly take: 'oldest' | 'newest';
  /** Null: all. */
  readonly type: SystemEventType | null;
}

export interface HotSystemLog {
  /** Ascending. */
  readonly entries: readonly SystemEntry[];
  /** Whether the entry that was named as `after` is still there: then nothing is missing behind it. */
  readonly isSeamless: boolean;
}

/** The hot end of the log of the system: one for all nodes, bounded. */
export interface SystemLogStore {
  /**
   * [SYSTEM-1] Appends in order, what was appended under its key before (within a day) not again.
   * Atomic, so it may be repeated when its outcome is unknown. Ids ascend. Above the bound the oldest
   * go; those of them that were not archived are counted as lost.
   */
  append(entries: readonly NewSystemEntry[]): Promise<void>;
  /** [SYSTEM-2] A page of what is here. */
  read(range: SystemLogRange): Promise<HotSystemLog>;
  /** [SYSTEM-3] The next entries above the archived position, oldest first. */
  listPending(limit: number): Promise<readonly SystemRecord[]>;
  /**
   * [SYSTEM-4] Everything up to `lastId` (null: nothing new) is archived: moves the position, forward only, and trims to
   * what is kept but never past the position. Answers how many were lost since this was asked last.
   */
  confirm(lastId: string | null): Promise<number>;
}

/** How much the hot end holds. */
export interface SystemLogBounds {
  /** Entries at most. */
  readonly most: number;
  /** Entries that stay when they are archived. */
  readonly keep: number;
}

/** Nobody has to read more to see a day. */
export const SYSTEM_LOG_BOUNDS: SystemLogBounds = { most: 10_000, keep: 1_000 };
/** For how long a key makes an entry count once, ms; and how many keys are remembered. */
export const SYSTEM_KEY_MS = 86_400_000;
export const SYSTEM_KEYS = 20_000;
