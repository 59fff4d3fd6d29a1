import { channelUser, LIMITS } from '@pinroom/client/contract';
import type {
  AppendOutcome,
  AppendRequest,
  EntryPaces,
  FeedPage,
  FeedRange,
  RoomFeed,
} from '../../engine/feed/room-feed.port.js';
import type { PaceLimit } from '../../engine/runtime/pace.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { entryParts, parseEntries } from './entry-fields.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { isOutOfMemory } from './redis-faults.js';
import { READS } from './redis-resilience.js';
import { positionField } from './room-fields.js';
import { defineScript } from './scripts.js';

export interface RoomFeedOptions {
  /** Entries of a room that may wait for the archive. */
  readonly backlogEntries: number;
  /** Absent: as fast as one likes. */
  readonly entryPaces?: EntryPaces;
  /** For how long a key makes a repetition harmless, ms. */
  readonly dedupeMs?: number;
  /** Whether Redis' memory is so full that it takes no more entries for now. */
  readonly isMemoryShort?: () => boolean;
}

type Refused = Extract<AppendOutcome, { kind: 'refused' }>;

const BACKLOG_FULL: Refused = { kind: 'refused', code: 'backlog_full', retryAfterMs: 1_000 };
const MARKER = positionField('');

interface Append {
  readonly request: AppendRequest;
  readonly backlog: number;
  readonly dedupeMs: number;
  readonly entryPaces: EntryPaces;
}

const UNLIMITED: PaceLimit = { perSecond: Number.POSITIVE_INFINITY, burst: 1 };

const append = defineScript({
  name: 'feed-append',
  keys: ({ request }: Append) => {
    const { roomId, channel, sender, key } = request;
    return [
      keys.roomKey(roomId),
      keys.membersKey(roomId),
      keys.streamKey(roomId, channel),
      keys.archivedKey(roomId),
      keys.unarchivedKey(tagOf(roomId)),
      keys.onceKey(roomId),
      keys.paceKey(roomId),
      key === null
        ? keys.roomKey(roomId)
        : keys.dedupeKey(roomId, channel, sender?.userId ?? '', key),
    ];
  },
  args: ({ request, backlog, dedupeMs, entryPaces }) => {
    const { roomId, channel, sender, type, payloadJson, key, once } = request;
    const userId = sender?.userId ?? '';
    const addressee = channelUser(channel);
    const { beforeFrom, nickname, afterFrom } = entryParts(request);
    return [
      keys.roomShardChannel(roomId),
      roomId,
      channel,
      addressee === null ? channel : 'user',
      userId,
      addressee ?? '',
      type,
      beforeFrom,
      nickname,
      afterFrom,
      payloadJson,
      key === null ? '' : dedupeMs,
      once === null ? '' : `${userId} ${channel} ${once}`,
      backlog,
      archivedTwin(request),
      ...paceMs(entryPaces.host),
      ...paceMs(entryPaces.other),
    ];
  },
  reply: (raw) => toOutcome(raw as string[]),
});

const readRange = defineScript({
  name: 'feed-read',
  keys: ({ roomId, channel }: FeedRange) => [keys.streamKey(roomId, channel)],
  args: ({ after, before, limit, take, maxBytes = Number.MAX_SAFE_INTEGER }) => {
    const low = after === null ? '-' : `(${after}`;
    const high = before === null ? '+' : `(${before}`;
    const range = take === 'oldest' ? ['XRANGE', low, high] : ['XREVRANGE', high, low];
    return [...range, limit, maxBytes];
  },
  reply: (raw) => {
    const [entries, cut] = raw as [entries: unknown, cut: number];
    return { entries: parseEntries(entries), isCut: cut === 1 };
  },
});

/** What an entry takes from the budget and what may be used of it at once, ms; 0: no limit. */
function paceMs({ burst, perSecond }: PaceLimit): [eachMs: number, burstMs: number] {
  const eachMs = 1_000 / perSecond;
  return [eachMs, Math.max(1, burst) * eachMs];
}

/** A room's channels as Redis streams; what is kept is announced by the same script. */
export class RedisRoomFeed implements RoomFeed, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #options: Required<RoomFeedOptions>;

  constructor(redis: RedisAccess, options: RoomFeedOptions) {
    this.#redis = redis;
    this.#options = {
      dedupeMs: LIMITS.dedupeSeconds * 1_000,
      isMemoryShort: () => false,
      entryPaces: { host: UNLIMITED, other: UNLIMITED },
      ...options,
    };
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    const { backlogEntries, dedupeMs, entryPaces, isMemoryShort } = this.#options;
    // A bound of none: repetitions still get their answer, nothing new is kept.
    const backlog = isMemoryShort() ? 0 : backlogEntries;
    try {
      return await this.#redis.scripts.run(append, { request, backlog, dedupeMs, entryPaces });
    } catch (fault) {
      // Redis refused before it ran the script.
      if (isOutOfMemory(fault)) return BACKLOG_FULL;
      throw fault;
    }
  }

  @retry()
  async read(range: FeedRange): Promise<FeedPage> {
    // Nothing is below the lowest id there is, and Redis takes it for no bound.
    const isEmpty = range.before !== null && /^0+-0+$/.test(range.before);
    if (isEmpty) return { entries: [], isCut: false };
    const { entries, isCut } = await this.#redis.scripts.run(readRange, range);
    return { entries: range.take === 'oldest' ? entries : entries.reverse(), isCut };
  }

  @retry()
  async tops(roomId: string): Promise<Map<string, string>> {
    const reply = await this.#redis.calls.call('HGETALL', keys.roomKey(roomId));
    const row = reply as string[];
    const tops = new Map<string, string>();
    for (let i = 0; i + 1 < row.length; i += 2) {
      const field = row[i] ?? '';
      if (field.startsWith(MARKER)) tops.set(field.slice(MARKER.length), row[i + 1] ?? '');
    }
    return tops;
  }

  @retry()
  async top(roomId: string, channel: string): Promise<string | null> {
    const reply = await this.#redis.calls.call(
      'HGET',
      keys.roomKey(roomId),
      positionField(channel),
    );
    return reply as string | null;
  }
}

function archivedTwin({ archived }: AppendRequest): string {
  if (archived === undefined) return '';
  return archived === null ? '-' : `${archived.id} ${archived.at}`;
}

function toOutcome([status = '', first = '', second = '']: string[]): AppendOutcome {
  switch (status) {
    case 'appended':
    case 'duplicate':
      return {
        kind: 'appended',
        id: first,
        at: Number(second),
        duplicate: status === 'duplicate',
      };
    case 'absent':
    case 'unsure':
      return { kind: status };
    case 'backlog_full':
      return BACKLOG_FULL;
    case 'rate_limited':
      return { kind: 'refused', code: 'rate_limited', retryAfterMs: Number(first) };
    default:
      return { kind: 'refused', code: status as Refused['code'] };
  }
}
