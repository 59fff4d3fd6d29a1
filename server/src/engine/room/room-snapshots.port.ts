import type { Entry, HostState } from '@pinroom/client/contract';
import type { MemberList, MemberRights } from './member-store.port.js';
import type { LiveRoom } from './room-record.port.js';
import type { KeptState } from './room-state-store.port.js';

/** What Redis holds of the newest end of a channel. */
export interface ChannelEnd {
  /** Newest entries, ascending, at most `entries` of the question. */
  readonly entries: readonly Entry[];
  /** Whether there is an older entry here that did not fit into an answer. */
  readonly isCut: boolean;
  /** The channel's newest id, kept here or archived; null: nothing was ever written. */
  readonly lastId: string | null;
}

/** What all newcomers are shown alike. */
export interface SharedSnapshot {
  readonly list: MemberList;
  readonly state: KeptState;
  /** Of the channel `room`; null where no entries were asked for. */
  readonly channel: ChannelEnd | null;
}

/** What one newcomer is shown: the rights decide what else, so they are read in the same moment. */
export interface OwnSnapshot {
  readonly room: LiveRoom;
  readonly hostState: HostState;
  /** Null: no member. */
  readonly self: MemberRights | null;
  readonly channels: ReadonlyMap<string, ChannelEnd>;
}

/** What somebody is shown who has just sat down; each look is one atomic step and one round trip. */
export interface RoomSnapshots {
  /** [SNAPSHOT-1] The first members, the state and, where `entries` is above 0, the newest entries of `room`. Null: the room is absent. */
  shared(
    roomId: string,
    limits: { readonly members: number; readonly entries: number },
  ): Promise<SharedSnapshot | null>;
  /** [SNAPSHOT-2] The room, the user's rights, and for each channel its position and its newest entries that fit into an answer. Null: the room is absent. */
  own(
    roomId: string,
    userId: string,
    look: { readonly channels: readonly string[]; readonly entries: number },
  ): Promise<OwnSnapshot | null>;
}
