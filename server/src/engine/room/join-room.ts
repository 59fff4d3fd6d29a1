import type { CommandPayload, ErrorCode, JoinAnswer } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { TokenSecrets } from '../auth/token-secrets.js';
import type { LocalRooms } from '../fanout/local-rooms.js';
import type { LocalSeat, SeatSocket } from '../fanout/local-seat.js';
import type { WaitingSocket } from '../fanout/local-waiters.js';
import { AppError } from '../runtime/app-error.js';
import { type HostKeeping, keepHosts } from './keep-hosts.js';
import type { RoomLeaver } from './leave-room.js';
import type { JoinOutcome, JoinRequest, MemberStore, Seat } from './member-store.port.js';
import { isHostKey } from './open-room.js';
import type { Passcodes } from './passcodes.js';
import type { People } from './people.port.js';
import type { SnapshotReader } from './read-snapshot.js';
import type { RoomDirectory } from './room-directory.js';
import type { LiveRoom } from './room-record.port.js';
import { nicknameTaken } from './suggest-nickname.js';
import { nicknameForms, normaliseNickname } from './text.js';

/** The socket of a joining client, as joining needs it. */
export interface JoiningSocket extends SeatSocket, WaitingSocket {
  joinTopic(roomId: string): void;
}

export interface JoinParts extends HostKeeping {
  readonly directory: RoomDirectory;
  readonly members: MemberStore;
  readonly people: Pick<People, 'firstFree'>;
  readonly localRooms: LocalRooms;
  readonly snapshots: SnapshotReader;
  readonly secrets: TokenSecrets;
  readonly passcodes: Passcodes;
  readonly leaver: RoomLeaver;
  /** The process life that holds the seats. */
  readonly life: () => string;
}

interface Attempt {
  readonly caller: Caller;
  readonly callbacks: JoinCallbacks;
  readonly room: LiveRoom;
  readonly seat: Seat;
  readonly socket: JoiningSocket;
  readonly wish: JoinWish;
}

type JoinWish = CommandPayload<'room:join'>;

export interface JoinCallbacks {
  /** The room is known; what it throws refuses the join. */
  onFound(roomId: string): void;
  /** The seat is gone again, whoever took it. */
  onRemoved(roomId: string): void;
  /** The socket waits at the door; and it waits no more, whoever decided so. */
  onWaiting(place: Seat): void;
  onWaited(roomId: string): void;
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

  constructor(parts: JoinParts) {
    this.#parts = parts;
  }

  async join(
    caller: Caller,
    socket: JoiningSocket,
    wish: JoinWish,
    callbacks: JoinCallbacks,
  ): Promise<Joined> {
    const room = await this.#find(caller, wish);
    callbacks.onFound(room.id);
    const { leaver, life, localRooms, snapshots } = this.#parts;
    const seat: Seat = {
      roomId: room.id,
      userId: caller.userId,
      life: life(),
      socketId: socket.id,
    };
    const hadSeat = localRooms.seat(room.id, socket.id) !== undefined;
    let taken: LocalSeat | undefined;
    leaver.stays(seat);
    try {
      const { self } = await this.#admit({ caller, callbacks, room, seat, socket, wish });
      socket.joinTopic(room.id);
      const local: LocalSeat = {
        userId: caller.userId,
        life: seat.life,
        nickname: self.nickname,
        socket,
        role: self.role,
        muted: self.muted,
        network: caller.network,
        holder: callbacks,
      };
      taken = local;
      await localRooms.sit(room.id, local);
      const read = () => snapshots.read(room.id, self, wish.since ?? {});
      let answer = await read();
      // Another role reads other channels.
      if (!localRooms.setRole(room.id, local, answer.self.role, answer.room.rev)) {
        answer = await read();
        localRooms.setRole(room.id, local, answer.self.role, answer.room.rev);
      }
      // Taken away again while the snapshot was read: the socket has been told already.
      if (localRooms.seat(room.id, socket.id) !== local) throw new AppError('not_in_room');
      const { role } = answer.self;
      if (role === 'host' && answer.room.settings.approval) localRooms.tellWaiting(room.id);
      return { seat, answer };
    } catch (fault) {
      // Who was here before stays where it was; whether a first attempt got the place is not sure.
      if (!hadSeat && !isRefusal(fault)) {
        socket.leaveTopic(room.id);
        callbacks.onWaited(room.id);
        await leaver.drop(seat);
      } else if (taken && localRooms.seat(room.id, socket.id) === taken) {
        // Who was removed meanwhile may have been looked up before this seat took the other's place.
        await localRooms.refresh(room.id);
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
    for (const { life, muted, network, nickname, role, socket, userId } of seats) {
      // Perhaps in another seat than before: who joins again takes a new one.
      const isSeated = () => localRooms.seat(roomId, socket.id) !== undefined;
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
        passcodeHash: null,
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

  async #admit(attempt: Attempt): Promise<Extract<JoinOutcome, { kind: 'joined' }>> {
    const { caller, room, seat, wish } = attempt;
    const { localRooms, passcodes, people, secrets } = this.#parts;
    if (wish.hostKey !== undefined && !isHostKey(room.id, wish.hostKey, secrets)) {
      throw new AppError('forbidden', 'The host key is not the one of this room.');
    }
    const asHost = wish.hostKey !== undefined;
    const isExempt = asHost || room.hostIds.includes(caller.userId);
    const proof = await passcodes.check(room, isExempt ? undefined : wish.passcode, caller);
    const request = {
      ...seat,
      ...nicknameForms(normaliseNickname(wish.nickname ?? caller.nickname)),
      role: wish.role ?? ('player' as const),
      asHost,
      isReturning: false,
      isMuted: false,
      network: caller.network,
      passcodeHash: proof.hash,
    };
    const sits = localRooms.seat(room.id, seat.socketId) !== undefined;
    const mayWait = room.settings.approval && !isExempt && !sits;
    const outcome = await this.#waitIfNeeded(attempt, mayWait, () => this.#ask(request));
    if (outcome.kind === 'absent') throw new AppError('room_not_found');
    if (outcome.kind === 'refused') {
      if (outcome.code === 'passcode_required' && proof.refusal) throw proof.refusal;
      if (outcome.code === 'nickname_taken') throw await nicknameTaken(people, request);
      throw new AppError(outcome.code);
    }
    if (asHost) await keepHosts(this.#parts, room.id);
    return outcome;
  }

  async #ask(request: JoinRequest): Promise<JoinOutcome> {
    const { directory, members } = this.#parts;
    const outcome = await members.join(request);
    if (outcome.kind !== 'absent' || !(await directory.restore(request.roomId))) return outcome;
    return members.join(request);
  }

  /** At the door before it asks, so that no decision goes past it; back from there unless it has to wait. */
  async #waitIfNeeded(
    attempt: Attempt,
    mayWait: boolean,
    ask: () => Promise<JoinOutcome>,
  ): Promise<JoinOutcome> {
    const { callbacks, room, seat, socket } = attempt;
    const { waiters } = this.#parts.localRooms;
    const waited = waiters.isWaiting(room.id, socket.id);
    if (mayWait) {
      await waiters.wait(room.id, {
        userId: seat.userId,
        socket,
        onDecided: () => callbacks.onWaited(room.id),
      });
      // Whatever the answer is, and if none comes: the place is given back with the socket.
      callbacks.onWaiting(seat);
    }
    const outcome = await ask();
    const waits = outcome.kind === 'refused' && outcome.code === 'waiting_for_host';
    // Only a moment ago nobody had to wait.
    if (waits && !mayWait) return this.#waitIfNeeded(attempt, true, ask);
    const isBanned = outcome.kind === 'refused' && outcome.code === 'banned';
    // Who waits already goes on to do so where another refusal comes now.
    if (outcome.kind === 'joined' || isBanned || (!waits && !waited)) {
      waiters.leave(room.id, socket.id);
      callbacks.onWaited(room.id);
    }
    if (isBanned && waited) await this.#parts.leaver.leave(seat);
    return outcome;
  }
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
  'rate_limited',
  'room_full',
  'room_locked',
  'room_not_found',
  'waiting_for_host',
]);
