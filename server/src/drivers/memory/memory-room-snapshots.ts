import { LIMITS } from '@pinroom/client/contract';
import type {
  ChannelEnd,
  OwnSnapshot,
  RoomSnapshots,
  SharedSnapshot,
} from '../../engine/room/room-snapshots.port.js';
import type { MemoryMemberStore } from './memory-member-store.js';
import { fitting } from './memory-room-feed.js';
import type { MemoryState } from './memory-state.js';

/** What newcomers are shown, from the memory of this process. */
export class MemoryRoomSnapshots implements RoomSnapshots {
  readonly #state: MemoryState;
  readonly #members: MemoryMemberStore;

  constructor(state: MemoryState, members: MemoryMemberStore) {
    this.#state = state;
    this.#members = members;
  }

  async shared(
    roomId: string,
    limits: { readonly members: number; readonly entries: number },
  ): Promise<SharedSnapshot | null> {
    // Everything in the same turn: it is to be one moment of the room.
    const state = this.#state.room(roomId)?.state;
    const channel = limits.entries > 0 ? this.#end(roomId, 'room', limits.entries) : null;
    const list = await this.#members.list(roomId, { cursor: null, limit: limits.members });
    return list && state ? { list, state, channel } : null;
  }

  async own(
    roomId: string,
    userId: string,
    { channels, entries }: { readonly channels: readonly string[]; readonly entries: number },
  ): Promise<OwnSnapshot | null> {
    const ends = channels.map((name): [string, ChannelEnd] => [
      name,
      this.#end(roomId, name, entries),
    ]);
    const rights = await this.#members.rights(roomId, [userId]);
    if (!rights) return null;
    const { room, hostState, members } = rights;
    return { room, hostState, self: members[0] ?? null, channels: new Map(ends) };
  }

  #end(roomId: string, name: string, limit: number): ChannelEnd {
    const channel = this.#state.room(roomId)?.channels.get(name);
    const newest = channel?.entries.slice(Math.max(0, channel.entries.length - limit)) ?? [];
    return {
      ...fitting({ roomId, channel: name, take: 'newest' }, newest, LIMITS.answerBytes),
      lastId: channel?.lastId ?? null,
    };
  }
}
