import type {
  ArchiveQueue,
  PendingBatch,
  PendingChannel,
} from '../../engine/history/archive-queue.port.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { oldestMembers } from './due-members.js';
import { parseRows } from './entry-fields.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisCommand } from './redis-calls.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

export interface ArchiveQueueOptions {
  /** Entries of a channel that stay after they are archived. */
  readonly channelKeep: number;
}

const confirmChannel = defineScript({
  name: 'queue-confirm',
  keys: ({ roomId, channel }: PendingChannel & { lastId: string; keep: number }) => [
    keys.roomKey(roomId),
    keys.streamKey(roomId, channel),
    keys.archivedKey(roomId),
    keys.unarchivedKey(tagOf(roomId)),
  ],
  args: ({ roomId, channel, lastId, keep }) => [roomId, channel, lastId, keep],
  reply: (raw) => Number(raw),
});

const countRoom = defineScript({
  name: 'queue-count',
  keys: (roomId: string) => [
    keys.roomKey(roomId),
    keys.archivedKey(roomId),
    keys.unarchivedKey(tagOf(roomId)),
  ],
  args: (roomId) => [roomId, keys.streamPrefix(roomId)],
  reply: (raw) => Number(raw),
});

/** What waits for the archive: the streams above the archived positions, and a mark by tag. */
export class RedisArchiveQueue implements ArchiveQueue, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #keep: number;

  constructor(redis: RedisAccess, options: ArchiveQueueOptions) {
    this.#redis = redis;
    this.#keep = options.channelKeep;
  }

  @retry()
  async listPending(tags: readonly string[], limit: number): Promise<PendingChannel[]> {
    const marks = await oldestMembers(this.#redis, tags.map(keys.unarchivedKey), limit);
    return marks.map((mark) => {
      const end = mark.indexOf(':');
      return { roomId: mark.slice(0, end), channel: mark.slice(end + 1) };
    });
  }

  /**
   * Two round trips, positions and then ranges: a script would make one of it, but Redis would turn
   * every entry into Lua values and back, on the thread that appends need.
   */
  @retry()
  async readPending(channels: readonly PendingChannel[], limit: number): Promise<PendingBatch[]> {
    const { calls } = this.#redis;
    const positions = await calls.callAll(
      channels.map(
        ({ roomId, channel }): RedisCommand => ['HGET', keys.archivedKey(roomId), channel],
      ),
    );
    const ranges = await calls.callAll(
      channels.map(({ roomId, channel }, index): RedisCommand => {
        const position = positions[index] as string | null;
        const low = position === null ? '-' : `(${position}`;
        return ['XRANGE', keys.streamKey(roomId, channel), low, '+', 'COUNT', limit];
      }),
    );
    const batches = channels.map(({ roomId, channel }, index): PendingBatch => {
      const rows = parseRows(roomId, channel, ranges[index]);
      const last = rows.at(-1);
      const lastId = last ? `${last.epoch}-${last.seq}` : null;
      return { roomId, channel, rows, lastId };
    });
    await this.#dropMarks(batches.filter((batch) => batch.lastId === null));
    return batches;
  }

  async confirm(
    batches: readonly { roomId: string; channel: string; lastId: string }[],
  ): Promise<void> {
    const inputs = batches.map((batch) => ({ ...batch, keep: this.#keep }));
    await this.#redis.scripts.runAll(confirmChannel, inputs);
  }

  @retry()
  async countPending(roomId: string): Promise<number> {
    return await this.#redis.scripts.run(countRoom, roomId);
  }

  @retry()
  async sumPending(roomIds: readonly string[]): Promise<number> {
    const counts = await this.#redis.calls.callAll(
      roomIds.map((roomId): RedisCommand => ['HGET', keys.roomKey(roomId), 'backlog']),
    );
    return counts.reduce<number>((sum, count) => sum + Number(count ?? 0), 0);
  }

  /** A mark without an entry behind it (the stream was deleted) would be looked at for ever. */
  async #dropMarks(channels: readonly PendingChannel[]): Promise<void> {
    const inputs = channels.map(({ roomId, channel }) => ({
      roomId,
      channel,
      lastId: '',
      keep: this.#keep,
    }));
    await this.#redis.scripts.runAll(confirmChannel, inputs);
  }
}
