import { LIMITS } from '@pinroom/client/contract';
import type {
  ChannelEnd,
  OwnSnapshot,
  RoomSnapshots,
  SharedSnapshot,
} from '../../engine/room/room-snapshots.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { parseEntries } from './entry-fields.js';
import * as keys from './keys.js';
import {
  type MemberPageAnswer,
  parseMemberPage,
  parseRoomLook,
  type RoomLookAnswer,
} from './member-answers.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { positionField } from './room-fields.js';
import { defineScript } from './scripts.js';

/** What the function `channel_end` of the scripts answers. */
type ChannelEndAnswer = readonly [position: string | null, entries: unknown, cut: number];

interface SharedLook {
  readonly roomId: string;
  readonly members: number;
  readonly entries: number;
}

interface OwnLook {
  readonly roomId: string;
  readonly userId: string;
  readonly channels: readonly string[];
  readonly entries: number;
}

const lookAtShared = defineScript({
  name: 'snapshot-shared',
  keys: ({ roomId }: SharedLook) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.rosterKey(roomId),
    keys.onlineKey(roomId),
    keys.stateKey(roomId),
    keys.streamKey(roomId, 'room'),
  ],
  args: ({ members, entries }) => [members + 1, entries, LIMITS.answerBytes, positionField('room')],
  reply: (raw) =>
    raw as
      | [page: MemberPageAnswer, version: string, state: string, channel: ChannelEndAnswer | null]
      | null,
});

const lookAtOwn = defineScript({
  name: 'snapshot-own',
  keys: ({ roomId, channels }: OwnLook) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.onlineKey(roomId),
    ...channels.map((channel) => keys.streamKey(roomId, channel)),
  ],
  args: ({ userId, channels, entries }) => [
    entries,
    LIMITS.answerBytes,
    ...channels.map(positionField),
    userId,
  ],
  reply: (raw) => raw as [look: RoomLookAnswer, ends: ChannelEndAnswer[]] | null,
});

/** What newcomers are shown, from Redis: one script for what all share, one for what is one's own. */
export class RedisRoomSnapshots implements RoomSnapshots, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  @retry()
  async shared(
    roomId: string,
    limits: { readonly members: number; readonly entries: number },
  ): Promise<SharedSnapshot | null> {
    const found = await this.#redis.scripts.run(lookAtShared, { roomId, ...limits });
    if (!found) return null;
    const [page, version, json, channel] = found;
    return {
      list: parseMemberPage(page, limits.members),
      state: { version: Number(version), json },
      channel: channel && toChannelEnd(channel),
    };
  }

  @retry()
  async own(
    roomId: string,
    userId: string,
    { channels, entries }: { readonly channels: readonly string[]; readonly entries: number },
  ): Promise<OwnSnapshot | null> {
    const look = { roomId, userId, channels, entries };
    const found = await this.#redis.scripts.run(lookAtOwn, look);
    const rights = found && parseRoomLook(roomId, [userId], found[0]);
    if (!rights) return null;
    const { room, hostState, members } = rights;
    const ends = found[1].map((end, n): [string, ChannelEnd] => [
      channels[n] ?? '',
      toChannelEnd(end),
    ]);
    return { room, hostState, self: members[0] ?? null, channels: new Map(ends) };
  }
}

function toChannelEnd([position, found, cut]: ChannelEndAnswer): ChannelEnd {
  const entries = parseEntries(found).reverse();
  return { entries, lastId: entries.at(-1)?.id ?? position, isCut: cut === 1 };
}
