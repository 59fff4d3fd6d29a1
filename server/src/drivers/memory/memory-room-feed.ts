import { channelUser, type Entry, LIMITS, type Role } from '@pinroom/client/contract';
import type {
  AppendOutcome,
  AppendRequest,
  FeedPage,
  FeedRange,
  RoomFeed,
} from '../../engine/feed/room-feed.port.js';
import { Pace } from '../../engine/runtime/pace.js';
import {
  indexAbove,
  indexOf,
  type KeptEntry,
  type MemoryMember,
  type MemoryRoom,
} from './memory-room.js';
import { entryJson, keepEntry } from './memory-room-log.js';
import type { MemoryState } from './memory-state.js';

const DEDUPE_MS = LIMITS.dedupeSeconds * 1_000;

type Refused = Extract<AppendOutcome, { kind: 'refused' }>;

/** The channels of the rooms in the memory of this process. */
export class MemoryRoomFeed implements RoomFeed {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    const room = this.#state.room(request.roomId);
    if (!room) return { kind: 'absent' };
    const now = this.#state.clock.now();
    const userId = request.sender?.userId ?? '';
    const dedupeKey = request.key === null ? null : `${userId} ${request.channel} ${request.key}`;
    const before = dedupeKey === null ? undefined : room.dedupe.get(dedupeKey, now);
    if (before) return { kind: 'appended', ...before, duplicate: true };
    if (dedupeKey !== null && now < (room.restoredAt ?? -DEDUPE_MS) + DEDUPE_MS) {
      const { archived } = request;
      if (archived === undefined) return { kind: 'unsure' };
      // When the room came back, it went on behind everything that the archive has.
      const isRemembered = archived !== null && now - archived.at < DEDUPE_MS;
      if (isRemembered) return { kind: 'appended', ...archived, duplicate: true };
    }
    const refused = this.#refusal(room, request, now);
    if (refused) return refused;
    const { id, at } = keepEntry(this.#state, room, {
      channel: request.channel,
      type: request.type,
      from: authorOf(room, request),
      key: request.key,
      payloadJson: request.payloadJson,
    });
    room.activeAt = now;
    if (dedupeKey !== null) {
      room.dedupe.set(dedupeKey, { id, at }, now + DEDUPE_MS, now);
    }
    if (request.once !== null) room.once.add(onceKey(request, request.once));
    const slowMs = room.settings.slowModeSeconds * 1_000;
    if (slowMs > 0 && room.members.get(userId)?.role === 'player') {
      room.lastSentAt.set(userId, now, now + slowMs, now);
    }
    return { kind: 'appended', id, at, duplicate: false };
  }

  async read(range: FeedRange): Promise<FeedPage> {
    const channel = this.#state.room(range.roomId)?.channels.get(range.channel);
    if (!channel) return { entries: [], isCut: false };
    const first = indexAbove(channel, range.after);
    const end = Math.max(first, indexOf(channel, range.before));
    const entries =
      range.take === 'oldest'
        ? channel.entries.slice(first, Math.min(end, first + range.limit))
        : channel.entries.slice(Math.max(first, end - range.limit), end);
    return fitting(range, entries, range.maxBytes ?? Number.POSITIVE_INFINITY);
  }

  async tops(roomId: string): Promise<Map<string, string>> {
    const tops = new Map<string, string>();
    for (const [name, { lastId }] of this.#state.room(roomId)?.channels ?? []) {
      if (lastId !== null) tops.set(name, lastId);
    }
    return tops;
  }

  async top(roomId: string, name: string): Promise<string | null> {
    return this.#state.room(roomId)?.channels.get(name)?.lastId ?? null;
  }

  /** The checks that decide, in their order; null: the entry may be kept. */
  #refusal(room: MemoryRoom, request: AppendRequest, now: number): Refused | null {
    if (room.closedAt !== null) return { kind: 'refused', code: 'room_closed' };
    const member = request.sender ? room.members.get(request.sender.userId) : undefined;
    if (request.sender && !member && !room.hostIds.includes(request.sender.userId)) {
      return { kind: 'refused', code: 'not_in_room' };
    }
    if (member?.muted) return { kind: 'refused', code: 'muted' };
    // No member: the application's server, or a host who has not joined.
    const role = member?.role ?? 'host';
    const types = room.settings.typesByRole[role];
    if (!maySend(room, request.channel, role) || (types && !types.includes(request.type))) {
      return { kind: 'refused', code: 'forbidden' };
    }
    const waitMs = member ? slowModeWait(room, member, now) : 0;
    if (waitMs > 0) return { kind: 'refused', code: 'rate_limited', retryAfterMs: waitMs };
    if (request.once !== null && room.once.has(onceKey(request, request.once))) {
      return { kind: 'refused', code: 'conflict' };
    }
    if (room.pending >= this.#state.backlogEntries) {
      return { kind: 'refused', code: 'backlog_full', retryAfterMs: 1_000 };
    }
    // The last one: it takes from the budget.
    const paceMs = request.sender ? this.#paceWait(room, request.sender.userId, role, now) : 0;
    if (paceMs > 0) return { kind: 'refused', code: 'rate_limited', retryAfterMs: paceMs };
    return null;
  }

  #paceWait(room: MemoryRoom, userId: string, role: Role, now: number): number {
    const limits = this.#state.entryPaces;
    if (limits === null) return 0;
    const pace = room.paces.get(userId) ?? new Pace();
    room.paces.set(userId, pace);
    return pace.take(now, role === 'host' ? limits.host : limits.other);
  }
}

/** Who an entry is from: a member under the room's nickname for it. */
function authorOf(room: MemoryRoom, { sender }: AppendRequest): AppendRequest['sender'] {
  if (sender === null) return null;
  const nickname = room.members.get(sender.userId)?.nickname ?? sender.nickname;
  return { userId: sender.userId, nickname };
}

function maySend(room: MemoryRoom, channel: string, role: Role): boolean {
  if (channel === 'room') {
    return role === 'host' || (role === 'player' && room.settings.playersMaySend);
  }
  if (channel === 'host') return true;
  const addressee = channelUser(channel);
  return addressee !== null && role === 'host' && room.members.has(addressee);
}

function slowModeWait(room: MemoryRoom, member: MemoryMember, now: number): number {
  const lastSentAt = room.lastSentAt.get(member.userId, now);
  if (member.role !== 'player' || lastSentAt === undefined) return 0;
  return Math.max(0, Math.ceil(lastSentAt + room.settings.slowModeSeconds * 1_000 - now));
}

function onceKey(request: AppendRequest, once: string): string {
  return `${request.sender?.userId ?? ''} ${request.channel} ${once}`;
}

/** As many entries from an end on as fit into the bytes, but one in any case. */
export function fitting(
  { roomId, channel, take }: Pick<FeedRange, 'roomId' | 'channel' | 'take'>,
  kept: readonly KeptEntry[],
  maxBytes: number,
): FeedPage {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const entry of take === 'oldest' ? kept : [...kept].reverse()) {
    const json = entryJson(roomId, channel, entry);
    bytes += Buffer.byteLength(json);
    if (bytes > maxBytes && entries.length > 0) break;
    entries.push(JSON.parse(json) as Entry);
  }
  const isCut = entries.length < kept.length;
  return { entries: take === 'oldest' ? entries : entries.reverse(), isCut };
}
