import type { Entry } from '@pinroom/client/contract';

/** A message that a client has sent. */
export interface SentMessage {
  readonly roomId: string;
  readonly channel: string;
  readonly key: string;
  /** The receipt's id; null: it was never acknowledged, so it may be there or not. */
  readonly id: string | null;
  /** The client has said that it cannot know whether it survived a loss, too long ago to be sent again. */
  readonly unsure?: boolean;
}

/** What a client was told to forget: everything above `after` (null: all). */
export interface SeenReset {
  /** How many entries of the channel it had seen before. */
  readonly index: number;
  readonly after: string | null;
}

/** One channel as one client saw it, in the order in which it saw it. */
export interface SeenChannel {
  readonly roomId: string;
  readonly channel: string;
  readonly entries: readonly Entry[];
  /** In the order in which they came; none by default. */
  readonly resets?: readonly SeenReset[];
  /** False: the client left early; what came later need not be there. */
  readonly untilEnd: boolean;
}

/** Who is in a room as somebody sees it. */
export interface RoomPresence {
  readonly roomId: string;
  readonly memberCount: number;
  /** Whether each member is online, by user; null: only the count is known. */
  readonly online: ReadonlyMap<string, boolean> | null;
}

export interface ClientRecord {
  readonly name: string;
  readonly userId: string;
  /** Rooms in which the client is a host. */
  readonly hosts?: readonly string[];
  readonly sent: readonly SentMessage[];
  readonly seen: readonly SeenChannel[];
  /** The rooms as the client sees them in the end; not checked without a truth. */
  readonly presence?: readonly RoomPresence[];
}

/** Everything that a channel holds in the end, oldest first, as the server reads it back. */
export interface KeptChannel {
  readonly roomId: string;
  readonly channel: string;
  readonly entries: readonly Entry[];
}

export type FaultKind =
  /** Entries between two that a client saw, or up to the end, did not reach it. */
  | 'gap'
  /** A client saw an entry twice. */
  | 'repeat'
  /** A client saw a newer entry before an older one. */
  | 'order'
  /** Under one id there was something else for another reader, or in what is kept. */
  | 'content'
  /** A message was acknowledged and is not kept. */
  | 'missing'
  /** A message was kept twice. */
  | 'duplicate'
  /** A client saw an entry that is not kept, and was not told to forget it. */
  | 'phantom'
  /** A client saw an entry of another room, another channel, or of a channel that is another user's. */
  | 'leak'
  /** What is kept does not follow on itself. */
  | 'hole'
  /** Who is in a room is not who is said to be. */
  | 'presence';

export interface Fault {
  readonly kind: FaultKind;
  readonly roomId: string;
  /** Null: it is about the room as a whole. */
  readonly channel: string | null;
  /** Whose view it is; null: the kept entries themselves. */
  readonly client: string | null;
  /** The entry where it shows; null: a message that has none. */
  readonly id: string | null;
  /** How many entries it is about, where it may be more than one. */
  readonly entries?: number;
  /** For people. */
  readonly detail: string;
}
