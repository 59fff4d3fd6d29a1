/** What is old enough to be forgotten. Rejects with `unavailable` when the archive does not answer. */
export interface RetentionArchive {
  /** [KEEP-1] Rooms that were closed before `at`, the longest closed first. */
  listClosedBefore(at: number, limit: number): Promise<string[]>;
  /** [KEEP-2] Deletes sessions that were over or ended before `at`, at most `limit`; answers how many. */
  forgetSessions(at: number, limit: number): Promise<number>;
}
