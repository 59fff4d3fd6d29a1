import { type CommandPayload, LIMITS, type Room } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { TokenSecrets } from '../auth/token-secrets.js';
import { unavailable } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import { uuidv7 } from '../runtime/random.js';
import type { SystemNotes } from '../runtime/system-log.js';
import { countPin, drawPin, holdPin, type PinParts, reservePin } from './allocate-pin.js';
import { passcodeChange } from './passcodes.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import { type LiveRoom, type RoomRecord, toRoom } from './room-record.port.js';
import { changeSettings, DEFAULT_SETTINGS } from './room-settings.js';
import type { RoomStore } from './room-store.port.js';
import { normaliseLine } from './text.js';

export interface OpenRoomParts extends PinParts {
  readonly rooms: RoomStore;
  readonly archive: RoomArchive;
  readonly directory: RoomDirectory;
  readonly secrets: TokenSecrets;
  readonly clock: Clock;
  readonly log: SystemNotes;
  readonly roomTtlMs: number;
  readonly roomMaxMs: number;
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
    caller: Pick<Caller, 'network' | 'userId'>,
    wish: CommandPayload<'room:create'>,
  ): Promise<{ room: Room; hostKey: string }> {
    const { limiters, log, secrets } = this.#parts;
    const giveBack = await countPin(limiters, caller);
    let opened: Opened | undefined;
    try {
      opened = await drawPin(() => this.#try(caller.userId, wish));
    } finally {
      // What failed, or was there already, is no new room.
      if (!opened?.isNew) await giveBack();
    }
    const { room } = opened;
    if (opened.isNew) log.note('room-opened', { roomId: room.id }, `room-opened:${room.id}`);
    return { room: toRoom(room), hostKey: hostKeyOf(room.id, secrets) };
  }

  /** Null: the PIN turned out to be taken. */
  async #try(userId: string, wish: CommandPayload<'room:create'>): Promise<Opened | null> {
    const { archive, clock, metrics, pins, pinPolicy, random, rooms } = this.#parts;
    const now = clock.now();
    const roomId = uuidv7(now, random);
    const pin = await reservePin(this.#parts, roomId);
    const record = this.#record(roomId, pin, userId, wish, now);
    const pinUntil = record.maxUntil + pinPolicy.quarantineMs;
    const outcome = await archive.insertRoom(record, { createKey: wish.key ?? null, pinUntil });
    if (outcome.kind === 'pin_taken') {
      // The index misses what the archive knows. The reservation stays until it runs out, or gives
      // way when the index is filled in.
      this.#parts.directory.rebuildPinsSoon();
      metrics.count('pinroom_pin_collisions_total', { found_by: 'archive' });
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
    metrics.count('pinroom_rooms_opened_total');
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
      await holdPin(pins, room.pin, room.id, record.maxUntil + quarantineMs);
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
    const { roomMaxMs, roomTtlMs, secrets } = this.#parts;
    return {
      id,
      pin,
      title: normaliseLine(wish.title ?? ''),
      createdBy: userId,
      hostIds: [userId],
      locked: false,
      capacity: wish.capacity ?? LIMITS.defaultCapacity,
      settings: changeSettings(DEFAULT_SETTINGS, wish.settings ?? {}),
      passcodeHash: passcodeChange(id, wish.settings ?? {}, secrets).passcodeHash ?? null,
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
