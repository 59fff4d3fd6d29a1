/** Counts, over all nodes, what somebody does within a window of time. */
export interface RateLimiter {
  /**
   * [RATE-1] Counts one for `subject` (an id or a network). Rejects with `rate_limited` and the time
   * until the window ends once the budget is used up. While the shared count cannot be reached,
   * this node counts alone.
   */
  take(subject: string): Promise<void>;
}

/** What is counted over all nodes. */
export interface RateLimiters {
  /** New sessions, by network. */
  readonly sessions: RateLimiter;
  /** Handshakes and refreshes, by network. */
  readonly handshakes: RateLimiter;
  /** New rooms, by user. */
  readonly rooms: RateLimiter;
}
