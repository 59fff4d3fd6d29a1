import { LIMITS, type Role } from '@pinroom/client/contract';
import { composeFrame } from '../../engine/fanout/frame.port.js';
import type {
  JoinOutcome,
  JoinRequest,
  KickOutcome,
  KickRequest,
  MemberList,
  MemberStore,
  RoomRights,
  Seat,
  SeatName,
} from '../../engine/room/member-store.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import {
  hostStateOf,
  isFull,
  isOnline,
  looksLikeHost,
  type MemoryMember,
  type MemoryRoom,
  seatKey,
  setRole,
  toLiveRoom,
  toMember,
} from './memory-room.js';
import { announcePresence, writeLog } from './memory-room-log.js';
import type { MemoryState } from './memory-state.js';
import { dismiss, leaveDoor, waitAtDoor } from './memory-waiting-list.js';

type Refusal = Extract<JoinOutcome, { kind: 'refused' }>['code'];

/** Members in the memory of this process. */
export class MemoryMemberStore implements MemberStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async join(wish: JoinRequest): Promise<JoinOutcome> {
    const room = this.#state.room(wish.roomId);
    if (!room) return { kind: 'absent' };
    const isFound = wish.pin === null || (room.closedAt === null && room.pin === wish.pin);
    if (!isFound) return { kind: 'refused', code: 'room_not_found' };
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    if (room.bans.has(wish.userId)) return { kind: 'refused', code: 'banned' };
    const known = room.members.get(wish.userId);
    const role = roleFor(room, wish, known);
    const newHost = role === 'host' && !room.hostIds.includes(wish.userId);
    if (newHost && !wish.isReturning && room.hostIds.length >= LIMITS.hosts) {
      return { kind: 'refused', code: 'room_full' };
    }
    const request = role === 'host' ? wish : heldToNickname(room, wish);
    const waits = !known && hasToWait(room, request, role);
    const refusal = known ? null : refusalOf(room, request, role, waits);
    if (refusal) return { kind: 'refused', code: refusal };
    if (waits) {
      const code = wish.isAtDoor ? waitAtDoor(this.#state, room, request) : 'waiting_for_host';
      return { kind: 'refused', code };
    }
    dismiss(this.#state, room, request.userId, true);
    if (newHost) {
      room.hostIds.push(request.userId);
      room.rev += 1;
    }
    room.networks.set(request.userId, request.network);
    const member = known ?? this.#add(room, request, role);
    if (known && newHost) {
      const { nickname, userId } = known;
      writeLog(this.#state, room, 'host', { userId, nickname, action: 'key', by: userId });
    }
    this.#seat(room, member, request, role, known === undefined);
    if (newHost) this.#state.publish(room.id, composeFrame(`u ${room.rev}`));
    return { kind: 'joined', self: toMember(member), isNew: !known, rev: room.rev };
  }

  async release(seat: Seat, graceMs: number): Promise<void> {
    const room = this.#state.room(seat.roomId);
    if (room) this.#release(room, seat, graceMs);
  }

  async leave(roomId: string, userId: string, own?: SeatName): Promise<boolean> {
    const room = this.#state.room(roomId);
    const member = room?.members.get(userId);
    if (!room || !member) return false;
    this.#remove(room, member, 'left', {}, own);
    return true;
  }

  async list(
    roomId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<MemberList | null> {
    const room = this.#state.room(roomId);
    if (!room) return null;
    const from = page.cursor === null ? -1 : Number(page.cursor);
    if (!Number.isSafeInteger(from))
      throw new AppError('bad_request', 'The cursor is none of ours.');
    // Members are kept in order of joining: the map's order.
    const rest = [...room.members.values()].filter((member) => member.joinSeq > from);
    const members = rest.slice(0, page.limit);
    const last = members.at(-1);
    return {
      members: members.map(toMember),
      memberCount: room.members.size,
      presenceVersion: room.presenceVersion,
      nextCursor: last && rest.length > members.length ? String(last.joinSeq) : null,
    };
  }

  async rights(roomId: string, userIds: readonly string[]): Promise<RoomRights | null> {
    const room = this.#state.room(roomId);
    if (!room) return null;
    const members = userIds.flatMap((userId) => {
      const member = room.members.get(userId);
      if (!member) return [];
      const { nickname, role, muted } = member;
      return [{ userId, nickname, role, muted }];
    });
    return {
      room: toLiveRoom(room),
      members,
      hostState: hostStateOf(room),
    };
  }

  async removeAway(tags: readonly string[], limit: number): Promise<number> {
    const now = this.#state.clock.now();
    const due: { readonly room: MemoryRoom; readonly member: MemoryMember; readonly at: number }[] =
      [];
    for (const room of tags.flatMap((tag) => this.#state.roomsOf(tag))) {
      for (const member of room.members.values()) {
        const at = member.awayUntil;
        if (at !== null && at <= now) due.push({ room, member, at });
      }
    }
    due.sort((a, b) => a.at - b.at).splice(limit);
    for (const { room, member } of due) this.#remove(room, member);
    return due.length;
  }

  async releaseDead(tags: readonly string[], graceMs: number): Promise<number> {
    const dead = tags.flatMap((tag) => this.#state.deadSeats(tag));
    for (const seat of dead) {
      const room = this.#state.room(seat.roomId);
      if (room) this.#release(room, seat, graceMs);
      else this.#state.removeSeat(seat);
    }
    return dead.length;
  }

  async kick({ roomId, userId, ban, network, byUserId: by }: KickRequest): Promise<KickOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return { kind: 'absent' };
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    if (by !== null && !room.hostIds.includes(by)) return { kind: 'refused', code: 'forbidden' };
    const member = room.members.get(userId);
    if (!member && !ban) return { kind: 'refused', code: 'not_found' };
    const wasHost = room.hostIds.includes(userId);
    const isKnown = room.bans.has(userId);
    if (ban) room.bans.add(userId);
    if (ban && network !== null) room.bannedNetworks.add(network);
    room.hostIds = room.hostIds.filter((hostId) => hostId !== userId);
    // Where a host lets people in, a host has to do so again; who is banned waits no longer.
    room.admitted.delete(userId);
    if (ban) dismiss(this.#state, room, userId, false);
    room.activeAt = this.#state.clock.now();
    const reason = ban ? 'banned' : 'kicked';
    if (member) this.#remove(room, member, reason, { by });
    else {
      if (wasHost) this.#revoke(room, userId, reason);
      if (!isKnown) writeLog(this.#state, room, reason, { userId, nickname: null, by });
    }
    return { kind: 'kicked', wasHost };
  }

  #add(room: MemoryRoom, request: JoinRequest, role: Role): MemoryMember {
    const member: MemoryMember = {
      userId: request.userId,
      nickname: request.nickname,
      foldedNickname: request.foldedNickname,
      joinedAt: this.#state.clock.now(),
      joinSeq: room.nextJoinSeq,
      role,
      muted: role !== 'host' && (request.isMuted || room.mutedWhoLeft.has(request.userId)),
      seats: new Map(),
      awayUntil: null,
    };
    room.nextJoinSeq += 1;
    room.members.set(member.userId, member);
    room.nicknames.set(member.foldedNickname, request.looks);
    return member;
  }

  /** Gives the member the seat and says what that changed. */
  #seat(room: MemoryRoom, member: MemoryMember, seat: Seat, role: Role, isNew: boolean): void {
    const changed = !isOnline(member) || member.role !== role;
    const { roomId, userId, life, socketId } = seat;
    setRole(member, role);
    member.awayUntil = null;
    member.seats.set(seatKey(seat), { roomId, userId, life, socketId });
    this.#state.addSeat({ roomId, userId, life, socketId });
    room.activeAt = this.#state.clock.now();
    if (isNew) {
      writeLog(this.#state, room, 'joined', { userId, nickname: member.nickname, role });
      announcePresence(this.#state, room, { joined: toMember(member) });
    } else if (changed) {
      announcePresence(this.#state, room, { changed: toMember(member) });
    }
  }

  #release(room: MemoryRoom, seat: Seat, graceMs: number): void {
    this.#state.removeSeat(seat);
    leaveDoor(this.#state, room, seat);
    const member = room.members.get(seat.userId);
    if (!member?.seats.delete(seatKey(seat)) || isOnline(member)) return;
    const now = this.#state.clock.now();
    if (graceMs === 0) {
      this.#remove(room, member);
      return;
    }
    member.awayUntil = now + graceMs;
    announcePresence(this.#state, room, { changed: toMember(member) });
  }

  /** `details` are what the log says beside who it was; `own` is a seat that was given up by itself. */
  #remove(
    room: MemoryRoom,
    member: MemoryMember,
    reason = 'left',
    details: object = {},
    own?: SeatName,
  ): void {
    const { userId, nickname } = member;
    const ownKey = own && seatKey(own);
    const isSeated = [...member.seats.keys()].some((key) => key !== ownKey);
    for (const seat of member.seats.values()) this.#state.removeSeat(seat);
    room.members.delete(userId);
    if (member.muted) room.mutedWhoLeft.set(userId, member);
    else room.mutedWhoLeft.delete(userId);
    room.nicknames.delete(member.foldedNickname);
    // Who sits nowhere and may come back hears nothing: only what is taken away changes what may be
    // delivered.
    if (isSeated || reason !== 'left') this.#revoke(room, userId, reason);
    // A closed room takes no more entries, not even in its log.
    if (room.closedAt === null) {
      writeLog(this.#state, room, reason, { userId, nickname, ...details });
    }
    announcePresence(this.#state, room, { left: userId });
  }

  /** Counts and announces that somebody's rights are gone: first, as what follows is not theirs to hear. */
  #revoke(room: MemoryRoom, userId: string, reason: string): void {
    room.rev += 1;
    this.#state.publish(room.id, composeFrame(`x ${room.rev} ${userId} ${reason}`));
  }
}

function roleFor(room: MemoryRoom, request: JoinRequest, known: MemoryMember | undefined): Role {
  // Of a member who comes back when data was lost, what survived counts.
  const asHost = request.asHost && !(known && request.isReturning);
  if (asHost || room.hostIds.includes(request.userId)) return 'host';
  return known?.role ?? request.role;
}

/** Who comes back muted does so under the nickname of then, unless somebody else has it by now. */
function heldToNickname(room: MemoryRoom, request: JoinRequest): JoinRequest {
  const before = room.mutedWhoLeft.get(request.userId);
  if (!before || request.isReturning || room.nicknames.has(before.foldedNickname)) return request;
  const { foldedNickname, nickname } = before;
  return { ...request, nickname, foldedNickname, looks: [foldedNickname] };
}

/** Whether a host has to let somebody new in. */
function hasToWait(room: MemoryRoom, request: JoinRequest, role: Role): boolean {
  const isAsked = room.settings.approval && role !== 'host' && !request.isReturning;
  return isAsked && !room.admitted.has(request.userId);
}

/** Why somebody new may not come in; hosts need no passcode, no place and no open door. */
function refusalOf(
  room: MemoryRoom,
  request: JoinRequest,
  role: Role,
  waits: boolean,
): Refusal | null {
  if (role !== 'host' && !request.isReturning) {
    if (room.bannedNetworks.has(request.network)) return 'banned';
    if (room.locked && !room.admitted.has(request.userId)) return 'room_locked';
    const wanted = room.passcodeHash;
    if (wanted !== null && wanted !== request.passcodeHash) return 'passcode_required';
    // Who has to wait takes no place yet.
    if (!waits && isFull(room, role)) return 'room_full';
  }
  const isAsked = role !== 'host' && !request.isReturning;
  if (room.nicknames.has(request.foldedNickname)) return 'nickname_taken';
  return isAsked && looksLikeHost(room, request.looks) ? 'nickname_taken' : null;
}
