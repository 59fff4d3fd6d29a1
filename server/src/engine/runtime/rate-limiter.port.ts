/** Counts, over all nodes, what somebody does within a window of time. */
export interface RateLimiter {
  /**
   * [RATE-1] Counts one for `subject` (an id or a network). Rejects with `rate_limited` and the time
   * until the window ends once the budget is used up. While the shared count cannot be reached,
   * this node counts alone.
   */
  take(subject: string): Promise<void>;
  /** [RATE-2] Gives one back: what it was taken for did not happen. Best effort, never rejects. */
  giveBack(subject: string): Promise<void>;
}

/** What is counted over all nodes. */
export interface RateLimiters {
  /** New sessions, by network. */
  readonly sessions: RateLimiter;
  /** Handshakes with a good access token, by network. */
  readonly handshakes: RateLimiter;
  /** What only the store can tell to be good (refresh tokens), and what is not good, by network. */
  readonly refreshes: RateLimiter;
  /** New rooms, by user and by network. */
  readonly rooms: RateLimiter;
  readonly roomsOfNetwork: RateLimiter;
  /** Other nicknames, by room and user. */
  readonly renames: RateLimiter;
}
