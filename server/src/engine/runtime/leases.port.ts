/** Which node looks after which tag, and which process lives are alive. */
export interface Leases {
  /**
   * [LEASE-1] Renews this life and answers the tags that it looks after: every tag has at most one
   * owner among the living, shares differ by one at most once all have renewed twice. `lost`: the life
   * ended, or somebody judged it dead after its lease had run out; it must not be used again. A lease
   * that ran out while nobody could judge (the store itself stood still, or lost its data) is renewed.
   */
  renew(life: string, leaseMs: number): Promise<{ tags: readonly string[]; lost: boolean }>;
  /** [LEASE-2] Ends the life and gives its tags back at once. */
  end(life: string): Promise<void>;
}
