import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { Sessions } from '../auth/sessions.js';
import type { ArchiveQueue } from '../history/archive-queue.port.js';
import type { PageCache } from '../history/page-cache.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { RoomAccess } from './access.js';
import type { RoomCloser } from './close-room.js';
import type { MemberStore } from './member-store.port.js';
import type { People } from './people.port.js';
import type { RoomMemberArchive } from './room-member-archive.port.js';
import type { RoomStore } from './room-store.port.js';

export interface EraseParts {
  readonly access: RoomAccess;
  readonly rooms: RoomStore;
  readonly members: MemberStore;
  readonly people: Pick<People, 'forgetNetwork'>;
  readonly queue: Pick<ArchiveQueue, 'countPending'>;
  readonly closer: RoomCloser;
  readonly archive: RoomMemberArchive;
  readonly pages: PageCache;
  readonly sessions: Sessions;
  /** Writes down the sessions that wait for the archive: after the erasure they would come back. */
  readonly flushSessions: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks the archive pump to look at this room's tag soon. */
  readonly hurry: (roomId: string) => void;
}

/** How long what was said last may take to be archived. */
const FINISH_MS = 5_000;
const LOOK_AGAIN_MS = 100;

/** Erases on demand: a closed room with all that was said in it, or a person's traces. */
export class RoomEraser {
  readonly #parts: EraseParts;

  constructor(parts: EraseParts) {
    this.#parts = parts;
  }

  /** Everything of a closed room, for its hosts. */
  async deleteRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<void> {
    const { access, archive, pages, rooms } = this.#parts;
    const { room } = await access.ofHost(caller, roomId);
    if (room.closedAt === null) throw new AppError('conflict', 'Close the room first.');
    // What still waits for the archive would come back there after the deletion.
    if (!(await this.#finish(roomId))) {
      throw new AppError('unavailable', 'The room is still being archived.', {
        retryAfterMs: 1_000,
      });
    }
    await archive.deleteRoom(roomId);
    await pages.forget(roomId);
    await rooms.retire(roomId, 0);
  }

  /** Waits a while for what was said last. False: it still waits for the archive. */
  async #finish(roomId: string): Promise<boolean> {
    const { clock, closer, hurry } = this.#parts;
    const until = clock.now() + FINISH_MS;
    while (!(await closer.finish(roomId))) {
      if (clock.now() >= until) return false;
      hurry(roomId);
      await clock.sleep(LOOK_AGAIN_MS);
    }
    return true;
  }

  /**
   * The caller's nickname and id vanish from what stays; every session of theirs ends, and they leave
   * the open rooms that the archive knows them to be in. What a room has not archived by then keeps
   * the nickname.
   */
  async deleteUser({ userId }: Caller): Promise<void> {
    const { archive, flushSessions, pages, rooms, sessions } = this.#parts;
    // Asked first: who finds the archive away can still repeat the request.
    const open = await archive.listOpenRooms(userId);
    await sessions.endAll(userId);
    await flushSessions();
    await this.#leave(open, userId);
    const touched = await archive.eraseUser(userId);
    const closed: string[] = [];
    for (const roomId of touched) if (await this.#isOver(roomId)) closed.push(roomId);
    // Finishing a room has written down what the store knew of it: that is erased, too.
    if (closed.length > 0) await archive.eraseUser(userId);
    for (const roomId of touched) await pages.forget(roomId);
    // From here on these are read from the archive.
    for (const roomId of closed) await rooms.retire(roomId, 0);
  }

  /** Without the user nothing of theirs is added; what they said is archived, or the time is up. */
  async #leave(roomIds: readonly string[], userId: string): Promise<void> {
    const { clock, hurry, logger, members, people } = this.#parts;
    const until = clock.now() + FINISH_MS;
    try {
      for (const roomId of roomIds) {
        await members.leave(roomId, userId);
        await people.forgetNetwork(roomId, userId);
      }
      let waiting = await this.#notArchived(roomIds);
      while (waiting.length > 0 && clock.now() < until) {
        for (const roomId of waiting) hurry(roomId);
        await clock.sleep(LOOK_AGAIN_MS);
        waiting = await this.#notArchived(waiting);
      }
    } catch (fault) {
      // The sessions are over, so nobody could ask again: what is archived is erased all the same.
      logger.warn({ err: fault }, 'the open rooms of an erased user could not be cleared');
    }
  }

  async #notArchived(roomIds: readonly string[]): Promise<string[]> {
    const waiting: string[] = [];
    for (const roomId of roomIds) {
      if ((await this.#parts.queue.countPending(roomId)) > 0) waiting.push(roomId);
    }
    return waiting;
  }

  /** Whether the store has the room, closed and with nothing that is not archived. */
  async #isOver(roomId: string): Promise<boolean> {
    const { closer, rooms } = this.#parts;
    const room = await rooms.get(roomId);
    return room !== null && room.closedAt !== null && closer.finish(roomId);
  }
}
