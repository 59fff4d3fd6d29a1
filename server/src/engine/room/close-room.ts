import type { ArchiveQueue } from '../history/archive-queue.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import type { SystemNotes } from '../runtime/system-log.js';
import type { PinRegistry } from './pin-registry.port.js';
import type { RoomArchive } from './room-archive.port.js';
import type { CloseReason } from './room-record.port.js';
import type { RoomStore } from './room-store.port.js';
import type { StateArchiver } from './state-archiver.js';
import type { WaitingList } from './waiting-list.port.js';

/** How long a closed room stays in the store, so that reading it back is quick. */
const CLOSED_TTL_MS = 3_600_000;

export interface CloseParts {
  readonly rooms: RoomStore;
  readonly waiting: Pick<WaitingList, 'empty'>;
  readonly pins: PinRegistry;
  readonly archive: RoomArchive;
  readonly queue: ArchiveQueue;
  readonly states: Pick<StateArchiver, 'save'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly log: SystemNotes;
  readonly quarantineMs: number;
  /** Asks the archive pump to look at this room's tag soon. */
  readonly hurry: (roomId: string) => void;
}

/**
 * Closes rooms in steps that can be repeated: mark closed (with log and announcement) → wait until
 * everything is archived → close the row → let its PINs rest → let the keys run out. The room stays
 * on the list of due rooms until the last step is done, so whoever looks after it goes on.
 */
export class RoomCloser {
  readonly #parts: CloseParts;

  constructor(parts: CloseParts) {
    this.#parts = parts;
  }

  /** The first step, which decides: from here on nothing is appended. The others follow by themselves. */
  async close(roomId: string, byUserId: string | null, by?: 'operator'): Promise<void> {
    const { hurry, logger, rooms } = this.#parts;
    const outcome = await rooms.close(roomId, 'closed', byUserId);
    if (outcome === 'absent') throw new AppError('room_not_found');
    if (outcome === 'already') throw new AppError('room_closed');
    this.tell(roomId, 'closed', by);
    hurry(roomId);
    this.finish(roomId).catch((fault: unknown) => {
      logger.debug({ roomId, err: fault }, 'closing a room will be finished later');
    });
  }

  /** Tells operators, once for each room, that it is closed. */
  tell(roomId: string, reason: CloseReason, by?: 'operator'): void {
    const payload = { roomId, reason, ...(by ? { by } : {}) };
    this.#parts.log.note('room-closed', payload, `room-closed:${roomId}`);
  }

  /** The steps after the first. False: entries still wait for the archive; try again later. */
  async finish(roomId: string): Promise<boolean> {
    const { archive, clock, metrics, pins, queue, quarantineMs, rooms, states, waiting } =
      this.#parts;
    const room = await rooms.get(roomId);
    if (!room || room.closedAt === null) return false;
    await waiting.empty(roomId, room.closeReason ?? 'closed');
    if ((await queue.countPending(roomId)) > 0) return false;
    await archive.saveRoom(room);
    if (room.stateVersion > 0) await states.save(roomId);
    const held = await archive.closeRoom(roomId, {
      at: room.closedAt,
      reason: room.closeReason ?? 'closed',
      pinRestsUntil: clock.now() + quarantineMs,
    });
    // More than one where a change of the PIN broke off.
    for (const pin of new Set([room.pin, ...held])) await pins.release(pin, roomId, quarantineMs);
    await rooms.retire(roomId, CLOSED_TTL_MS);
    const reason = room.closeReason ?? 'closed';
    metrics.count('pinroom_rooms_closed_total', { reason });
    // Whoever closed it may have died before it was told.
    this.tell(roomId, reason);
    return true;
  }
}
