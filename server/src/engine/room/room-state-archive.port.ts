import type { KeptState } from './room-state-store.port.js';

export interface StateToSave extends KeptState {
  readonly roomId: string;
  readonly at: number;
}

/** The last state of each room for good. Rejects with `unavailable` when the archive does not answer. */
export interface RoomStateArchive {
  /** [STATE-6] Keeps each, unless it has a newer version; what is of a room that was deleted is left out. */
  saveStates(states: readonly StateToSave[]): Promise<void>;
  /** [STATE-7] Null: the room's state was never changed, or not archived. It goes with its room. */
  findState(roomId: string): Promise<KeptState | null>;
}
