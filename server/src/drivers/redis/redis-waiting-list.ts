import { LIMITS, type Member } from '@pinroom/client/contract';
import type { CloseReason } from '../../engine/room/room-record.port.js';
import {
  type Decision,
  type DecisionOutcome,
  MOST_ADMITTED,
  type Waiting,
  type WaitingList,
} from '../../engine/room/waiting-list.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

/** `<role>:<since>:<nickname as JSON>`. */
const WAITER = /^([ps]):(\d+):(.*)$/;

const channelsOf = (roomId: string) => [...keys.roomArgs(roomId), keys.doorShardChannel(roomId)];

const list = defineScript({
  name: 'waiting-list',
  keys: (roomId: string) => [keys.roomKey(roomId), keys.waitingKey(roomId)],
  args: () => [],
  reply: (raw) => {
    if (raw === null) return null;
    const [rev, row] = raw as [string, string[]];
    const waiting: Member[] = [];
    for (let i = 0; i < row.length; i += 2) {
      waiting.push(toWaiter(row[i] ?? '', row[i + 1] ?? ''));
    }
    waiting.sort((a, b) => a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1));
    return { rev: Number(rev), waiting };
  },
});

const decide = defineScript({
  name: 'waiting-decide',
  keys: ({ roomId }: Decision) => [
    keys.roomKey(roomId),
    keys.waitingKey(roomId),
    keys.admittedKey(roomId),
    keys.tagLivesKey(tagOf(roomId)),
    keys.bansKey(roomId),
  ],
  args: ({ roomId, userId, admit }) => [
    ...channelsOf(roomId),
    userId,
    admit ? 1 : 0,
    MOST_ADMITTED,
    keys.lifePrefix(tagOf(roomId)),
    LIMITS.spectators,
  ],
  reply: (raw) => raw as DecisionOutcome,
});

const empty = defineScript({
  name: 'waiting-empty',
  keys: ({ roomId }: { roomId: string; closed: CloseReason | null }) => [
    keys.roomKey(roomId),
    keys.waitingKey(roomId),
    keys.tagLivesKey(tagOf(roomId)),
  ],
  args: ({ roomId, closed }) => [
    ...channelsOf(roomId),
    closed ?? '',
    keys.lifePrefix(tagOf(roomId)),
  ],
  reply: (raw) => Number(raw),
});

/** Who waits at the doors, in Redis: one hash per room. */
export class RedisWaitingList implements WaitingList, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  @retry()
  async list(roomId: string): Promise<Waiting | null> {
    return await this.#redis.scripts.run(list, roomId);
  }

  async decide(decision: Decision): Promise<DecisionOutcome> {
    return await this.#redis.scripts.run(decide, decision);
  }

  async empty(roomId: string, closed: CloseReason | null): Promise<number> {
    return await this.#redis.scripts.run(empty, { roomId, closed });
  }
}

function toWaiter(userId: string, value: string): Member {
  const [, role, since, nickname] = WAITER.exec(value.split('\u001f', 1)[0] ?? '') ?? [];
  invariant(nickname, 'who waits has a nickname');
  return {
    userId,
    nickname: JSON.parse(nickname) as string,
    role: role === 's' ? 'spectator' : 'player',
    joinedAt: Number(since),
    online: true,
    muted: false,
  };
}
