import { compareEntryIds } from '@pinroom/client/contract';
import type {
  ArchiveQueue,
  PendingBatch,
  PendingChannel,
} from '../../engine/history/archive-queue.port.js';
import type { ArchiveRow } from '../../engine/history/entry-archive.port.js';
import { indexAbove, type KeptEntry } from './memory-room.js';
import type { MemoryState } from './memory-state.js';

/** What waits for the archive, in the memory of this process. */
export class MemoryArchiveQueue implements ArchiveQueue {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async listPending(tags: readonly string[], limit: number): Promise<PendingChannel[]> {
    const pending: (PendingChannel & { readonly since: number })[] = [];
    for (const room of tags.flatMap((tag) => this.#state.roomsOf(tag))) {
      if (room.pending === 0) continue;
      for (const [name, channel] of room.channels) {
        const next = channel.entries[indexAbove(channel, channel.archivedId)];
        if (next) pending.push({ roomId: room.id, channel: name, since: next.at });
      }
    }
    return pending
      .sort((a, b) => a.since - b.since)
      .slice(0, limit)
      .map(({ roomId, channel }) => ({ roomId, channel }));
  }

  async readPending(channels: readonly PendingChannel[], limit: number): Promise<PendingBatch[]> {
    return channels.map(({ roomId, channel: name }) => {
      const channel = this.#state.room(roomId)?.channels.get(name);
      if (!channel) return { roomId, channel: name, rows: [], lastId: null };
      const first = indexAbove(channel, channel.archivedId);
      const entries = channel.entries.slice(first, first + limit);
      return {
        roomId,
        channel: name,
        rows: entries.map((entry) => toRow(roomId, name, entry)),
        lastId: entries.at(-1)?.id ?? null,
      };
    });
  }

  async confirm(
    batches: readonly { roomId: string; channel: string; lastId: string }[],
  ): Promise<void> {
    for (const { roomId, channel: name, lastId } of batches) {
      const room = this.#state.room(roomId);
      const channel = room?.channels.get(name);
      if (!room || !channel) continue;
      const { archivedId } = channel;
      if (archivedId !== null && compareEntryIds(lastId, archivedId) <= 0) continue;
      const archived = indexAbove(channel, lastId);
      room.pending -= archived - indexAbove(channel, archivedId);
      channel.archivedId = lastId;
      const surplus = Math.min(archived, channel.entries.length - this.#state.channelKeep);
      if (surplus > 0) channel.entries.splice(0, surplus);
    }
  }

  async countPending(roomId: string): Promise<number> {
    return this.#state.room(roomId)?.pending ?? 0;
  }

  async sumPending(roomIds: readonly string[]): Promise<number> {
    const counts = await Promise.all(roomIds.map((roomId) => this.countPending(roomId)));
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

function toRow(roomId: string, channel: string, entry: KeptEntry): ArchiveRow {
  return {
    roomId,
    channel,
    epoch: entry.epoch,
    seq: entry.seq,
    at: entry.at,
    type: entry.type,
    userId: entry.from?.userId ?? null,
    nickname: entry.from?.nickname ?? null,
    payload: entry.payloadJson,
    key: entry.key,
    after: entry.after,
  };
}
