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
import { NO_PROOF, type PasscodeProof, type Passcodes } from './passcodes.js';
import type { People } from './people.port.js';
import type { SnapshotReader } from './read-snapshot.js';
import type { RoomDirectory } from './room-directory.js';
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
  readonly seat: Seat;
  readonly socket: JoiningSocket;
  readonly wish: JoinWish;
}

type JoinWish = CommandPayload<'room:join'>;

export interface JoinCallbacks {
  /** It is known which room is meant, not yet whether it is there; what it throws refuses the join. */
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
    const roomId = await this.#find(caller, wish);
    callbacks.onFound(roomId);
    const { leaver, life, localRooms, snapshots } = this.#parts;
    const seat: Seat = {
      roomId,
      userId: caller.userId,
      life: life(),
      socketId: socket.id,
    };
    const hadSeat = localRooms.seat(roomId, socket.id) !== undefined;
    let taken: LocalSeat | undefined;
    leaver.stays(seat);
    try {
      const { self } = await this.#admit({ caller, callbacks, seat, socket, wish });
      socket.joinTopic(roomId);
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
      await localRooms.sit(roomId, local);
      const read = () => snapshots.read(roomId, self, wish.since ?? {});
      let answer = await read();
      // Another role reads other channels.
      if (!localRooms.setRole(roomId, local, answer.self.role, answer.room.rev)) {
        answer = await read();
        localRooms.setRole(roomId, local, answer.self.role, answer.room.rev);
      }
      // Taken away again while the snapshot was read: the socket has been told already.
      if (localRooms.seat(roomId, socket.id) !== local) throw new AppError('not_in_room');
      const { role } = answer.self;
      if (role === 'host' && answer.room.settings.approval) localRooms.tellWaiting(roomId);
      return { seat, answer };
    } catch (fault) {
      // Who was here before stays where it was; whether a first attempt got the place is not sure.
      if (!hadSeat && !isRefusal(fault, taken !== undefined)) {
        socket.leaveTopic(roomId);
        callbacks.onWaited(roomId);
        await leaver.drop(seat);
      } else if (taken && localRooms.seat(roomId, socket.id) === taken) {
        // Who was removed meanwhile may have been looked up before this seat took the other's place.
        await localRooms.refresh(roomId);
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
        pin: null,
        isAtDoor: false,
      });
      if (!isSeated()) await leaver.drop(seat);
    }
  }

  /** The id of the room that is meant; whether it is there and open, the step that admits looks. */
  async #find(caller: Caller, { pin, roomId }: JoinWish): Promise<string> {
    if ((pin === undefined) === (roomId === undefined)) {
      throw new AppError('bad_request', 'Give either `pin` or `roomId`.');
    }
    const { directory } = this.#parts;
    const found = pin === undefined ? roomId : await directory.idByPin(pin, caller);
    if (found == null) throw new AppError('room_not_found');
    return found;
  }

  async #admit(attempt: Attempt): Promise<Extract<JoinOutcome, { kind: 'joined' }>> {
    const { caller, seat, wish } = attempt;
    const { people, secrets } = this.#parts;
    if (wish.hostKey !== undefined && !isHostKey(seat.roomId, wish.hostKey, secrets)) {
      throw new AppError('forbidden', 'The host key is not the one of this room.');
    }
    const asHost = wish.hostKey !== undefined;
    const proof = asHost ? NO_PROOF : await this.#checkPasscode(attempt);
    const request = {
      ...seat,
      ...nicknameForms(normaliseNickname(wish.nickname ?? caller.nickname)),
      role: wish.role ?? ('player' as const),
      asHost,
      isReturning: false,
      isMuted: false,
      network: caller.network,
      passcodeHash: proof.hash,
      pin: wish.pin ?? null,
      isAtDoor: false,
    };
    const outcome = await this.#askOrWait(attempt, request);
    if (outcome.kind === 'absent') throw new AppError('room_not_found');
    if (outcome.kind === 'refused') {
      if (outcome.code === 'passcode_required' && proof.refusal) throw proof.refusal;
      if (outcome.code === 'nickname_taken') throw await nicknameTaken(people, request);
      throw new AppError(outcome.code);
    }
    if (asHost) await keepHosts(this.#parts, seat.roomId);
    return outcome;
  }

  /** Only who shows a passcode needs a look at the room first. */
  async #checkPasscode({ caller, seat, wish }: Attempt): Promise<PasscodeProof> {
    if (wish.passcode === undefined) return NO_PROOF;
    const { directory, passcodes } = this.#parts;
    const room = await directory.byId(seat.roomId);
    if (!room) throw new AppError('room_not_found');
    // Of a closed room nobody guesses anything.
    if (room.closedAt !== null || room.hostIds.includes(caller.userId)) return NO_PROOF;
    return passcodes.check(room, wish.passcode, caller);
  }

  async #ask(request: JoinRequest): Promise<JoinOutcome> {
    const { directory, members } = this.#parts;
    const outcome = await members.join(request);
    const isKept = outcome.kind !== 'absent';
    const isBack = !isKept && (await directory.restore(request.roomId)) !== null;
    directory.noteFound(isKept ? 'redis' : isBack ? 'archive' : 'none');
    return isBack ? members.join(request) : outcome;
  }

  /** At the door before it is put on the list, so that no decision goes past it; back from there unless it has to wait. */
  async #askOrWait(attempt: Attempt, request: JoinRequest): Promise<JoinOutcome> {
    const { callbacks, seat, socket } = attempt;
    const { roomId } = seat;
    const { waiters } = this.#parts.localRooms;
    const waited = waiters.isWaiting(roomId, socket.id);
    const isAtDoor = request.isAtDoor || waited;
    if (isAtDoor) {
      await waiters.wait(roomId, {
        userId: seat.userId,
        socket,
        onDecided: () => callbacks.onWaited(roomId),
      });
      // Whatever the answer is, and if none comes: the place is given back with the socket.
      callbacks.onWaiting(seat);
    }
    const outcome = await this.#ask({ ...request, isAtDoor });
    const waits = outcome.kind === 'refused' && outcome.code === 'waiting_for_host';
    if (waits && !isAtDoor) return this.#askOrWait(attempt, { ...request, isAtDoor: true });
    const isBanned = outcome.kind === 'refused' && outcome.code === 'banned';
    // Who waits already goes on to do so where another refusal comes now.
    if (outcome.kind === 'joined' || isBanned || (!waits && !waited)) {
      waiters.leave(roomId, socket.id);
      callbacks.onWaited(roomId);
    }
    if (isBanned && waited) await this.#parts.leaver.leave(seat);
    return outcome;
  }
}

/** The door said no: nothing was taken that would have to be given back. */
function isRefusal(fault: unknown, isSeated: boolean): boolean {
  if (!(fault instanceof AppError)) return false;
  // Who has a place by then may have one of a room that closed right after.
  return REFUSALS.has(fault.code) || (fault.code === 'room_closed' && !isSeated);
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
