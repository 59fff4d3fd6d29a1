import { LIMITS } from '@pinroom/client/contract';
import { composeFrame } from '../../engine/fanout/frame.port.js';
import type {
  HostOutcome,
  HostRequest,
  HostVerdict,
  MuteOutcome,
  MuteRequest,
  People,
  RenameOutcome,
  RenameRequest,
} from '../../engine/room/people.port.js';
import {
  hostsGoneAt,
  isOnline,
  looksLikeHost,
  type MemoryMember,
  type MemoryRoom,
  noteHostState,
  setRole,
  toLiveRoom,
  toMember,
} from './memory-room.js';
import { announcePresence, closeRoom, writeLog } from './memory-room-log.js';
import type { MemoryState } from './memory-state.js';

/** Why somebody becomes a host, or is none any more. */
type HostAction = HostRequest['action'] | 'inherit';

/** What is changed about members, in the memory of this process. */
export class MemoryPeople implements People {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async rename(request: RenameRequest): Promise<RenameOutcome> {
    const room = this.#state.room(request.roomId);
    if (!room) return { kind: 'absent' };
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    const member = room.members.get(request.userId);
    if (!member) return { kind: 'refused', code: 'not_in_room' };
    if (member.muted) return { kind: 'refused', code: 'muted' };
    const { nickname, foldedNickname, looks } = request;
    if (nickname === member.nickname) return { kind: 'renamed', self: toMember(member) };
    const isOther = foldedNickname !== member.foldedNickname;
    const isTaken = isOther && room.nicknames.has(foldedNickname);
    if (isTaken || (member.role !== 'host' && looksLikeHost(room, looks))) {
      return { kind: 'refused', code: 'nickname_taken' };
    }
    const before = member.nickname;
    room.nicknames.delete(member.foldedNickname);
    room.nicknames.set(foldedNickname, looks);
    member.nickname = nickname;
    member.foldedNickname = foldedNickname;
    this.#changed(room, 'renamed', { userId: member.userId, nickname, before, role: member.role });
    announcePresence(this.#state, room, { changed: toMember(member) });
    return { kind: 'renamed', self: toMember(member) };
  }

  async firstFree(
    roomId: string,
    candidates: Parameters<People['firstFree']>[1],
  ): Promise<number | null> {
    const room = this.#state.room(roomId);
    const place = candidates.findIndex(
      ({ foldedNickname, looks }) =>
        room && !room.nicknames.has(foldedNickname) && !looksLikeHost(room, looks),
    );
    return place < 0 ? null : place;
  }

  async mute({ roomId, userId, muted, byUserId: by }: MuteRequest): Promise<MuteOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return { kind: 'absent' };
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    if (!room.hostIds.includes(by)) return { kind: 'refused', code: 'forbidden' };
    const member = room.members.get(userId);
    if (!member) return { kind: 'refused', code: 'not_found' };
    if (member.role === 'host') return { kind: 'refused', code: 'conflict' };
    if (member.muted !== muted) {
      member.muted = muted;
      const { nickname } = member;
      this.#changed(room, muted ? 'muted' : 'unmuted', { userId, nickname, by });
      announcePresence(this.#state, room, { changed: toMember(member) });
    }
    return { kind: 'done' };
  }

  async changeHost({ roomId, userId, action, byUserId }: HostRequest): Promise<HostOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return { kind: 'absent' };
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    if (!room.hostIds.includes(byUserId)) return { kind: 'refused', code: 'forbidden' };
    const member = room.members.get(userId);
    const isHost = room.hostIds.includes(userId);
    if (action === 'revoke') {
      if (!isHost) return { kind: 'refused', code: 'not_found' };
      if (room.hostIds.length === 1) return { kind: 'refused', code: 'conflict' };
      this.#changeHosts(room, null, userId, action, byUserId);
    } else {
      if (!member) return { kind: 'refused', code: 'not_found' };
      const leaving = action === 'transfer' && byUserId !== userId ? byUserId : null;
      if (!isHost && action === 'grant' && room.hostIds.length >= LIMITS.hosts) {
        return { kind: 'refused', code: 'room_full' };
      }
      if (!isHost || leaving !== null) {
        this.#changeHosts(room, member, leaving, action, byUserId);
      }
    }
    return { kind: 'changed', room: toLiveRoom(room) };
  }

  async networkOf(roomId: string, userId: string): Promise<string | null> {
    return this.#state.room(roomId)?.networks.get(userId) ?? null;
  }

  async forgetNetwork(roomId: string, userId: string): Promise<void> {
    this.#state.room(roomId)?.networks.delete(userId);
  }

  async judgeHosts(tags: readonly string[], limit: number): Promise<HostVerdict[]> {
    const now = this.#state.clock.now();
    const due = tags
      .flatMap((tag) => this.#state.roomsOf(tag))
      .filter((room) => room.hostsDueAt !== null && room.hostsDueAt <= now)
      .sort((a, b) => (a.hostsDueAt ?? 0) - (b.hostsDueAt ?? 0))
      .slice(0, limit);
    return due.flatMap((room) => {
      const outcome = this.#judge(room, now);
      return outcome === null ? [] : [{ roomId: room.id, outcome }];
    });
  }

  #judge(room: MemoryRoom, now: number): HostVerdict['outcome'] | null {
    if (room.closedAt !== null) {
      room.hostsDueAt = null;
      return null;
    }
    const state = noteHostState(room, now);
    if (state === 'present' || now < hostsGoneAt(room, now)) return null;
    room.hostsGone = true;
    const { onHostGone } = room.settings;
    if (room.hadHost && onHostGone === 'close') {
      writeLog(this.#state, room, 'host-gone', { action: 'close' });
      announcePresence(this.#state, room, {});
      closeRoom(this.#state, room, 'closed', null);
      room.hostsDueAt = null;
      return 'closed';
    }
    const heir = room.hadHost && onHostGone === 'transfer' ? longestPlayer(room) : undefined;
    if (heir) this.#changeHosts(room, heir, null, 'inherit', null);
    else if (state !== 'gone') announcePresence(this.#state, room, {});
    room.hostsDueAt = null;
    return heir ? 'transferred' : 'gone';
  }

  /** Rights first: what comes behind is not for who has lost them. */
  #changeHosts(
    room: MemoryRoom,
    gained: MemoryMember | null,
    lost: string | null,
    action: HostAction,
    by: string | null,
  ): void {
    const userId = gained?.userId ?? lost ?? '';
    const hosts =
      gained && !room.hostIds.includes(userId) ? [...room.hostIds, userId] : room.hostIds;
    room.hostIds = hosts.filter((hostId) => hostId !== lost);
    room.rev += 1;
    const nickname = room.members.get(userId)?.nickname ?? null;
    this.#changed(room, 'host', { userId, nickname, action, by });
    const former = lost === null ? undefined : room.members.get(lost);
    if (former) this.#announceRole(room, former, 'player');
    if (gained) this.#announceRole(room, gained, 'host');
    this.#state.publish(room.id, composeFrame(`u ${room.rev}`));
  }

  #announceRole(room: MemoryRoom, member: MemoryMember, role: 'host' | 'player'): void {
    setRole(member, role);
    announcePresence(this.#state, room, { changed: toMember(member) });
  }

  #changed(room: MemoryRoom, type: string, payload: object): void {
    room.activeAt = this.#state.clock.now();
    writeLog(this.#state, room, type, payload);
  }
}

/** Of the players who are there and may speak, the one who has been here longest. */
function longestPlayer(room: MemoryRoom): MemoryMember | undefined {
  // The map's order is that of joining.
  for (const member of room.members.values()) {
    if (member.role === 'player' && !member.muted && isOnline(member)) return member;
  }
  return undefined;
}
