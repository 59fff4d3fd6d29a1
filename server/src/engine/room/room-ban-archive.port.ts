/** Who may not come back to a room, for good. Rejects with `unavailable` when the archive does not answer. */
export interface RoomBanArchive {
  /** [ROOM-16] Repeatable: the time of the first ban stays. */
  saveBan(roomId: string, userId: string, at: number): Promise<void>;
  /** [ROOM-17] The users who are banned from the room, the longest banned first. */
  listBanned(roomId: string): Promise<string[]>;
}
