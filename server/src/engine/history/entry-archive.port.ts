import type { Entry } from '@pinroom/client/contract';

/** An entry on its way to the archive: the payload still as the JSON text that was kept. */
export interface ArchiveRow {
  readonly roomId: string;
  readonly channel: string;
  readonly epoch: number;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly userId: string | null;
  readonly nickname: string | null;
  readonly payload: string;
  readonly key: string | null;
  readonly after: string | null;
}

export interface ArchiveRange {
  readonly roomId: string;
  readonly channel: string;
  /** Exclusive bounds; null: open. */
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  readonly take: 'oldest' | 'newest';
}

/** How a message is named by who sent it. */
export interface MessageName {
  readonly roomId: string;
  readonly channel: string;
  /** Null: the application's server. */
  readonly userId: string | null;
  readonly key: string;
}

/** An entry that was kept under an idempotency key. */
export interface KeyedEntry {
  readonly id: string;
  readonly at: number;
}

/** Entries for good. Rejects with `unavailable` when the archive does not answer. */
export interface EntryArchive {
  /**
   * [ARCHIVE-1] Inserts all rows or none. A row that is there already with the same content, or as
   * a tombstone, is fine; with other content it rejects with a `ContentConflict`, with `RowsRefused`
   * where a row can never be kept as it is. When it resolves, the rows are committed.
   * [ARCHIVE-5] The first row of a later epoch says in `after` what survived before it: what lies
   * between is void. It stays, but no reader gets it.
   */
  insert(rows: readonly ArchiveRow[]): Promise<void>;
  /** [ARCHIVE-2] Ascending, at most `limit`. */
  readEntries(range: ArchiveRange): Promise<Entry[]>;
  /** [ARCHIVE-3] The entries of an aligned block: seq in [block × size, (block + 1) × size) of an epoch, ascending. */
  readBlock(block: {
    roomId: string;
    channel: string;
    epoch: number;
    from: number;
    size: number;
  }): Promise<Entry[]>;
  /** [ARCHIVE-4] The newest archived id of each channel of a room. */
  lastIds(roomId: string): Promise<Map<string, string>>;
  /** [ARCHIVE-6] For each name the newest entry under it that is not older than `since`; null: none. */
  findByKeys(names: readonly MessageName[], since: number): Promise<(KeyedEntry | null)[]>;
}

/** Rows that stand in the archive under the same ids with other content. Never ignored. */
export class ContentConflict extends Error {
  readonly rows: readonly ArchiveRow[];

  constructor(rows: readonly ArchiveRow[]) {
    super(
      `${rows.length} entries are archived with other content, the first is ${rows[0]?.roomId} ${rows[0]?.channel} ${rows[0]?.epoch}-${rows[0]?.seq}`,
    );
    this.name = 'ContentConflict';
    this.rows = rows;
  }
}
