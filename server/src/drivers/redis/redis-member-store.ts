import { LIMITS } from '@pinroom/client/contract';
import type {
  JoinOutcome,
  JoinRequest,
  KickOutcome,
  KickRequest,
  MemberList,
  MemberStore,
  RoomRights,
  Seat,
  SeatName,
} from '../../engine/room/member-store.port.js';
import { AppError, invariant } from '../../engine/runtime/app-error.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { dueMembers, membersOfAny } from './due-members.js';
import * as keys from './keys.js';
import {
  type MemberPageAnswer,
  parseMemberPage,
  parseRoomLook,
  type RoomLookAnswer,
} from './member-answers.js';
import { joinLooks, parseMember, ROLE_LETTERS, toMember } from './member-fields.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisCommand } from './redis-calls.js';
import { judgeLives } from './redis-leases.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

type RefusalCode = Extract<JoinOutcome, { kind: 'refused' }>['code'];

/** Seats of an ended life that are given up together. */
const RELEASE_BATCH = 200;

/** What every script that may remove a member takes first. */
const memberKeys = (roomId: string) => [
  ...keys.logKeys(roomId),
  keys.membersKey(roomId),
  keys.rosterKey(roomId),
  keys.nicksKey(roomId),
  keys.onlineKey(roomId),
  keys.awayKey(tagOf(roomId)),
  keys.tagLivesKey(tagOf(roomId)),
];

const join = defineScript({
  name: 'member-join',
  keys: ({ roomId, life }: JoinRequest) => [
    ...keys.logKeys(roomId),
    keys.membersKey(roomId),
    keys.rosterKey(roomId),
    keys.nicksKey(roomId),
    keys.onlineKey(roomId),
    keys.bansKey(roomId),
    keys.awayKey(tagOf(roomId)),
    keys.tagLivesKey(tagOf(roomId)),
    keys.lifeKey(tagOf(roomId), life),
    keys.waitingKey(roomId),
    keys.admittedKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
    keys.networksKey(roomId),
  ],
  args: (request) => [
    ...keys.roomArgs(request.roomId),
    request.userId,
    request.life,
    request.socketId,
    JSON.stringify(request.nickname),
    request.foldedNickname,
    ROLE_LETTERS[request.role],
    request.asHost ? 1 : 0,
    request.passcodeHash ?? '',
    LIMITS.spectators,
    request.isReturning ? 1 : 0,
    joinLooks(request.looks),
    keys.doorShardChannel(request.roomId),
    keys.lifePrefix(tagOf(request.roomId)),
    LIMITS.waiting,
    request.network,
    request.isMuted ? 1 : 0,
    request.pin ?? '',
    request.isAtDoor ? 1 : 0,
  ],
  reply: (raw) => raw as [status: string, isNew: number, rev: string, member: string],
});

const release = defineScript({
  name: 'member-release',
  keys: ({ roomId, life }: Seat & { graceMs: number }) => [
    ...memberKeys(roomId),
    keys.lifeKey(tagOf(roomId), life),
    keys.hostsAwayKey(tagOf(roomId)),
    keys.waitingKey(roomId),
  ],
  args: ({ roomId, userId, life, socketId, graceMs }) => [
    ...keys.roomArgs(roomId),
    userId,
    life,
    socketId,
    graceMs,
  ],
  reply: (raw) => raw === 1,
});

interface Removal {
  readonly roomId: string;
  readonly userId: string;
  readonly onlyAway: boolean;
  readonly own?: SeatName | undefined;
}

const remove = defineScript({
  name: 'member-remove',
  keys: ({ roomId }: Removal) => [...memberKeys(roomId), keys.hostsAwayKey(tagOf(roomId))],
  args: ({ roomId, userId, onlyAway, own }) => [
    ...keys.roomArgs(roomId),
    userId,
    onlyAway ? 1 : 0,
    keys.lifePrefix(tagOf(roomId)),
    own ? `${own.life}/${own.socketId}\n` : '',
  ],
  reply: (raw) => raw === 1,
});

const kick = defineScript({
  name: 'member-kick',
  keys: ({ roomId }: KickRequest) => [
    ...memberKeys(roomId),
    keys.bansKey(roomId),
    keys.waitingKey(roomId),
    keys.admittedKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
  ],
  args: ({ roomId, userId, ban, byUserId, network }) => [
    ...keys.roomArgs(roomId),
    userId,
    ban ? 1 : 0,
    JSON.stringify(byUserId),
    keys.lifePrefix(tagOf(roomId)),
    keys.doorShardChannel(roomId),
    network ?? '',
  ],
  reply: (raw): KickOutcome => {
    const [status, wasHost] = raw as [
      status: 'kicked' | 'absent' | 'room_closed' | 'forbidden' | 'not_found',
      wasHost: number,
    ];
    if (status === 'kicked') return { kind: 'kicked', wasHost: wasHost === 1 };
    return status === 'absent' ? { kind: 'absent' } : { kind: 'refused', code: status };
  },
});

const list = defineScript({
  name: 'member-list',
  keys: ({ roomId }: { roomId: string; cursor: number; limit: number }) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.rosterKey(roomId),
    keys.onlineKey(roomId),
  ],
  args: ({ cursor, limit }) => [cursor, limit],
  reply: (raw) => raw as MemberPageAnswer | null,
});

const rights = defineScript({
  name: 'room-rights',
  keys: ({ roomId }: { roomId: string; userIds: readonly string[] }) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.onlineKey(roomId),
  ],
  args: ({ userIds }) => userIds,
  reply: (raw) => raw as RoomLookAnswer | null,
});

/** Members in Redis; every change is one script that also announces it. */
export class RedisMemberStore implements MemberStore, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async join(request: JoinRequest): Promise<JoinOutcome> {
    const [status, isNew, rev, value] = await this.#redis.scripts.run(join, request);
    if (status === 'absent') return { kind: 'absent' };
    if (status !== 'joined') return { kind: 'refused', code: status as RefusalCode };
    const kept = parseMember(request.userId, value);
    invariant(kept, 'who joined is a member');
    return { kind: 'joined', self: toMember(kept, true), isNew: isNew === 1, rev: Number(rev) };
  }

  async release(seat: Seat, graceMs: number): Promise<void> {
    await this.#redis.scripts.run(release, { ...seat, graceMs });
  }

  async leave(roomId: string, userId: string, own?: SeatName): Promise<boolean> {
    return await this.#redis.scripts.run(remove, { roomId, userId, onlyAway: false, own });
  }

  async kick(request: KickRequest): Promise<KickOutcome> {
    return await this.#redis.scripts.run(kick, request);
  }

  @retry()
  async list(
    roomId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<MemberList | null> {
    const cursor = page.cursor === null ? 0 : Number(page.cursor);
    if (!Number.isSafeInteger(cursor))
      throw new AppError('bad_request', 'The cursor is none of ours.');
    const limit = page.limit + 1;
    const found = await this.#redis.scripts.run(list, { roomId, cursor, limit });
    return found && parseMemberPage(found, page.limit);
  }

  @retry()
  async rights(roomId: string, userIds: readonly string[]): Promise<RoomRights | null> {
    const found = await this.#redis.scripts.run(rights, { roomId, userIds });
    return found && parseRoomLook(roomId, userIds, found);
  }

  /** First who is due in all the tags, then each removal, which looks again whether it still holds. */
  async removeAway(tags: readonly string[], limit: number): Promise<number> {
    const { scripts } = this.#redis;
    const due = await dueMembers(this.#redis, tags.map(keys.awayKey), limit);
    const inputs = due.map((mark) => {
      const [roomId = '', userId = ''] = mark.split(':');
      return { roomId, userId, onlyAway: true };
    });
    const removed = await scripts.runAll(remove, inputs);
    return removed.filter(Boolean).length;
  }

  async releaseDead(tags: readonly string[], graceMs: number): Promise<number> {
    const { calls, scripts } = this.#redis;
    // In this order: a life has its lease before its first seat, so one that has seats and no lease
    // afterwards has ended.
    const lives = await membersOfAny(this.#redis, tags.map(keys.tagLivesKey));
    if (lives.size === 0) return 0;
    const over = new Set(await scripts.run(judgeLives, [...lives]));
    if (over.size === 0) return 0;
    const seated = await calls.callSome(
      tags.map((tag): RedisCommand => ['SMEMBERS', keys.tagLivesKey(tag)]),
    );
    let released = 0;
    for (const [index, tag] of tags.entries()) {
      for (const life of (seated[index] as string[] | undefined) ?? []) {
        if (over.has(life)) released += await this.#releaseLife(tag, life, graceMs);
      }
    }
    return released;
  }

  async #releaseLife(tag: string, life: string, graceMs: number): Promise<number> {
    const { calls, scripts } = this.#redis;
    const marks = (await calls.call('SMEMBERS', keys.lifeKey(tag, life))) as string[];
    let released = 0;
    for (let from = 0; from < marks.length; from += RELEASE_BATCH) {
      const inputs = marks.slice(from, from + RELEASE_BATCH).map((mark) => {
        const [roomId = '', userId = '', ...socketId] = mark.split('/');
        return { roomId, userId, life, socketId: socketId.join('/'), graceMs };
      });
      const done = await scripts.runAll(release, inputs);
      released += done.filter(Boolean).length;
    }
    if (marks.length === 0) await calls.call('SREM', keys.tagLivesKey(tag), life);
    return released;
  }
}
