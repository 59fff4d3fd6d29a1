import type { OperatorRoom } from '@pinroom/client/contract';
import type { OpenRooms } from '../../engine/room/open-rooms.port.js';
import { toOperatorRoom } from '../../engine/room/operator-room.port.js';
import { ALL_TAGS, tagOf } from '../../engine/runtime/random.js';
import { isOnline, type MemoryRoom, toLiveRoom } from './memory-room.js';
import type { MemoryState } from './memory-state.js';

/** Rooms of this process that are not over. */
export class MemoryOpenRooms implements OpenRooms {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async list(page: {
    cursor: string | null;
    limit: number;
  }): Promise<{ rooms: OperatorRoom[]; nextCursor: string | null }> {
    const { cursor, limit } = page;
    const first = cursor === null ? '' : tagOf(cursor);
    const found: MemoryRoom[] = [];
    for (const tag of ALL_TAGS) {
      if (tag < first || found.length > limit) continue;
      const rooms = this.#state
        .roomsOf(tag)
        .filter(({ dueAt, id }) => dueAt !== null && (tag > first || id > (cursor ?? '')));
      found.push(...rooms.sort((a, b) => (a.id < b.id ? -1 : 1)));
    }
    const shown = found.slice(0, limit);
    return {
      rooms: shown.map(toOperator),
      nextCursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  async find(roomId: string): Promise<OperatorRoom | null> {
    const room = this.#state.room(roomId);
    return room && room.dueAt !== null ? toOperator(room) : null;
  }

  async archivedIds(roomId: string): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    for (const [channel, { archivedId }] of this.#state.room(roomId)?.channels ?? []) {
      if (archivedId !== null) ids.set(channel, archivedId);
    }
    return ids;
  }
}

function toOperator(room: MemoryRoom): OperatorRoom {
  const online = [...room.members.values()].filter(isOnline).length;
  return toOperatorRoom(toLiveRoom(room), { online, backlog: room.pending });
}
