import type { CommandPayload, EntryPage, OperatorRoomView } from '@pinroom/client/contract';
import type { RoomFeed } from '../feed/room-feed.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { RecentMap } from '../runtime/recent-map.js';
import type { SystemNotes } from '../runtime/system-log.js';
import type { RoomAccess } from './access.js';
import type { RoomCloser } from './close-room.js';
import type { MemberStore } from './member-store.port.js';
import type { OpenRooms } from './open-rooms.port.js';
import { toOperatorRoom } from './operator-room.port.js';
import type { RoomReader } from './read-room.js';

/** Looking on at a channel, page by page and again, is told of once in this time. */
const TOLD_FOR_MS = 60_000;
/** Channels of which it is remembered that it was told; with more it is told again. */
const TOLD = 1_000;

export interface InspectionParts {
  readonly access: Pick<RoomAccess, 'rights'>;
  readonly members: Pick<MemberStore, 'list'>;
  readonly feed: Pick<RoomFeed, 'tops'>;
  readonly openRooms: Pick<OpenRooms, 'find' | 'archivedIds'>;
  readonly reader: Pick<RoomReader, 'history'>;
  readonly closer: Pick<RoomCloser, 'close'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: SystemNotes;
}

/** A room for operators: how it is to whoever asks, what is said in it with a trace, and its end. */
export class RoomInspector {
  readonly #parts: InspectionParts;
  /** Until when reading a channel is told of, by room and channel. */
  readonly #told = new RecentMap<number>(TOLD);

  constructor(parts: InspectionParts) {
    this.#parts = parts;
  }

  /** A room, open or closed, without what is said in it: `room_not_found`. */
  async view(
    roomId: string,
    page: { readonly cursor: string | null; readonly limit: number },
  ): Promise<OperatorRoomView> {
    const { access, feed, members, openRooms } = this.#parts;
    // First, as it brings back what the store does not have.
    const { hostState, room } = await access.rights(roomId, []);
    const [live, list, tops, archived] = await Promise.all([
      openRooms.find(roomId),
      members.list(roomId, page),
      feed.tops(roomId),
      openRooms.archivedIds(roomId),
    ]);
    if (!list) throw new AppError('room_not_found');
    const { capacity, epoch, hostIds, rev, settings } = room;
    const figures = { online: live?.online ?? 0, backlog: live?.backlog ?? 0 };
    const isClosed = room.closedAt !== null;
    const channels = [...new Set([...tops.keys(), ...archived.keys()])].sort();
    return {
      room: {
        ...toOperatorRoom(room, figures),
        hostIds: [...hostIds],
        capacity,
        settings,
        rev,
        epoch,
      },
      // Nobody is in a closed room, though the store has it as it was at the end.
      hostState: isClosed ? 'gone' : hostState,
      members: isClosed ? list.members.map((each) => ({ ...each, online: false })) : list.members,
      memberCount: list.memberCount,
      nextCursor: list.nextCursor,
      channels: channels.map((channel) => ({
        channel,
        lastId: tops.get(channel) ?? null,
        archivedId: archived.get(channel) ?? null,
      })),
    };
  }

  /** A page of a channel, whichever it is. Leaves a trace: nobody but the operators' token says who it was. */
  async entries(question: CommandPayload<'room:history'>): Promise<EntryPage> {
    const { clock, log, logger, reader } = this.#parts;
    const { channel = 'room', roomId } = question;
    const page = await reader.history({ kind: 'application' }, question);
    const name = `${roomId} ${channel}`;
    const now = clock.now();
    if (now >= (this.#told.peek(name) ?? 0)) {
      this.#told.set(name, now + TOLD_FOR_MS);
      logger.info({ roomId, channel }, 'an operator reads what is said in a room');
      log.note('room-read', { roomId, channel });
    }
    return page;
  }

  /** Closes a room as a host would: `room_not_found`, `room_closed`. */
  async close(roomId: string): Promise<void> {
    const { access, closer, logger } = this.#parts;
    // First, as it brings back what the store does not have.
    await access.rights(roomId, []);
    await closer.close(roomId, null, 'operator');
    logger.info({ roomId }, 'an operator closes a room');
  }
}
