/** `taken`: it is the room's; also when it was before. `pin_taken`: it is another's. `closed`: the room is no open one. */
export type TakePinOutcome = 'taken' | 'pin_taken' | 'closed';

/** The PINs of open rooms beside the one that they are opened with. Rejects with `unavailable` when the archive does not answer. */
export interface RoomPinArchive {
  /**
   * [NEWPIN-1] Gives an open room one more PIN, in use until `until`, unless another room has it or it
   * rests beyond `at`. All of a room's come to rest when it closes. Repeatable.
   */
  takePin(
    roomId: string,
    pin: string,
    times: { readonly at: number; readonly until: number },
  ): Promise<TakePinOutcome>;
  /** [NEWPIN-2] Lets a PIN of the room that is in use rest until `until`. Repeatable; another room's is not touched. */
  restPin(roomId: string, pin: string, until: number): Promise<void>;
  /** [NEWPIN-3] Whether the PIN is the room's, or was and rests. */
  hasPin(roomId: string, pin: string): Promise<boolean>;
}
