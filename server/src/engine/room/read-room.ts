import {
  type CommandPayload,
  type HistoryPage,
  LIMITS,
  type MemberPage,
  type Room,
  type RoomByPin,
  type RoomList,
} from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { HistoryReader } from '../history/read-history.js';
import { AppError } from '../runtime/app-error.js';
import { type RoomAccess, requireReadable } from './access.js';
import type { MemberStore } from './member-store.port.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import { toRoom } from './room-record.port.js';

export interface ReadParts {
  readonly access: RoomAccess;
  readonly directory: RoomDirectory;
  readonly members: MemberStore;
  readonly archive: RoomArchive;
  readonly history: HistoryReader;
}

/** What can be asked about rooms. */
export class RoomReader {
  readonly #parts: ReadParts;

  constructor(parts: ReadParts) {
    this.#parts = parts;
  }

  /** A page of a channel, for those who may read it; also after the room was closed. */
  async history(
    caller: Caller | ApplicationCaller,
    question: CommandPayload<'room:history'>,
  ): Promise<HistoryPage> {
    const { roomId, before, after } = question;
    if (before !== undefined && after !== undefined) {
      throw new AppError('bad_request', 'Give `before` or `after`, not both.');
    }
    const channel = question.channel ?? 'room';
    const { role } = await this.#parts.access.of(caller, roomId);
    requireReadable(caller, role, channel);
    const limit = question.limit ?? LIMITS.defaultPageLimit;
    const page = await this.#parts.history.read({ roomId, channel, before, after, limit });
    const { entries, more, source } = page;
    const edge = after === undefined ? entries[0] : entries.at(-1);
    return { entries, nextCursor: more && edge ? edge.id : null, source };
  }

  /** A page of the members, for members. */
  async members(caller: Caller, question: CommandPayload<'room:members'>): Promise<MemberPage> {
    await this.#parts.access.of(caller, question.roomId);
    const list = await this.#parts.members.list(question.roomId, {
      cursor: question.cursor ?? null,
      limit: question.limit ?? LIMITS.defaultPageLimit,
    });
    if (!list) throw new AppError('room_not_found');
    const { members, memberCount, nextCursor } = list;
    return { members, memberCount, nextCursor };
  }

  /** The room, for members; also after it was closed. */
  async room(caller: Caller | ApplicationCaller, roomId: string): Promise<Room> {
    return toRoom((await this.#parts.access.of(caller, roomId)).room);
  }

  /** What a PIN leads to, for anyone who might join. */
  async byPin(caller: Caller, pin: string): Promise<RoomByPin> {
    const room = await this.#parts.directory.byPin(pin, caller);
    if (!room) throw new AppError('room_not_found');
    const { id, title, locked, players, capacity } = room;
    return { room: { id, pin, title, locked, full: players >= capacity } };
  }

  /** The rooms that the caller hosts, newest first. */
  async list(caller: Caller, page: { cursor: string | null; limit: number }): Promise<RoomList> {
    const { archive, directory } = this.#parts;
    const { rooms, nextCursor } = await archive.listRooms(caller.userId, page);
    const live = await Promise.all(
      rooms.map(async (room) => (room.closedAt === null ? await directory.byId(room.id) : null)),
    );
    return { rooms: rooms.map((room, n) => toRoom(live[n] ?? room)), nextCursor };
  }
}
