/** A user who may not come back, and perhaps from where nobody new may come in. */
export interface Ban {
  readonly userId: string;
  readonly network: string | null;
}

/** Who may not come back to a room, for good. Rejects with `unavailable` when the archive does not answer. */
export interface RoomBanArchive {
  /** [ROOM-16] Repeatable: the time of the first ban stays, and a network once it is there. */
  saveBan(roomId: string, ban: Ban, at: number): Promise<void>;
  /** [ROOM-17] Who is banned from the room, the longest banned first. */
  listBans(roomId: string): Promise<Ban[]>;
}
