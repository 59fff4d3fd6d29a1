import type { OperatorRoom } from '@pinroom/client/contract';
import type { OpenRooms } from '../../engine/room/open-rooms.port.js';
import { toOperatorRoom } from '../../engine/room/operator-room.port.js';
import { ALL_TAGS, tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisCommand } from './redis-calls.js';
import { READS } from './redis-resilience.js';
import { parseRoom, ROOM_FIELDS } from './room-fields.js';

/** Rooms read of one tag; with so many in each, an installation has 2.5 million. */
const MOST_OF_TAG = 10_000;

/** Rooms that are not over: those that the tags' `expiry` lists, which no room leaves before it is retired. */
export class RedisOpenRooms implements OpenRooms, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  @retry()
  async list(page: {
    cursor: string | null;
    limit: number;
  }): Promise<{ rooms: OperatorRoom[]; nextCursor: string | null }> {
    const { cursor, limit } = page;
    const ids = await this.#idsAfter(cursor, limit + 1);
    const shown = ids.slice(0, limit);
    const rooms = await this.#read(shown);
    return {
      rooms: rooms.flatMap((room) => room ?? []),
      nextCursor: ids.length > limit ? (shown.at(-1) ?? null) : null,
    };
  }

  @retry()
  async find(roomId: string): Promise<OperatorRoom | null> {
    const due = await this.#redis.calls.call('ZSCORE', keys.expiryKey(tagOf(roomId)), roomId);
    if (due === null) return null;
    const [room] = await this.#read([roomId]);
    return room ?? null;
  }

  @retry()
  async archivedIds(roomId: string): Promise<Map<string, string>> {
    const reply = await this.#redis.calls.call('HGETALL', keys.archivedKey(roomId));
    const row = reply as string[];
    const ids = new Map<string, string>();
    for (let i = 0; i + 1 < row.length; i += 2) ids.set(row[i] ?? '', row[i + 1] ?? '');
    return ids;
  }

  /** How many each tag has, and then as many tags as it takes, all at once. */
  async #idsAfter(cursor: string | null, wanted: number): Promise<string[]> {
    const { calls } = this.#redis;
    const first = cursor === null ? '' : tagOf(cursor);
    const tags = ALL_TAGS.filter((tag) => tag >= first);
    const counts = await calls.callAll(
      tags.map((tag): RedisCommand => ['ZCARD', keys.expiryKey(tag)]),
    );
    const ids: string[] = [];
    for (let next = 0; next < tags.length && ids.length < wanted; ) {
      const group: string[] = [];
      for (let found = ids.length; next < tags.length && found < wanted; next++) {
        const count = Number(counts[next]);
        if (count > 0) group.push(tags[next] ?? '');
        found += count;
      }
      const replies = await calls.callAll(
        group.map((tag): RedisCommand => ['ZRANGE', keys.expiryKey(tag), 0, MOST_OF_TAG - 1]),
      );
      for (const ofTag of replies as string[][]) {
        const isFirst = cursor !== null && ofTag[0] !== undefined && tagOf(ofTag[0]) === first;
        ids.push(...ofTag.filter((id) => !isFirst || id > cursor).sort());
      }
    }
    return ids.slice(0, wanted);
  }

  async #read(ids: readonly string[]): Promise<(OperatorRoom | null)[]> {
    const replies = await this.#redis.calls.callAll(
      ids.flatMap((id): RedisCommand[] => [
        ['HMGET', keys.roomKey(id), ...ROOM_FIELDS, 'backlog'],
        ['HLEN', keys.onlineKey(id)],
      ]),
    );
    return ids.map((id, index) => {
      const fields = replies[2 * index] as (string | null)[];
      const room = parseRoom(id, fields);
      if (!room) return null;
      return toOperatorRoom(room, {
        online: Number(replies[2 * index + 1]),
        backlog: Number(fields[ROOM_FIELDS.length] ?? 0),
      });
    });
  }
}
