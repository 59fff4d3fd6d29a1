import type { HostState, Member, Position, Role, Settings } from '@pinroom/client/contract';
import { comparePositions, LIMITS, parseEntryId } from '@pinroom/client/contract';
import type { Seat, SeatName } from '../../engine/room/member-store.port.js';
import type { CloseReason, LiveRoom } from '../../engine/room/room-record.port.js';
import type { KeptState } from '../../engine/room/room-state-store.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import type { Pace } from '../../engine/runtime/pace.js';
import type { ExpiringMap } from './expiring-map.js';

/** An entry as it is kept: the payload stays the text that came. */
export interface KeptEntry extends Position {
  readonly id: string;
  readonly at: number;
  readonly after: string | null;
  readonly type: string;
  readonly from: { readonly userId: string; readonly nickname: string } | null;
  readonly key: string | null;
  readonly payloadJson: string;
}

export interface MemoryChannel {
  /** Ascending, without holes, all in the room's epoch. */
  readonly entries: KeptEntry[];
  nextSeq: number;
  /** Newest id, kept here or archived; null: nothing was ever written. */
  lastId: string | null;
  /** Newest id that the archive has; null: none. */
  archivedId: string | null;
}

export interface MemoryMember {
  readonly userId: string;
  nickname: string;
  foldedNickname: string;
  readonly joinedAt: number;
  /** Place in the order of joining. */
  readonly joinSeq: number;
  role: Role;
  muted: boolean;
  /** By `seatKey`; a member without a seat is away. */
  readonly seats: Map<string, Seat>;
  /** When a member who is away leaves; null while online. */
  awayUntil: number | null;
}

export interface MemoryWaiter {
  readonly nickname: string;
  readonly role: 'player' | 'spectator';
  readonly since: number;
  /** By `seatKey`. */
  readonly seats: Map<string, Seat>;
}

/** A room with everything that is live about it. */
export interface MemoryRoom {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly ttlMs: number;
  readonly maxUntil: number;
  /** First half of the ids of its entries. */
  readonly epoch: number;
  /** When it came back from the archive; null: it is new. */
  readonly restoredAt: number | null;
  pin: string;
  title: string;
  hostIds: string[];
  locked: boolean;
  capacity: number;
  settings: Settings;
  passcodeHash: string | null;
  rev: number;
  closedAt: number | null;
  closeReason: CloseReason | null;
  activeAt: number;
  presenceVersion: number;
  state: KeptState;
  /** Since when the state waits for the archive; null: it has it. */
  stateWaitsSince: number | null;
  /** Since when no host is online; null: one is. */
  hostAwaySince: number | null;
  /** Whether that was found to be for too long. */
  hostsGone: boolean;
  /** Whether a host has been there. */
  hadHost: boolean;
  /** When to look whether the hosts are gone; null: not now. */
  hostsDueAt: number | null;
  /** When to look whether it has expired, or is still closing; null: never again. */
  dueAt: number | null;
  /** When it is forgotten; null: it stays. */
  forgetAt: number | null;
  nextJoinSeq: number;
  /** Entries that wait for the archive. */
  pending: number;
  readonly members: Map<string, MemoryMember>;
  /** Folded nickname of each member → its looks. */
  readonly nicknames: Map<string, readonly string[]>;
  /** By user, in order of asking. */
  readonly waiting: Map<string, MemoryWaiter>;
  /** Users whom a host has let in, the longest ago first. */
  readonly admitted: Set<string>;
  /** Users who may not come back. */
  readonly bans: Set<string>;
  /** Networks from which nobody new may come. */
  readonly bannedNetworks: Set<string>;
  /** User → the network from which the user came last. */
  readonly networks: Map<string, string>;
  /** Muted when they left, with their nickname: they are both again when they come back. */
  readonly mutedWhoLeft: Map<string, Pick<MemoryMember, 'nickname' | 'foldedNickname'>>;
  readonly channels: Map<string, MemoryChannel>;
  readonly dedupe: ExpiringMap<{ readonly id: string; readonly at: number }>;
  readonly once: Set<string>;
  /** When each player sent last, while slow mode makes the player wait. */
  readonly lastSentAt: ExpiringMap<number>;
  /** How fast each user sends. */
  readonly paces: Map<string, Pace>;
}

/** A seat's name within its room. */
export function seatKey(seat: SeatName): string {
  return `${seat.life} ${seat.socketId}`;
}

export function isOnline(member: MemoryMember): boolean {
  return member.seats.size > 0;
}

export function toMember(member: MemoryMember): Member {
  return {
    userId: member.userId,
    nickname: member.nickname,
    role: member.role,
    joinedAt: member.joinedAt,
    online: isOnline(member),
    muted: member.muted,
  };
}

/** Gives a member a role. Who becomes a host may speak. */
export function setRole(member: MemoryMember, role: Role): void {
  if (role === 'host' && member.role !== 'host') member.muted = false;
  member.role = role;
}

/** Whether a host who is a member, present or away, has one of these looks. */
export function looksLikeHost(room: MemoryRoom, looks: readonly string[]): boolean {
  return room.hostIds.some((hostId) => {
    const host = room.members.get(hostId);
    if (host?.role !== 'host') return false;
    const theirs = room.nicknames.get(host.foldedNickname);
    return theirs?.some((look) => looks.includes(look));
  });
}

export function countRole(room: MemoryRoom, role: Role): number {
  let count = 0;
  for (const member of room.members.values()) if (member.role === role) count += 1;
  return count;
}

/** Whether the places of a role are taken. */
export function isFull(room: MemoryRoom, role: 'player' | 'spectator'): boolean {
  const places = role === 'player' ? room.capacity : Math.min(room.capacity, LIMITS.spectators);
  return countRole(room, role) >= places;
}

export function toLiveRoom(room: MemoryRoom): LiveRoom {
  return {
    id: room.id,
    pin: room.pin,
    title: room.title,
    createdBy: room.createdBy,
    hostIds: [...room.hostIds],
    locked: room.locked,
    capacity: room.capacity,
    settings: room.settings,
    passcodeHash: room.passcodeHash,
    rev: room.rev,
    epoch: room.epoch,
    createdAt: room.createdAt,
    ttlMs: room.ttlMs,
    maxUntil: room.maxUntil,
    closedAt: room.closedAt,
    closeReason: room.closeReason,
    memberCount: room.members.size,
    players: countRole(room, 'player'),
    activeAt: room.activeAt,
    presenceVersion: room.presenceVersion,
    stateVersion: room.state.version,
  };
}

export function hasHostOnline(room: MemoryRoom): boolean {
  // Who has the role is on the list, so the other members need no look.
  return room.hostIds.some((userId) => {
    const member = room.members.get(userId);
    return member !== undefined && isOnline(member);
  });
}

export function hostStateOf(room: MemoryRoom): HostState {
  if (hasHostOnline(room)) return 'present';
  return room.hostsGone ? 'gone' : 'away';
}

/** How the hosts are now; notes when to look whether they are gone. */
export function noteHostState(room: MemoryRoom, now: number): HostState {
  const state = hostStateOf(room);
  if (state === 'present') {
    room.hadHost = true;
    room.hostsGone = false;
    room.hostAwaySince = null;
    room.hostsDueAt = null;
    return state;
  }
  room.hostAwaySince ??= now;
  const isInherited = room.settings.onHostGone === 'transfer' && room.hadHost;
  // Where somebody is to inherit the room, whoever comes may be the one.
  if (state === 'away' || isInherited) room.hostsDueAt = hostsGoneAt(room, now);
  return state;
}

export function hostsGoneAt(room: MemoryRoom, now: number): number {
  return (room.hostAwaySince ?? now) + room.settings.hostGraceSeconds * 1_000;
}

/** When a room expires if nothing more happens in it. */
export function expiresAt(room: MemoryRoom): number {
  return Math.min(room.maxUntil, room.activeAt + room.ttlMs);
}

/** Index of the first kept entry above an id; 0 for null. */
export function indexAbove(channel: MemoryChannel, id: string | null): number {
  if (id === null) return 0;
  return firstIndex(channel, (entry, bound) => comparePositions(entry, bound) > 0, id);
}

/** Index of the first kept entry that is not below an id; the end for null. */
export function indexOf(channel: MemoryChannel, id: string | null): number {
  if (id === null) return channel.entries.length;
  return firstIndex(channel, (entry, bound) => comparePositions(entry, bound) >= 0, id);
}

function firstIndex(
  channel: MemoryChannel,
  holds: (entry: Position, bound: Position) => boolean,
  id: string,
): number {
  const bound = parseEntryId(id);
  invariant(bound, 'positions are entry ids');
  let low = 0;
  let high = channel.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = channel.entries[middle];
    invariant(entry, 'the search stays inside the channel');
    if (holds(entry, bound)) high = middle;
    else low = middle + 1;
  }
  return low;
}
