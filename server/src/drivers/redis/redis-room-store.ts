import type { CloseReason, LiveRoom, RoomRecord } from '../../engine/room/room-record.port.js';
import type {
  CloseOutcome,
  ExpiryOutcome,
  PutOptions,
  RoomChange,
  RoomStore,
} from '../../engine/room/room-store.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { dueMembers } from './due-members.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { changePairs, parseRoom, ROOM_FIELDS, recordPairs } from './room-fields.js';
import { defineScript } from './scripts.js';

const putRoom = defineScript({
  name: 'room-put',
  keys: ({ room }: { room: RoomRecord; options: PutOptions }) => [
    ...keys.logKeys(room.id),
    keys.expiryKey(tagOf(room.id)),
    keys.bansKey(room.id),
    keys.hostsAwayKey(tagOf(room.id)),
    keys.stateKey(room.id),
  ],
  args: ({ room, options }) => {
    const pairs = recordPairs(room);
    const bans = options.bans.flatMap(({ network, userId }) =>
      network === null ? [userId] : [userId, `@${network}`],
    );
    return [
      ...keys.roomArgs(room.id),
      options.epochFloor,
      options.isNew ? 1 : 0,
      room.closedAt === null ? '' : options.closedTtlMs,
      room.createdAt,
      room.ttlMs,
      room.maxUntil,
      pairs.length / 2,
      bans.length,
      options.state?.version ?? '',
      options.state?.json ?? '',
      ...pairs,
      ...bans,
      ...[...options.lastIds].flat(),
    ];
  },
  reply: (raw) => raw === 1,
});

const updateRoom = defineScript({
  name: 'room-update',
  keys: ({ roomId }: { roomId: string; change: RoomChange; byUserId: string | null }) => [
    ...keys.logKeys(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
  ],
  args: ({ roomId, change, byUserId }) => {
    const { title, locked, capacity, settings, pin, ifRev } = change;
    // What does not change is undefined, and JSON leaves it out.
    const log = JSON.stringify({ title, locked, capacity, settings, by: byUserId });
    return [
      ...keys.roomArgs(roomId),
      pin ? 'new-pin' : 'updated',
      log,
      ifRev ?? '',
      pin?.from ?? '',
      ...changePairs(change),
    ];
  },
  reply: (raw) => raw,
});

const closeRoom = defineScript({
  name: 'room-close',
  keys: ({ roomId }: { roomId: string; reason: CloseReason; byUserId: string | null }) => [
    ...keys.logKeys(roomId),
    keys.expiryKey(tagOf(roomId)),
  ],
  args: ({ roomId, reason, byUserId }) => [
    ...keys.roomArgs(roomId),
    reason,
    JSON.stringify(byUserId),
  ],
  reply: (raw) => raw as CloseOutcome,
});

const expireRoom = defineScript({
  name: 'room-expire',
  keys: (roomId: string) => [...keys.logKeys(roomId), keys.expiryKey(tagOf(roomId))],
  args: keys.roomArgs,
  reply: (raw) => raw as ExpiryOutcome,
});

const retireRoom = defineScript({
  name: 'room-retire',
  keys: ({ roomId }: { roomId: string; ttlMs: number }) => [
    keys.roomKey(roomId),
    keys.expiryKey(tagOf(roomId)),
    keys.tagLivesKey(tagOf(roomId)),
    keys.onlineKey(roomId),
    keys.membersKey(roomId),
    keys.rosterKey(roomId),
    keys.nicksKey(roomId),
    keys.archivedKey(roomId),
    keys.onceKey(roomId),
    keys.paceKey(roomId),
    keys.bansKey(roomId),
    keys.waitingKey(roomId),
    keys.admittedKey(roomId),
    keys.stateKey(roomId),
    keys.networksKey(roomId),
  ],
  args: ({ roomId, ttlMs }) => [
    roomId,
    ttlMs,
    keys.streamPrefix(roomId),
    keys.lifePrefix(tagOf(roomId)),
  ],
  reply: (raw) => raw === 1,
});

/** Rooms in Redis: one hash each, and per tag a sorted set of when to look at them. */
export class RedisRoomStore implements RoomStore, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async put(room: RoomRecord, options: PutOptions): Promise<boolean> {
    return await this.#redis.scripts.run(putRoom, { room, options });
  }

  @retry()
  async get(roomId: string): Promise<LiveRoom | null> {
    const reply = await this.#redis.calls.call('HMGET', keys.roomKey(roomId), ...ROOM_FIELDS);
    return parseRoom(roomId, reply);
  }

  async update(
    roomId: string,
    change: RoomChange,
    byUserId: string | null,
  ): Promise<LiveRoom | null> {
    const reply = await this.#redis.scripts.run(updateRoom, { roomId, change, byUserId });
    if (reply === 'closed') throw new AppError('room_closed');
    if (reply === 'stale') throw new AppError('conflict');
    return reply === 'absent' ? null : parseRoom(roomId, reply);
  }

  async close(roomId: string, reason: CloseReason, byUserId: string | null): Promise<CloseOutcome> {
    return await this.#redis.scripts.run(closeRoom, { roomId, reason, byUserId });
  }

  @retry()
  async listDue(tags: readonly string[], limit: number): Promise<string[]> {
    return await dueMembers(this.#redis, tags.map(keys.expiryKey), limit);
  }

  async expire(roomId: string): Promise<ExpiryOutcome> {
    return await this.#redis.scripts.run(expireRoom, roomId);
  }

  async retire(roomId: string, ttlMs: number): Promise<void> {
    await this.#redis.scripts.run(retireRoom, { roomId, ttlMs });
  }
}
