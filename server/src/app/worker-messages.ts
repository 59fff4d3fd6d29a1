/** What a worker says to its supervisor. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly version: string; readonly description: string }
  | { readonly kind: 'pong' }
  /** It was asked for the figures of all. */
  | { readonly kind: 'ask-figures'; readonly ask: number }
  /** Its own ones. */
  | { readonly kind: 'figures'; readonly ask: number; readonly text: string };

/** What a supervisor says to its workers. */
export type ToWorker =
  | { readonly kind: 'stop' }
  /** Whether its event loop still turns. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'give-figures'; readonly ask: number }
  | { readonly kind: 'all-figures'; readonly ask: number; readonly texts: readonly string[] };
