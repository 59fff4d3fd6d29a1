import type { CommandAnswer, CommandPayload } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { LocalRooms } from '../fanout/local-rooms.js';
import type { AppendOutcome, AppendRequest, RoomFeed } from '../feed/room-feed.port.js';
import type { ArchivedKeys } from '../history/archived-keys.js';
import { AppError, unavailable } from '../runtime/app-error.js';
import type { Metrics } from '../runtime/metrics.js';
import { timed } from '../runtime/stopwatch.js';
import { payloadJson } from './payload.js';
import type { RoomDirectory } from './room-directory.js';

/**
 * Sends an entry. All checks that decide are in the feed's atomic step; what is checked here is only
 * the form.
 */
export class EntrySender {
  readonly #feed: RoomFeed;
  readonly #directory: RoomDirectory;
  readonly #localRooms: Pick<LocalRooms, 'holds' | 'refresh'>;
  readonly #archivedKeys: Pick<ArchivedKeys, 'find'>;
  readonly #metrics: Metrics;

  constructor(
    feed: RoomFeed,
    directory: RoomDirectory,
    localRooms: Pick<LocalRooms, 'holds' | 'refresh'>,
    archivedKeys: Pick<ArchivedKeys, 'find'>,
    metrics: Metrics,
  ) {
    this.#feed = feed;
    this.#directory = directory;
    this.#localRooms = localRooms;
    this.#archivedKeys = archivedKeys;
    this.#metrics = metrics;
  }

  async send(
    caller: Caller | ApplicationCaller,
    wish: CommandPayload<'room:send'>,
  ): Promise<CommandAnswer<'room:send'>> {
    const request: AppendRequest = {
      roomId: wish.roomId,
      sender: caller.kind === 'user' ? { userId: caller.userId, nickname: caller.nickname } : null,
      channel: wish.channel ?? 'room',
      type: wish.type,
      payloadJson: payloadJson(wish.payload),
      key: wish.key ?? null,
      once: wish.once ?? null,
    };
    const outcome = await this.#append(request);
    switch (outcome.kind) {
      case 'appended':
        this.#metrics.count(
          outcome.duplicate ? 'pinroom_entries_repeated_total' : 'pinroom_entries_accepted_total',
        );
        return { id: outcome.id, at: outcome.at, duplicate: outcome.duplicate };
      case 'absent':
        throw new AppError('room_not_found');
      case 'refused':
        if (outcome.code === 'rate_limited') {
          this.#metrics.count('pinroom_rate_limited_total', { limit: 'entries' });
        }
        throw new AppError(
          outcome.code,
          undefined,
          outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs },
        );
      default:
        return outcome satisfies never;
    }
  }

  /**
   * Appends; where the store has lost what it needs for that with its data, brings it back first.
   * Each of that once: data that goes away again and again is `unavailable`.
   */
  async #append(request: AppendRequest): Promise<Exclude<AppendOutcome, { kind: 'unsure' }>> {
    const { key, roomId, sender, channel } = request;
    const userId = sender?.userId ?? null;
    let asked = request;
    let outcome = await this.#write(asked);
    if (outcome.kind === 'absent') {
      if (!(await this.#directory.restore(roomId))) return outcome;
      outcome = await this.#write(asked);
    }
    if (outcome.kind === 'unsure' && key !== null) {
      const archived = await this.#archivedKeys.find({ roomId, channel, userId, key });
      asked = { ...request, archived };
      outcome = await this.#write(asked);
    }
    if (isStranger(outcome) && this.#localRooms.holds(roomId, userId ?? '')) {
      // Who sits here is a member: the store has lost its data, and gets the seats back.
      await this.#localRooms.refresh(roomId);
      outcome = await this.#write(asked);
      const isHeld = this.#localRooms.holds(roomId, userId ?? '');
      if (isStranger(outcome) && isHeld) throw unavailable('The room');
    }
    if (outcome.kind === 'absent' || outcome.kind === 'unsure') throw unavailable('The room');
    return outcome;
  }

  #write(request: AppendRequest): Promise<AppendOutcome> {
    return timed(this.#metrics, 'pinroom_append_seconds', () => this.#feed.append(request));
  }
}

function isStranger(outcome: AppendOutcome): boolean {
  return outcome.kind === 'refused' && outcome.code === 'not_in_room';
}
