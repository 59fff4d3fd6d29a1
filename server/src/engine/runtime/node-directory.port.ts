import type { NodeStatus } from '@pinroom/client/contract';

export interface FallenLife {
  readonly life: string;
  /** When it ended, or was taken for dead. */
  readonly at: number;
  /** What its node said last; null: it never spoke. */
  readonly status: NodeStatus | null;
}

/** What the nodes say of themselves, filed under their lives. */
export interface NodeDirectory {
  /** [NODE-1] Keeps what a node says, in place of what it said before; forgotten after an hour. What a node of the version before does not say is 0, or nothing. */
  say(status: NodeStatus): Promise<void>;
  /** [NODE-2] What the living said last, the longest running first. Who has ended, or whose lease has run out, is not among them. */
  listLiving(): Promise<NodeStatus[]>;
  /**
   * [NODE-3] Ends the lives whose lease has run out, which must not be used again, and answers all
   * that ended within an hour, whoever ended them.
   */
  listFallen(): Promise<FallenLife[]>;
}
