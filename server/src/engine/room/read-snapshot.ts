import {
  type ChannelSnapshot,
  type Entry,
  followedChannels,
  type JoinAnswer,
  LIMITS,
  type Member,
  type Role,
} from '@pinroom/client/contract';
import type { FeedChannel, FeedSnapshot, RoomFeed } from '../feed/room-feed.port.js';
import { fit } from '../history/answer-size.js';
import { isBeginning } from '../history/entry-cursor.js';
import type { HistoryReader } from '../history/read-history.js';
import { AppError } from '../runtime/app-error.js';
import { NextFlights } from '../runtime/next-flights.js';
import type { MemberList, MemberStore } from './member-store.port.js';
import { toState } from './patch-state.js';
import { toRoom } from './room-record.port.js';
import type { KeptState, RoomStateStore } from './room-state-store.port.js';

export interface SnapshotParts {
  readonly members: Pick<MemberStore, 'list' | 'rights'>;
  readonly states: Pick<RoomStateStore, 'read'>;
  readonly feed: RoomFeed;
  readonly history: HistoryReader;
}

/** Reads what somebody who has just sat down gets: the room, its people, its state, what was said. */
export class SnapshotReader {
  readonly #parts: SnapshotParts;
  // In a burst all three are the same for many, and the dearest of what is read.
  readonly #lists = new NextFlights<string, MemberList | null>();
  readonly #states = new NextFlights<string, KeptState | null>();
  readonly #rooms = new NextFlights<string, FeedSnapshot>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** `room_closed` or `not_in_room` where the member is none any more. */
  async read(
    roomId: string,
    admitted: Member,
    since: { [channel: string]: string },
  ): Promise<JoinAnswer> {
    const { members, states } = this.#parts;
    const { userId } = admitted;
    // Asked together, so that they travel in one round trip.
    const [rights, list, found, state] = await Promise.all([
      members.rights(roomId, [userId]),
      this.#lists.run(roomId, () =>
        members.list(roomId, { cursor: null, limit: LIMITS.joinMembers }),
      ),
      this.#hot(roomId, admitted.role, userId, since),
      this.#states.run(roomId, () => states.read(roomId)),
    ]);
    const right = rights?.members[0];
    if (rights && rights.room.closedAt !== null) throw new AppError('room_closed');
    if (!rights || !right || !list || !state) throw new AppError('not_in_room');
    const isSameRole = right.role === admitted.role;
    const hot = isSameRole ? found : await this.#hot(roomId, right.role, userId, since);
    const channels: { [channel: string]: ChannelSnapshot } = {};
    for (const channel of followedChannels(right.role, userId)) {
      const from = since[channel];
      const kept = hot.get(channel);
      channels[channel] =
        from === undefined
          ? newest(await this.#newest(roomId, channel, kept), kept?.lastId ?? null)
          : await this.#missed(roomId, channel, from);
    }
    return {
      room: toRoom(rights.room),
      self: { ...admitted, nickname: right.nickname, role: right.role, muted: right.muted },
      members: list.members,
      memberCount: list.memberCount,
      presenceVersion: list.presenceVersion,
      hostState: rights.hostState,
      state: toState(state),
      channels,
    };
  }

  /** What the feed has of the channels that a role follows, apart from those of which a part is known. */
  async #hot(
    roomId: string,
    role: Role,
    userId: string,
    since: { [channel: string]: string },
  ): Promise<ReadonlyMap<string, FeedChannel>> {
    const read = (channels: readonly string[]) =>
      this.#parts.feed.snapshot(roomId, channels, LIMITS.joinEntries);
    const wanted = followedChannels(role, userId).filter((channel) => since[channel] === undefined);
    // What is for hosts is read right behind the rights, not a flight later: who is none any more by then
    // would see what was said since. Hosts are few.
    const isShared = (channel: string) => role !== 'host' && channel === 'room';
    const alone = wanted.filter((channel) => !isShared(channel));
    const reads: Promise<FeedSnapshot>[] = [];
    if (wanted.some(isShared)) reads.push(this.#rooms.run(roomId, () => read(['room'])));
    if (alone.length > 0) reads.push(read(alone));
    const found = await Promise.all(reads);
    return new Map(found.flatMap(({ channels }) => [...channels]));
  }

  /** The newest entries; what the feed no longer holds of them comes from the archive. */
  async #newest(
    roomId: string,
    channel: string,
    kept: FeedChannel | undefined,
  ): Promise<readonly Entry[]> {
    const entries = kept?.entries ?? [];
    const isFull = kept?.isCut || entries.length >= LIMITS.joinEntries;
    if (kept?.lastId == null || isFull || isBeginning(entries[0])) return entries;
    const page = await this.#parts.history.read({ roomId, channel, limit: LIMITS.joinEntries });
    return page.entries;
  }

  /** What came after a position, the oldest first. */
  async #missed(roomId: string, channel: string, from: string): Promise<ChannelSnapshot> {
    const page = await this.#parts.history.read({
      roomId,
      channel,
      after: from,
      limit: LIMITS.pageLimit,
    });
    const { entries, more } = page;
    return { entries, lastId: entries.at(-1)?.id ?? from, complete: !more };
  }
}

/** The newest entries that fit into an answer. */
function newest(entries: readonly Entry[], lastId: string | null): ChannelSnapshot {
  return { entries: fit(entries, 'newest'), lastId, complete: true };
}
