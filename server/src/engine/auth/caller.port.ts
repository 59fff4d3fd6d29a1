/** A person (or a program acting as one) with a live session. */
export interface Caller {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly nickname: string;
  /** When the access token that was shown runs out; one of now, where none was. */
  readonly authorisedUntil: number;
  /** The session is over then, unless somebody refreshes it before. */
  readonly sessionExpiresAt: number;
  /** The session is over then in any case. */
  readonly sessionEndsBy: number;
  /** Where the call comes from, see `networkOf`: limits count by it. */
  readonly network: string;
}

/** An application's own server, by its API key: acts as a host of any room. */
export interface ApplicationCaller {
  readonly kind: 'application';
}
