import type {
  HostOutcome,
  HostRequest,
  HostVerdict,
  MuteOutcome,
  MuteRequest,
  People,
  RenameOutcome,
  RenameRequest,
} from '../../engine/room/people.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { dueMembers } from './due-members.js';
import * as keys from './keys.js';
import { joinLooks, parseMember, toMember } from './member-fields.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { parseRoom } from './room-fields.js';
import { defineScript } from './scripts.js';

type RefusedRename = Extract<RenameOutcome, { kind: 'refused' }>['code'];
type RefusedMute = Extract<MuteOutcome, { kind: 'refused' }>['code'];
type RefusedHost = Extract<HostOutcome, { kind: 'refused' }>['code'];
type Candidates = Parameters<People['firstFree']>[1];

/** What every script that changes a member where it is takes first. */
const personKeys = (roomId: string) => [
  ...keys.logKeys(roomId),
  keys.membersKey(roomId),
  keys.rosterKey(roomId),
];

const rename = defineScript({
  name: 'member-rename',
  keys: ({ roomId }: RenameRequest) => [
    ...personKeys(roomId),
    keys.nicksKey(roomId),
    keys.onlineKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
  ],
  args: ({ roomId, userId, nickname, foldedNickname, looks }) => [
    ...keys.roomArgs(roomId),
    userId,
    JSON.stringify(nickname),
    foldedNickname,
    joinLooks(looks),
  ],
  reply: (raw) => raw as [status: string, member: string, isOnline: number],
});

const firstFree = defineScript({
  name: 'member-nickname',
  keys: ({ roomId }: { roomId: string; candidates: Candidates }) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.nicksKey(roomId),
  ],
  args: ({ candidates }) =>
    candidates.flatMap(({ foldedNickname, looks }) => [foldedNickname, joinLooks(looks)]),
  reply: (raw) => (raw === 0 ? null : (raw as number) - 1),
});

const mute = defineScript({
  name: 'member-mute',
  keys: ({ roomId }: MuteRequest) => [
    ...personKeys(roomId),
    keys.onlineKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
  ],
  args: ({ roomId, userId, muted, byUserId }) => [
    ...keys.roomArgs(roomId),
    userId,
    muted ? 1 : 0,
    byUserId,
  ],
  reply: (raw) => raw as 'done' | 'absent' | RefusedMute,
});

const changeHost = defineScript({
  name: 'member-host',
  keys: ({ roomId }: HostRequest) => [
    ...personKeys(roomId),
    keys.onlineKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
  ],
  args: ({ roomId, userId, action, byUserId }) => [
    ...keys.roomArgs(roomId),
    userId,
    action,
    byUserId,
  ],
  reply: (raw) => raw as 'absent' | RefusedHost | (string | null)[],
});

const judgeHosts = defineScript({
  name: 'host-judge',
  keys: (roomId: string) => [
    ...personKeys(roomId),
    keys.onlineKey(roomId),
    keys.hostsAwayKey(tagOf(roomId)),
    keys.expiryKey(tagOf(roomId)),
  ],
  args: keys.roomArgs,
  reply: (raw) => raw as 'not-due' | 'present' | HostVerdict['outcome'],
});

/** What is changed about members, in Redis; every change is one script that also announces it. */
export class RedisPeople implements People, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async rename(request: RenameRequest): Promise<RenameOutcome> {
    const [status, value, isOnline] = await this.#redis.scripts.run(rename, request);
    if (status === 'absent') return { kind: 'absent' };
    if (status !== 'renamed') return { kind: 'refused', code: status as RefusedRename };
    const kept = parseMember(request.userId, value);
    invariant(kept, 'who was renamed is a member');
    return { kind: 'renamed', self: toMember(kept, isOnline === 1) };
  }

  @retry()
  async firstFree(roomId: string, candidates: Candidates): Promise<number | null> {
    return await this.#redis.scripts.run(firstFree, { roomId, candidates });
  }

  async mute(request: MuteRequest): Promise<MuteOutcome> {
    const status = await this.#redis.scripts.run(mute, request);
    if (status === 'done' || status === 'absent') return { kind: status };
    return { kind: 'refused', code: status };
  }

  async changeHost(request: HostRequest): Promise<HostOutcome> {
    const reply = await this.#redis.scripts.run(changeHost, request);
    if (reply === 'absent') return { kind: 'absent' };
    if (typeof reply === 'string') return { kind: 'refused', code: reply };
    const room = parseRoom(request.roomId, reply);
    invariant(room, 'a room that was changed is there');
    return { kind: 'changed', room };
  }

  @retry()
  async networkOf(roomId: string, userId: string): Promise<string | null> {
    const network = await this.#redis.calls.call('HGET', keys.networksKey(roomId), userId);
    return network as string | null;
  }

  async forgetNetwork(roomId: string, userId: string): Promise<void> {
    await this.#redis.calls.call('HDEL', keys.networksKey(roomId), userId);
  }

  /** First which rooms are due in all the tags, then each by a step that looks again. */
  async judgeHosts(tags: readonly string[], limit: number): Promise<HostVerdict[]> {
    const due = await dueMembers(this.#redis, tags.map(keys.hostsAwayKey), limit);
    const outcomes = await this.#redis.scripts.runAll(judgeHosts, due);
    return due.flatMap((roomId, n) => {
      const outcome = outcomes[n] ?? 'not-due';
      return outcome === 'not-due' || outcome === 'present' ? [] : [{ roomId, outcome }];
    });
  }
}
