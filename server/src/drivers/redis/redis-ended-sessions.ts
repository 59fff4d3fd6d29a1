import type { EndedPage, EndedSessionList } from '../../engine/auth/ended-session-list.port.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisClients } from './redis-clients.js';
import { READS } from './redis-resilience.js';

type StreamEntry = readonly [id: string, fields: readonly [name: string, sessionId: string]];

const PAGE = 1_000;
/** The position before everything. */
const BEGINNING = '-';
const CHANNEL = Buffer.from(keys.endedSessionsChannel);

/**
 * The list of ended sessions: a stream that all nodes read, and a shard channel that says when to.
 *
 * A position is an entry, by its id and the session that it names, and a page is read from that entry
 * on. Where it is not there, the list is another one (Redis has lost data), whatever its ids are:
 * they go by Redis' clock, and may be above or below those of before.
 */
export class RedisEndedSessions implements EndedSessionList, Resilient {
  readonly resilience = READS;
  readonly #redis: Pick<RedisClients, 'calls' | 'subscribe'>;

  constructor(redis: Pick<RedisClients, 'calls' | 'subscribe'>) {
    this.#redis = redis;
  }

  @retry()
  async listEnded(after: string | null): Promise<EndedPage> {
    const { calls } = this.#redis;
    const key = keys.endedSessionsKey;
    if (after === null) {
      const newest = (await calls.call('XREVRANGE', key, '+', '-', 'COUNT', 1)) as StreamEntry[];
      return pageOf(newest.slice(0, 0), newest[0] ? positionOf(newest[0]) : BEGINNING);
    }
    const [from = BEGINNING] = after.split(' ');
    const reply = await calls.call('XRANGE', key, from, '+', 'COUNT', PAGE + 1);
    const entries = reply as StreamEntry[];
    if (after === BEGINNING) return pageOf(entries, after);
    const [known, ...rest] = entries;
    if (known && positionOf(known) === after) return pageOf(rest, after);
    return { ids: [], cursor: BEGINNING, more: true, isContinuous: false };
  }

  onEnded(handler: (interrupted: boolean) => void): void {
    const { subscribe } = this.#redis;
    const listen = (interrupted: boolean) => {
      // One that fails is asked for again with the next connection.
      subscribe.ssubscribe(keys.endedSessionsChannel).then(
        () => handler(interrupted),
        () => {},
      );
    };
    subscribe.on('smessageBuffer', (channel: Buffer) => {
      if (CHANNEL.equals(channel)) handler(false);
    });
    subscribe.on('restored', () => listen(true));
    listen(false);
  }
}

function positionOf([id, [, sessionId]]: StreamEntry): string {
  return `${id} ${sessionId}`;
}

function pageOf(entries: readonly StreamEntry[], before: string): EndedPage {
  const last = entries.at(-1);
  return {
    ids: entries.map(([, [, sessionId]]) => sessionId),
    cursor: last ? positionOf(last) : before,
    more: entries.length >= PAGE,
    isContinuous: true,
  };
}
