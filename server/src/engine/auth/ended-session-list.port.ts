/** Sessions that ended after a position, oldest first. */
export interface EndedPage {
  readonly ids: readonly string[];
  /** The position behind them. */
  readonly cursor: string;
  /** Whether there are more behind them. */
  readonly more: boolean;
  /**
   * False: the list does not know the position. The store has lost data, and with it perhaps an end
   * that nobody has read yet.
   */
  readonly isContinuous: boolean;
}

/**
 * The sessions that ended within a day, as all nodes list them. Naming one again does no harm, so
 * where it is not sure that a node has read everything, it reads everything again.
 */
export interface EndedSessionList {
  /**
   * [SESSION-12] A page of what was ended after a position; null: from now on. A position that the
   * list does not know gives nothing but the beginning of the list, to go on from. Rejects with
   * `unavailable`.
   */
  listEnded(after: string | null): Promise<EndedPage>;
  /**
   * [SESSION-15] Calls back when any node has ended a session: look now. A call may get lost, and
   * one may come for nothing. `interrupted`: calls may have been lost, and with them data. Set once.
   */
  onEnded(handler: (interrupted: boolean) => void): void;
}
