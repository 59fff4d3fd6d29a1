import {
  type ChannelSnapshot,
  type CommandPayload,
  type Entry,
  type ErrorCode,
  followedChannels,
  type JoinAnswer,
  LIMITS,
  type Member,
} from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { TokenSecrets } from '../auth/token-secrets.js';
import type { LocalRooms } from '../fanout/local-rooms.js';
import type { LocalSeat, SeatSocket } from '../fanout/local-seat.js';
import type { FeedChannel, RoomFeed } from '../feed/room-feed.port.js';
import { fit } from '../history/answer-size.js';
import { isBeginning } from '../history/entry-cursor.js';
import type { HistoryReader } from '../history/read-history.js';
import { AppError } from '../runtime/app-error.js';
import { NextFlights } from '../runtime/next-flights.js';
import { type HostKeeping, keepHosts } from './keep-hosts.js';
import type { RoomLeaver } from './leave-room.js';
import type { JoinOutcome, MemberList, MemberStore, Seat } from './member-store.port.js';
import { isHostKey } from './open-room.js';
import { toState } from './patch-state.js';
import type { People } from './people.port.js';
import type { RoomDirectory } from './room-directory.js';
import { type LiveRoom, toRoom } from './room-record.port.js';
import type { RoomStateStore } from './room-state-store.port.js';
import { suggestNickname } from './suggest-nickname.js';
import { nicknameForms, normaliseNickname } from './text.js';

/** The socket of a joining client, as joining needs it. */
export interface JoiningSocket extends SeatSocket {
  joinTopic(roomId: string): void;
}

export interface JoinParts extends HostKeeping {
  readonly directory: RoomDirectory;
  readonly members: MemberStore;
  readonly people: Pick<People, 'firstFree'>;
  readonly localRooms: LocalRooms;
  readonly feed: RoomFeed;
  readonly states: Pick<RoomStateStore, 'read'>;
  readonly history: HistoryReader;
  readonly secrets: TokenSecrets;
  readonly leaver: RoomLeaver;
  /** The process life that holds the seats. */
  readonly life: () => string;
}

type JoinWish = CommandPayload<'room:join'>;

export interface JoinCallbacks {
  /** The room is known; what it throws refuses the join. */
  readonly onFound: (roomId: string) => void;
  /** The seat is gone again, whoever took it. */
  readonly onRemoved: (roomId: string) => void;
}

/** What the caller of `join` needs to undo it. */
export interface Joined {
  readonly seat: Seat;
  readonly answer: JoinAnswer;
}

/**
 * Lets a client into a room. First the place (one atomic step), then the subscription, and only when
 * that is active the snapshot: so nothing falls between the snapshot and what comes live.
 */
export class RoomJoiner {
  readonly #parts: JoinParts;
  readonly #lists = new NextFlights<string, MemberList | null>();

  constructor(parts: JoinParts) {
    this.#parts = parts;
  }

  async join(
    caller: Caller,
    socket: JoiningSocket,
    wish: JoinWish,
    { onFound, onRemoved }: JoinCallbacks,
  ): Promise<Joined> {
    const room = await this.#find(caller, wish);
    onFound(room.id);
    const { leaver, life, localRooms } = this.#parts;
    const seat: Seat = {
      roomId: room.id,
      userId: caller.userId,
      life: life(),
      socketId: socket.id,
    };
    const hadSeat = localRooms.seat(room.id, socket.id) !== undefined;
    leaver.stays(seat);
    try {
      const { self } = await this.#admit(caller, seat, room, wish);
      socket.joinTopic(room.id);
      const local: LocalSeat = {
        userId: caller.userId,
        life: seat.life,
        nickname: self.nickname,
        socket,
        role: self.role,
        muted: self.muted,
        network: caller.network,
        onRemoved: () => onRemoved(room.id),
      };
      await localRooms.sit(room.id, local);
      const answer = await this.#snapshot(room.id, self, wish.since ?? {});
      // Taken away again while the snapshot was read: the socket has been told already.
      if (localRooms.seat(room.id, socket.id) !== local) throw new AppError('not_in_room');
      localRooms.setRole(room.id, local, answer.self.role);
      return { seat, answer };
    } catch (fault) {
      // Who was here before stays where it was; whether a first attempt got the place is not sure.
      if (!hadSeat && !isRefusal(fault)) {
        socket.leaveTopic(room.id);
        await leaver.drop(seat);
      }
      throw fault;
    }
  }

  /**
   * Gives seats back that the store has lost with its data, under the life that will give them up. Whose
   * socket goes meanwhile has given up a seat that was not there yet: it is given up once more.
   */
  async restoreSeats(roomId: string, seats: readonly LocalSeat[]): Promise<void> {
    const { leaver, localRooms, members } = this.#parts;
    for (const local of seats) {
      const { life, muted, network, nickname, role, socket, userId } = local;
      const isSeated = () => localRooms.seat(roomId, socket.id) === local;
      if (!isSeated()) continue;
      const seat: Seat = { roomId, userId, life, socketId: socket.id };
      await members.join({
        ...seat,
        ...nicknameForms(nickname),
        role: role === 'spectator' ? 'spectator' : 'player',
        asHost: role === 'host',
        isReturning: true,
        isMuted: muted,
        network,
        passcodeOk: true,
      });
      if (!isSeated()) await leaver.drop(seat);
    }
  }

  async #find(caller: Caller, wish: JoinWish): Promise<LiveRoom> {
    if ((wish.pin === undefined) === (wish.roomId === undefined)) {
      throw new AppError('bad_request', 'Give either `pin` or `roomId`.');
    }
    const { directory } = this.#parts;
    const room =
      wish.pin !== undefined
        ? await directory.byPin(wish.pin, caller)
        : await directory.byId(wish.roomId ?? '');
    if (!room) throw new AppError('room_not_found');
    if (room.closedAt !== null) throw new AppError('room_closed');
    return room;
  }

  async #admit(
    caller: Caller,
    seat: Seat,
    room: LiveRoom,
    wish: JoinWish,
  ): Promise<Extract<JoinOutcome, { kind: 'joined' }>> {
    const { directory, members, people, secrets } = this.#parts;
    if (wish.hostKey !== undefined && !isHostKey(room.id, wish.hostKey, secrets)) {
      throw new AppError('forbidden', 'The host key is not the one of this room.');
    }
    const request = {
      ...seat,
      ...nicknameForms(normaliseNickname(wish.nickname ?? caller.nickname)),
      role: wish.role ?? ('player' as const),
      asHost: wish.hostKey !== undefined,
      isReturning: false,
      isMuted: false,
      network: caller.network,
      passcodeOk: true,
    };
    let outcome = await members.join(request);
    if (outcome.kind === 'absent' && (await directory.restore(room.id))) {
      outcome = await members.join(request);
    }
    if (outcome.kind === 'absent') throw new AppError('room_not_found');
    if (outcome.kind === 'refused') {
      const isTaken = outcome.code === 'nickname_taken';
      const suggestion = isTaken
        ? await suggestNickname(people, room.id, request.nickname)
        : undefined;
      throw new AppError(outcome.code, undefined, { suggestion });
    }
    if (request.asHost) await keepHosts(this.#parts, room.id);
    return outcome;
  }

  async #snapshot(
    roomId: string,
    admitted: Member,
    since: { [channel: string]: string },
  ): Promise<JoinAnswer> {
    const { members, feed, states } = this.#parts;
    // Asked together, so that they travel in one round trip.
    const [rights, list, hot, state] = await Promise.all([
      members.rights(roomId, [admitted.userId]),
      // In a burst it is the same for many, and the dearest of the three.
      this.#lists.run(roomId, () =>
        members.list(roomId, { cursor: null, limit: LIMITS.joinMembers }),
      ),
      feed.snapshot(roomId, followedChannels('host', admitted.userId), LIMITS.joinEntries),
      states.read(roomId),
    ]);
    const right = rights?.members[0];
    if (rights && rights.room.closedAt !== null) throw new AppError('room_closed');
    if (!rights || !right || !list || !state) throw new AppError('not_in_room');
    const channels: { [channel: string]: ChannelSnapshot } = {};
    for (const channel of followedChannels(right.role, admitted.userId)) {
      const from = since[channel];
      const kept = hot.channels.get(channel);
      channels[channel] =
        from === undefined
          ? newest(await this.#newest(roomId, channel, kept), kept?.lastId ?? null)
          : await this.#missed(roomId, channel, from);
    }
    return {
      room: toRoom(rights.room),
      self: { ...admitted, role: right.role, muted: right.muted },
      members: list.members,
      memberCount: list.memberCount,
      presenceVersion: list.presenceVersion,
      hostState: rights.hostState,
      state: toState(state),
      channels,
    };
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

/** The door said no: nothing was taken that would have to be given back. */
function isRefusal(fault: unknown): boolean {
  return fault instanceof AppError && REFUSALS.has(fault.code);
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'banned',
  'forbidden',
  'nickname_taken',
  'passcode_required',
  'room_full',
  'room_locked',
  'room_not_found',
]);
