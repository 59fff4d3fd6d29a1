/** What a member says of itself when it joins, and again when it comes back. */
export interface JoinWish {
  readonly nickname?: string;
  readonly role?: 'player' | 'spectator';
  readonly passcode?: string;
  readonly hostKey?: string;
}
