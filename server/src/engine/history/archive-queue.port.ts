import type { ArchiveRow } from './entry-archive.port.js';

/** A channel that holds entries the archive does not have yet. */
export interface PendingChannel {
  readonly roomId: string;
  readonly channel: string;
}

export interface PendingBatch extends PendingChannel {
  /** Ascending, from the archived position on. */
  readonly rows: readonly ArchiveRow[];
  /** Newest id among the rows; null when there are none. */
  readonly lastId: string | null;
}

/** What waits for the archive, by tag. Working one tag twice at once only repeats work. */
export interface ArchiveQueue {
  /** [QUEUE-1] Channels of these tags with entries to archive, longest waiting first, at most `limit`; one round trip. */
  listPending(tags: readonly string[], limit: number): Promise<PendingChannel[]>;
  /** [QUEUE-2] For each channel its next rows after the archived position, at most `limit` a channel; two round trips whatever their number. Callers keep the product of both small: the answer comes in one piece. */
  readPending(channels: readonly PendingChannel[], limit: number): Promise<PendingBatch[]>;
  /**
   * [QUEUE-3] Everything up to `lastId` is archived: moves the position (forward only), takes the
   * mark away only if nothing newer came, trims to what is kept hot but never past the position.
   */
  confirm(batches: readonly { roomId: string; channel: string; lastId: string }[]): Promise<void>;
  /** [QUEUE-4] How many entries of a room wait; 0 when it is drained. */
  countPending(roomId: string): Promise<number>;
  /** [QUEUE-5] The counts of these rooms together, as appends are held to them; one round trip. A room that is absent has none. */
  sumPending(roomIds: readonly string[]): Promise<number>;
}
