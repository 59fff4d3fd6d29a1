import type { PageCache } from '../history/page-cache.port.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { RetentionArchive } from './retention-archive.port.js';
import type { RoomMemberArchive } from './room-member-archive.port.js';
import type { RoomStore } from './room-store.port.js';

const DAY_MS = 86_400_000;
/** A session that is over is kept for a day: whoever shows its token is told that it has ended. */
const SESSION_MS = DAY_MS;
const ROOMS = 20;
const SESSIONS = 1_000;

export interface RetentionParts {
  readonly archive: RetentionArchive;
  readonly members: RoomMemberArchive;
  readonly pages: PageCache;
  readonly rooms: RoomStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0: closed rooms are kept for ever. */
  readonly archiveDays: number;
}

/** Forgets what nobody has a right to see any more, a little in each round. */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  async round(): Promise<void> {
    const { archive, archiveDays, clock, logger, members, pages, rooms } = this.#parts;
    const now = clock.now();
    await archive.forgetSessions(now - SESSION_MS, SESSIONS);
    if (archiveDays === 0) return;
    const old = await archive.listClosedBefore(now - archiveDays * DAY_MS, ROOMS);
    for (const roomId of old) {
      await members.deleteRoom(roomId);
      await pages.forget(roomId);
      await rooms.retire(roomId, 0);
    }
    if (old.length > 0) logger.info({ rooms: old.length }, 'old rooms deleted');
  }
}
