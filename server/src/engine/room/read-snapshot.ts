import {
  type ChannelSnapshot,
  type Entry,
  followedChannels,
  type JoinAnswer,
  LIMITS,
  type Member,
  type Role,
} from '@pinroom/client/contract';
import { fit } from '../history/answer-size.js';
import { isBeginning } from '../history/entry-cursor.js';
import type { HistoryReader } from '../history/read-history.js';
import { AppError } from '../runtime/app-error.js';
import { NextFlights } from '../runtime/next-flights.js';
import { toState } from './patch-state.js';
import { toRoom } from './room-record.port.js';
import type {
  ChannelEnd,
  OwnSnapshot,
  RoomSnapshots,
  SharedSnapshot,
} from './room-snapshots.port.js';

/** Everybody follows it. */
const SHARED_CHANNEL = 'room';
/** Of somebody's role while one snapshot is read. */
const MOST_CHANGES = 3;
const BUSY = 'What you may see changes all the time right now.';

export interface SnapshotParts {
  readonly snapshots: RoomSnapshots;
  readonly history: HistoryReader;
}

/** Reads what somebody who has just sat down gets: the room, its people, its state, what was said. */
export class SnapshotReader {
  readonly #parts: SnapshotParts;
  // In a burst it is the same for many, and the dearest of what is read.
  readonly #shared = new NextFlights<string, SharedSnapshot | null>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** `room_closed` or `not_in_room` where the member is none any more. */
  async read(
    roomId: string,
    admitted: Member,
    since: { [channel: string]: string },
  ): Promise<JoinAnswer> {
    const { userId } = admitted;
    let { role } = admitted;
    const readOwn = () => this.#readOwn(roomId, userId, role, since);
    let [shared, own] = await this.#readBoth(roomId, since, readOwn);
    // Another role follows other channels, and what is read has to fit the role that is read with it.
    for (let changes = 0; own?.self && own.self.role !== role; changes++) {
      if (changes === MOST_CHANGES)
        throw new AppError('unavailable', BUSY, { retryAfterMs: 1_000 });
      role = own.self.role;
      own = await readOwn();
    }
    if (own && own.room.closedAt !== null) throw new AppError('room_closed');
    if (!shared || !own?.self) throw new AppError('not_in_room');
    const { list, state } = shared;
    const { nickname, muted } = own.self;
    const channels: { [channel: string]: ChannelSnapshot } = {};
    for (const channel of followedChannels(role, userId)) {
      const from = since[channel];
      const end = channel === SHARED_CHANNEL ? shared.channel : own.channels.get(channel);
      channels[channel] =
        from === undefined
          ? newest(await this.#newest(roomId, channel, end), end?.lastId ?? null)
          : await this.#missed(roomId, channel, from);
    }
    return {
      room: toRoom(own.room),
      self: { ...admitted, nickname, role, muted },
      members: list.members,
      memberCount: list.memberCount,
      presenceVersion: list.presenceVersion,
      hostState: own.hostState,
      state: toState(state),
      channels,
    };
  }

  /**
   * In one round trip, and one's own behind what is shared: who has been removed meanwhile has no rights
   * there, and sees nothing of what was said since. Entries only where no part of them is known.
   */
  #readBoth(
    roomId: string,
    since: { [channel: string]: string },
    readOwn: () => Promise<OwnSnapshot | null>,
  ): Promise<[SharedSnapshot | null, OwnSnapshot | null]> {
    const entries = since[SHARED_CHANNEL] === undefined ? LIMITS.joinEntries : 0;
    const readShared = () =>
      this.#parts.snapshots.shared(roomId, { members: LIMITS.joinMembers, entries });
    return this.#shared.run(`${roomId} ${entries}`, readShared, readOwn);
  }

  /** With the channels that a role follows, apart from the shared one and those of which a part is known. */
  #readOwn(
    roomId: string,
    userId: string,
    role: Role,
    since: { [channel: string]: string },
  ): Promise<OwnSnapshot | null> {
    const channels = followedChannels(role, userId).filter(
      (channel) => channel !== SHARED_CHANNEL && since[channel] === undefined,
    );
    return this.#parts.snapshots.own(roomId, userId, { channels, entries: LIMITS.joinEntries });
  }

  /** The newest entries; what the feed no longer holds of them comes from the archive. */
  async #newest(
    roomId: string,
    channel: string,
    kept: ChannelEnd | null | undefined,
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
