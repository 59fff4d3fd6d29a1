import type { SessionRecord } from './session-store.port.js';

/** From when to when, and behind which of them; null: from the first one. */
export interface EndedBetween {
  readonly from: number;
  readonly to: number;
  readonly after: ArchivedEnd | null;
  readonly limit: number;
}

export interface ArchivedEnd {
  readonly id: string;
  readonly endedAt: number;
}

/** Sessions for good. Rejects with `unavailable` when the archive does not answer. */
export interface SessionArchive {
  /** [SESSION-8] Inserts or moves forward (a lower generation never replaces a higher one); an ended session stays ended. Rejects with `RowsRefused` where a row can never be kept as it is; then none is. */
  saveSessions(sessions: readonly SessionRecord[]): Promise<void>;
  /** [SESSION-9] Null: unknown. */
  findSession(sessionId: string): Promise<SessionRecord | null>;
  /** [SESSION-10] Marks these as ended at `endedAt`; repeatable. */
  endSessions(sessionIds: readonly string[], endedAt: number): Promise<void>;
  /** [SESSION-11] Ids of the user's sessions that are not ended and not over at `now`. */
  listSessionIds(userId: string, now: number): Promise<string[]>;
  /** [SESSION-13] The same sessions, those that were used last first, at most `limit`. */
  listSessions(userId: string, now: number, limit: number): Promise<SessionRecord[]>;
  /** [SESSION-14] Sessions that were ended within a time before they were over, in order of it. */
  listEnded(question: EndedBetween): Promise<ArchivedEnd[]>;
}
