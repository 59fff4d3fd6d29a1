import { composeFrame } from '../../engine/fanout/frame.port.js';
import type { CloseReason, LiveRoom, RoomRecord } from '../../engine/room/room-record.port.js';
import type { KeptState } from '../../engine/room/room-state-store.port.js';
import type {
  CloseOutcome,
  ExpiryOutcome,
  PutOptions,
  RoomChange,
  RoomStore,
} from '../../engine/room/room-store.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import { ExpiringMap } from './expiring-map.js';
import {
  expiresAt,
  hasHostOnline,
  type MemoryRoom,
  noteHostState,
  toLiveRoom,
} from './memory-room.js';
import { closeRoom, newChannel, writeLog } from './memory-room-log.js';
import type { MemoryState } from './memory-state.js';

/** Keys of a room remembered at a time; above it the oldest are forgotten before their time. */
const DEDUPE_KEYS = 100_000;
/** More changes of rights than the archive lags behind. */
const REV_LEAP = 1_000;
/** Who was in a room that comes back gets the time to come back, too. */
const RETURN_MS = 15_000;

/** Rooms in the memory of this process. */
export class MemoryRoomStore implements RoomStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async put(record: RoomRecord, options: PutOptions): Promise<boolean> {
    if (this.#state.room(record.id)) return false;
    const now = this.#state.clock.now();
    const room = liveRoom(record, options, now);
    if (room.closedAt === null) {
      room.dueAt = expiresAt(room);
      noteHostState(room, now);
    } else room.forgetAt = now + options.closedTtlMs;
    this.#state.addRoom(room);
    if (options.isNew) writeLog(this.#state, room, 'created', {});
    return true;
  }

  async get(roomId: string): Promise<LiveRoom | null> {
    const room = this.#state.room(roomId);
    return room ? toLiveRoom(room) : null;
  }

  async update(
    roomId: string,
    change: RoomChange,
    byUserId: string | null,
  ): Promise<LiveRoom | null> {
    const room = this.#state.room(roomId);
    if (!room) return null;
    if (room.closedAt !== null) throw new AppError('room_closed');
    const { title, locked, capacity, settings, passcodeHash, pin, ifRev } = change;
    if (ifRev !== undefined && ifRev !== room.rev) throw new AppError('conflict');
    if (pin !== undefined && pin.from !== room.pin) throw new AppError('conflict');
    if (pin !== undefined) room.pin = pin.to;
    if (title !== undefined) room.title = title;
    if (locked !== undefined) room.locked = locked;
    if (capacity !== undefined) room.capacity = capacity;
    if (settings !== undefined) room.settings = settings;
    if (passcodeHash !== undefined) room.passcodeHash = passcodeHash;
    room.rev += 1;
    room.activeAt = this.#state.clock.now();
    if (!hasHostOnline(room)) room.hostsDueAt = room.activeAt;
    // What did not change is undefined, and JSON leaves it out.
    const type = pin ? 'new-pin' : 'updated';
    writeLog(this.#state, room, type, { title, locked, capacity, settings, by: byUserId });
    this.#state.publish(room.id, composeFrame(`u ${room.rev}`));
    return toLiveRoom(room);
  }

  async close(roomId: string, reason: CloseReason, byUserId: string | null): Promise<CloseOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return 'absent';
    if (room.closedAt !== null) return 'already';
    closeRoom(this.#state, room, reason, byUserId);
    return 'closed';
  }

  async listDue(tags: readonly string[], limit: number): Promise<string[]> {
    const now = this.#state.clock.now();
    return tags
      .flatMap((tag) => this.#state.roomsOf(tag))
      .filter((room) => room.dueAt !== null && room.dueAt <= now)
      .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
      .slice(0, limit)
      .map((room) => room.id);
  }

  async expire(roomId: string): Promise<ExpiryOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return 'absent';
    if (room.closedAt !== null) {
      // Behind the others that are due, so that one that cannot be finished holds nobody up.
      if (room.dueAt !== null) room.dueAt = this.#state.clock.now();
      return 'closing';
    }
    const end = expiresAt(room);
    if (end > this.#state.clock.now()) {
      room.dueAt = end;
      return 'later';
    }
    closeRoom(this.#state, room, 'expired', null);
    return 'expired';
  }

  async retire(roomId: string, ttlMs: number): Promise<void> {
    const room = this.#state.room(roomId);
    if (!room || room.closedAt === null) return;
    room.dueAt = null;
    room.forgetAt = this.#state.clock.now() + ttlMs;
    this.#state.forgetSeats(room);
  }
}

function liveRoom(record: RoomRecord, options: PutOptions, now: number): MemoryRoom {
  return {
    ...record,
    hostIds: [...record.hostIds],
    // Above every one that somebody may know of a room that comes back.
    rev: options.isNew ? record.rev : Math.max(record.rev + REV_LEAP, Math.floor(now / 1_000)),
    epoch: Math.max(now, options.epochFloor + 1),
    activeAt: options.isNew ? record.createdAt : now,
    // Above every version that somebody may remember of a room that comes back.
    presenceVersion: options.isNew ? 0 : now,
    state: restoredState(record, options, now),
    stateWaitsSince: null,
    hostAwaySince: options.isNew ? record.createdAt : now + RETURN_MS,
    hostsGone: false,
    hadHost: false,
    hostsDueAt: null,
    dueAt: null,
    forgetAt: null,
    restoredAt: options.isNew ? null : now,
    nextJoinSeq: 0,
    pending: 0,
    members: new Map(),
    nicknames: new Map(),
    waiting: new Map(),
    admitted: new Set(),
    bans: new Set(options.bans.map(({ userId }) => userId)),
    bannedNetworks: new Set(options.bans.flatMap(({ network }) => network ?? [])),
    networks: new Map(),
    mutedWhoLeft: new Map(),
    channels: new Map([...options.lastIds].map(([name, id]) => [name, newChannel(id)])),
    dedupe: new ExpiringMap(DEDUPE_KEYS),
    once: new Set(),
    lastSentAt: new ExpiringMap(),
    paces: new Map(),
  };
}

/** With a version above every one that somebody may have seen, where it can still go on. */
function restoredState(
  { closedAt }: RoomRecord,
  { isNew, state }: PutOptions,
  now: number,
): KeptState {
  const { version, json } = state ?? { version: 0, json: '{}' };
  const goesOn = !isNew && closedAt === null;
  return { version: goesOn ? Math.max(now, version + 1) : version, json };
}
