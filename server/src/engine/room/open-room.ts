import { type CommandPayload, LIMITS, type Room } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { TokenSecrets } from '../auth/token-secrets.js';
import { AppError, unavailable } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Metrics } from '../runtime/metrics.js';
import { type Random, uuidv7 } from '../runtime/random.js';
import type { RateLimiters } from '../runtime/rate-limiter.port.js';
import type { SystemNotes } from '../runtime/system-log.js';
import { pinCandidates } from './allocate-pin.js';
import type { PinRegistry } from './pin-registry.port.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import { type LiveRoom, type RoomRecord, toRoom } from './room-record.port.js';
import { changeSettings, DEFAULT_SETTINGS } from './room-settings.js';
import type { RoomStore } from './room-store.port.js';
import { normaliseLine } from './text.js';

const RESERVE_MS = 30_000;
/** The archive may know PINs that the index has lost: a few draws find another one. */
const MAX_DRAWS = 5;

export interface PinPolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly density: number;
  readonly quarantineMs: number;
}

export interface OpenRoomParts {
  readonly rooms: RoomStore;
  readonly pins: PinRegistry;
  readonly archive: RoomArchive;
  readonly directory: RoomDirectory;
  readonly secrets: TokenSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly log: SystemNotes;
  readonly pinPolicy: PinPolicy;
  readonly roomTtlMs: number;
  readonly roomMaxMs: number;
  /** How long a PIN is held for a room that is being opened; default 30 s. */
  readonly reserveMs?: number;
  readonly limiters: Pick<RateLimiters, 'rooms' | 'roomsOfNetwork'>;
}

interface Opened {
  readonly room: LiveRoom;
  /** False: it was there, under the same key. */
  readonly isNew: boolean;
}

/** Proof that somebody may host a room; derived, so that nothing has to be stored. */
export function hostKeyOf(roomId: string, secrets: TokenSecrets): string {
  return secrets.mac('host-key', roomId);
}

export function isHostKey(roomId: string, hostKey: string, secrets: TokenSecrets): boolean {
  return secrets.verify('host-key', roomId, hostKey);
}

/**
 * Opens rooms in steps that can end anywhere without harm: reserve the PIN, insert the row, write
 * the room, confirm the PIN. What a crash leaves behind is a reservation that runs out and a row
 * that housekeeping closes; the PIN is never lost and never shared.
 */
export class RoomOpener {
  readonly #parts: OpenRoomParts;

  constructor(parts: OpenRoomParts) {
    this.#parts = parts;
  }

  async open(
    { network, userId }: Pick<Caller, 'network' | 'userId'>,
    wish: CommandPayload<'room:create'>,
  ): Promise<{ room: Room; hostKey: string }> {
    const { log, secrets } = this.#parts;
    const giveBack = await this.#count(userId, network);
    let opened: Opened | undefined;
    try {
      opened = await this.#draw(userId, wish);
    } finally {
      // What failed, or was there already, is no new room.
      if (!opened?.isNew) await giveBack();
    }
    const { room } = opened;
    if (opened.isNew) log.note('room-opened', { roomId: room.id }, `room-opened:${room.id}`);
    return { room: toRoom(room), hostKey: hostKeyOf(room.id, secrets) };
  }

  /** Counts a room for its user and their network; answers how to give both back. */
  async #count(userId: string, network: string): Promise<() => Promise<void>> {
    const { rooms, roomsOfNetwork } = this.#parts.limiters;
    await rooms.take(userId);
    try {
      await roomsOfNetwork.take(network);
    } catch (refused) {
      await rooms.giveBack(userId);
      throw refused;
    }
    return async () => {
      await Promise.all([rooms.giveBack(userId), roomsOfNetwork.giveBack(network)]);
    };
  }

  async #draw(userId: string, wish: CommandPayload<'room:create'>): Promise<Opened> {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const opened = await this.#try(userId, wish);
      if (opened) return opened;
    }
    throw new AppError('pins_exhausted', undefined, { retryAfterMs: 5_000 });
  }

  /** Null: the PIN turned out to be taken. */
  async #try(userId: string, wish: CommandPayload<'room:create'>): Promise<Opened | null> {
    const { archive, clock, metrics, pins, pinPolicy, random, rooms } = this.#parts;
    const now = clock.now();
    const roomId = uuidv7(now, random);
    const pin = await pins.reserve({
      roomId,
      candidates: pinCandidates(pinPolicy.minLength, pinPolicy.maxLength, random),
      density: pinPolicy.density,
      reserveMs: this.#parts.reserveMs ?? RESERVE_MS,
    });
    if (pin === null) throw new AppError('pins_exhausted', undefined, { retryAfterMs: 5_000 });
    const record = this.#record(roomId, pin, userId, wish, now);
    const pinUntil = record.maxUntil + pinPolicy.quarantineMs;
    const outcome = await archive.insertRoom(record, { createKey: wish.key ?? null, pinUntil });
    if (outcome.kind === 'pin_taken') {
      // The index misses what the archive knows. The reservation stays until it runs out, or gives
      // way when the index is filled in.
      this.#parts.directory.rebuildPinsSoon();
      return null;
    }
    if (outcome.kind === 'same_key') {
      await pins.release(pin, roomId, 0);
      const room = await this.#finish(outcome.room, pinPolicy.quarantineMs);
      return { room, isNew: false };
    }
    await rooms.put(record, {
      epochFloor: 0,
      lastIds: new Map(),
      bans: [],
      state: null,
      closedTtlMs: 0,
      isNew: true,
    });
    if (!(await pins.confirm(pin, roomId, pinUntil))) {
      // It took longer than the reservation lived. Nobody has heard of the room: give it up.
      await rooms.close(roomId, 'expired', null);
      await archive.closeRoom(roomId, { at: clock.now(), reason: 'expired', pinRestsUntil: 0 });
      throw unavailable('Opening a room');
    }
    metrics.count('pinroom_pins_allocated_total', { length: String(pin.length) });
    const room = await rooms.get(roomId);
    if (!room) throw unavailable('The room store');
    return { room, isNew: true };
  }

  /** The same key again: the room is there, or its opening broke off somewhere and is completed now. */
  async #finish(record: RoomRecord, quarantineMs: number): Promise<LiveRoom> {
    const { directory, pins } = this.#parts;
    const room = await directory.byId(record.id);
    if (!room) throw unavailable('The room store');
    if (room.closedAt === null) {
      const until = record.maxUntil + quarantineMs;
      // A reservation of the broken opening is confirmed; a lapsed one is filled in again, also over
      // one of somebody whom the archive will refuse the PIN.
      if (!(await pins.confirm(record.pin, record.id, until))) {
        await pins.fill([{ pin: record.pin, roomId: record.id, until }]);
      }
    }
    return room;
  }

  #record(
    id: string,
    pin: string,
    userId: string,
    wish: CommandPayload<'room:create'>,
    now: number,
  ): RoomRecord {
    const { roomMaxMs, roomTtlMs } = this.#parts;
    return {
      id,
      pin,
      title: normaliseLine(wish.title ?? ''),
      createdBy: userId,
      hostIds: [userId],
      locked: false,
      capacity: wish.capacity ?? LIMITS.defaultCapacity,
      settings: changeSettings(DEFAULT_SETTINGS, wish.settings ?? {}),
      rev: 1,
      createdAt: now,
      ttlMs: Math.min(
        wish.ttlSeconds === undefined ? roomTtlMs : wish.ttlSeconds * 1_000,
        roomMaxMs,
      ),
      maxUntil: now + roomMaxMs,
      closedAt: null,
      closeReason: null,
    };
  }
}
