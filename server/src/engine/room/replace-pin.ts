import type { CommandPayload, Room } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { OwedWork } from '../runtime/owed-work.js';
import { hostedRoom, type RoomAccess } from './access.js';
import { countPin, drawPin, holdPin, type PinParts, reservePin } from './allocate-pin.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomPinArchive } from './room-pin-archive.port.js';
import { type LiveRoom, toRoom } from './room-record.port.js';
import type { RoomStore } from './room-store.port.js';

export interface ReplacePinParts extends PinParts {
  readonly access: RoomAccess;
  readonly rooms: RoomStore;
  readonly archive: RoomArchive;
  readonly pinArchive: RoomPinArchive;
  readonly directory: RoomDirectory;
  readonly owed: OwedWork;
  readonly clock: Clock;
}

/**
 * Gives an open room another PIN, in steps that can end anywhere without harm: reserve it, take it in
 * the archive, hold it in the index, make it the room's (which decides, and ends the one before), keep
 * that in the archive, let the one before rest. A room's PIN is in the index and in the archive before
 * it is the room's. What a crash leaves behind is a PIN that leads nowhere and that nobody else gets
 * until the room is closed.
 */
export class PinReplacer {
  readonly #parts: ReplacePinParts;

  constructor(parts: ReplacePinParts) {
    this.#parts = parts;
  }

  /** Safe to repeat with the same `current`: where it was replaced already, the room is as it has to be. */
  async replace(
    caller: Caller,
    { roomId, current }: CommandPayload<'room:new-pin'>,
  ): Promise<{ room: Room }> {
    const { access } = this.#parts;
    const room = await hostedRoom(access, caller, roomId);
    if (room.pin !== current) return { room: await this.#repeat(room, current) };
    const giveBack = await countPin(this.#parts.limiters, caller);
    let changed: LiveRoom | null = null;
    try {
      changed = await this.#change(room, caller.userId);
    } finally {
      if (!changed) await giveBack();
    }
    if (changed) return { room: toRoom(changed) };
    // Another host was quicker.
    return { room: await this.#repeat(await hostedRoom(access, caller, roomId), current) };
  }

  async #repeat(room: LiveRoom, replaced: string): Promise<Room> {
    if (!(await this.#parts.pinArchive.hasPin(room.id, replaced))) {
      throw new AppError('conflict', 'The room has another PIN, and never had this one.');
    }
    await this.#letRest(room.id, replaced);
    return toRoom(room);
  }

  /** Null: the room has got another PIN meanwhile. */
  async #change({ id, maxUntil, pin: from }: LiveRoom, by: string): Promise<LiveRoom | null> {
    const { metrics, pinPolicy, pins, rooms } = this.#parts;
    const until = maxUntil + pinPolicy.quarantineMs;
    const to = await drawPin(() => this.#take(id, until));
    await holdPin(pins, to, id, until);
    let changed: LiveRoom | null;
    try {
      changed = await rooms.update(id, { pin: { from, to } }, by);
    } catch (fault) {
      // With any other fault it is not known whether the room has it.
      const isRefused = fault instanceof AppError && REFUSALS.has(fault.code);
      if (isRefused) await this.#giveUp(id, to);
      if (isRefused && fault.code === 'conflict') return null;
      throw fault;
    }
    if (!changed) throw new AppError('room_not_found');
    metrics.count('pinroom_pins_allocated_total', { length: String(to.length) });
    await this.#letRest(id, from);
    return changed;
  }

  /** Null: the PIN turned out to be taken. */
  async #take(roomId: string, until: number): Promise<string | null> {
    const { clock, directory, metrics, pinArchive, pins } = this.#parts;
    const pin = await reservePin(this.#parts, roomId);
    const outcome = await pinArchive.takePin(roomId, pin, { at: clock.now(), until });
    if (outcome === 'taken') return pin;
    if (outcome === 'pin_taken') {
      directory.rebuildPinsSoon();
      metrics.count('pinroom_pin_collisions_total', { found_by: 'archive' });
      return null;
    }
    await pins.release(pin, roomId, 0);
    throw new AppError('room_closed');
  }

  /** It was not made the room's. */
  #giveUp(roomId: string, pin: string): Promise<void> {
    const { clock, owed, pinArchive, pins } = this.#parts;
    return owed.attempt(`unused pin ${roomId} ${pin}`, async () => {
      await pinArchive.restPin(roomId, pin, clock.now());
      await pins.release(pin, roomId, 0);
    });
  }

  /**
   * Keeps in the archive which PIN the room has, then lets a former one rest. Where the archive does
   * not answer, that follows: what the PIN leads to is decided already.
   */
  #letRest(roomId: string, pin: string): Promise<void> {
    const { archive, clock, owed, pinArchive, pinPolicy, pins, rooms } = this.#parts;
    return owed.attempt(`former pin ${roomId} ${pin}`, async () => {
      const room = await rooms.get(roomId);
      // A room that was brought back without its newest PIN needs this one.
      if (!room || room.pin === pin) return;
      await archive.saveRoom(room);
      await pinArchive.restPin(roomId, pin, clock.now() + pinPolicy.quarantineMs);
      await pins.release(pin, roomId, pinPolicy.quarantineMs);
    });
  }
}

/** The room certainly has not got the PIN. */
const REFUSALS: ReadonlySet<string> = new Set(['conflict', 'room_closed']);
