/** A room's state as the stores keep it. */
export interface KeptState {
  readonly version: number;
  /** The document as JSON text. */
  readonly json: string;
}

export interface StateWrite {
  readonly roomId: string;
  /** Who patches; null: an application. */
  readonly userId: string | null;
  /** The version that the patch was merged into. */
  readonly base: number;
  /** The document with the patch merged into it, as JSON text. */
  readonly json: string;
  /** The patch as JSON text; it is handed to the room as it stands. */
  readonly patchJson: string;
}

export type StateOutcome =
  | { readonly kind: 'written'; readonly version: number }
  /** The state has moved on: this is what it is now. */
  | { readonly kind: 'stale'; readonly current: KeptState }
  | {
      readonly kind: 'refused';
      readonly code: 'room_closed' | 'not_in_room' | 'forbidden' | 'backlog_full';
    }
  /** The room is not here: restore it from the archive and try again. */
  | { readonly kind: 'absent' };

/** The document that the members of a room share. Every method is one round trip. */
export interface RoomStateStore {
  /** [STATE-1] Version and value as they fit each other; `{}` at 0 in a new room. Null: the room is absent. */
  read(roomId: string): Promise<KeptState | null>;
  /**
   * [STATE-2] One atomic step: the room is open, the sender a host (or an application), the version still
   * `base`; then the value is kept, the version one higher, the patch announced, the state marked for the
   * archive and the room active. Of several from one base one is written.
   * [STATE-3] A version is given once: where Redis' data begins a new life, and in a room that comes back,
   * versions go on above every one that somebody may have seen.
   */
  write(wish: StateWrite): Promise<StateOutcome>;
  /** [STATE-4] Rooms of these tags whose state is newer than the archive's, longest waiting first, at most `limit`. */
  listUnsaved(tags: readonly string[], limit: number): Promise<string[]>;
  /** [STATE-5] The archive has this version (null: the room is gone): takes the mark away unless there is a newer one. */
  confirm(roomId: string, version: number | null): Promise<void>;
}
