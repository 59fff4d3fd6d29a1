import type { EntryPage } from '../http.js';
import type {
  NodeList,
  OperatorRoomList,
  OperatorRoomView,
  SystemEntry,
  SystemEventType,
  SystemLogPage,
} from '../operators.js';
import { Backoff } from './backoff.js';
import { type ClientClock, Pause, systemClock } from './client-clock.js';
import { isTransient, type PinroomError, toPinroomError } from './errors.js';
import { readEvents } from './event-stream.js';
import { HttpApi, type HttpRequest } from './http-api.js';
import { pageOrigin } from './page-origin.js';
import type { HistoryOptions } from './room-options.js';

const TIMEOUT_MS = 10_000;
/** The server comments every 15 seconds where it has nothing to tell. */
const SILENCE_MS = 40_000;
/** A connection that held so long was a good one: the next loss starts with short waits again. */
const STEADY_MS = 5_000;

export interface OperatorClientOptions {
  /** `PINROOM_OPERATOR_TOKEN` of the server. */
  readonly token: string;
  /** Where the server is, `https://…`; in a page its own origin by default. */
  readonly url?: string;
  /** For tests. */
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: ClientClock;
  readonly random?: () => number;
}

export interface SystemLogOptions {
  /** Exclusive; at most one of both. */
  readonly before?: string;
  readonly after?: string;
  readonly type?: SystemEventType;
  readonly limit?: number;
}

export interface FollowLogOptions {
  /** From behind this entry; from now on where it is left out. */
  readonly after?: string;
  readonly type?: SystemEventType;
  /** The connection is lost, or there is none yet; told once, until it is back. */
  readonly onLost?: (why: PinroomError) => void;
  readonly onBack?: () => void;
  /** Ends the following. */
  readonly signal?: AbortSignal;
}

/**
 * What operators may ask of a server. Every failure is a PinroomError: `unauthenticated` where the token is
 * wrong, `not_found` where the server has none.
 */
export class OperatorClient {
  readonly #http: HttpApi;
  readonly #token: string;
  readonly #clock: ClientClock;
  readonly #random: () => number;

  constructor(options: OperatorClientOptions) {
    const { clock = systemClock, random = Math.random, token } = options;
    const url = options.url ?? pageOrigin();
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#http = new HttpApi({ url, fetch, cookie: false, timeoutMs: TIMEOUT_MS });
    this.#token = token;
    this.#clock = clock;
    this.#random = random;
  }

  /** The nodes that live, the oldest first; each says every 2 seconds how it is. */
  nodes(): Promise<NodeList> {
    return this.#get('nodes');
  }

  /** Rooms that are open or being closed, in a fixed order; with `pin` the one that has it. */
  rooms(page: { pin?: string; cursor?: string; limit?: number } = {}): Promise<OperatorRoomList> {
    return this.#get('rooms', page);
  }

  /** One room and a page of its members, without what is said in it; also after it was closed. */
  room(roomId: string, page: { cursor?: string; limit?: number } = {}): Promise<OperatorRoomView> {
    return this.#get(pathOf(roomId), page);
  }

  /** Closes a room, as a host would; the logs of the room and of the system say so. `room_closed` where it is closed already. */
  async closeRoom(roomId: string): Promise<void> {
    const path = `/api/ops/${pathOf(roomId)}/close`;
    await this.#http.call({ method: 'POST', path, accessToken: this.#token });
  }

  /** What was said in a channel of a room, any channel. That somebody looked is written to the log of the system. */
  entries(roomId: string, options: HistoryOptions = {}): Promise<EntryPage> {
    return this.#get(`${pathOf(roomId)}/entries`, { ...options });
  }

  /** A page of the log of the system, ascending; without `before` and `after` its newest. */
  log(options: SystemLogOptions = {}): Promise<SystemLogPage> {
    return this.#get('log', { ...options });
  }

  /**
   * [CLIENT-21] The log of the system as it is written, each entry once and in order. It comes back by itself
   * from the last entry when the connection is lost, also from the start; it ends with `signal`, and fails
   * with what no further attempt mends.
   */
  async *followLog(options: FollowLogOptions = {}): AsyncGenerator<SystemEntry, void, undefined> {
    const { signal, type } = options;
    const backoff = new Backoff({ random: this.#random });
    const pause = new Pause(this.#clock);
    let { after } = options;
    let isLost = false;
    while (!signal?.aborted) {
      const since = this.#clock.monotonic();
      let atLeastMs: number | undefined;
      try {
        // Without a place to come back to, what is written while the connection is lost would be missing.
        after ??= await this.#newest(signal);
        const request = { ...this.#request('log', { after, type }), signal };
        const body = await this.#http.open(request, 'text/event-stream');
        if (isLost) options.onBack?.();
        isLost = false;
        for await (const data of readEvents(body, this.#clock, SILENCE_MS)) {
          if (signal?.aborted) return;
          const entry = JSON.parse(data) as SystemEntry;
          after = entry.id;
          yield entry;
        }
      } catch (fault) {
        const error = toPinroomError(fault);
        if (signal?.aborted) return;
        if (!isTransient(error)) throw error;
        if (!isLost) options.onLost?.(error);
        isLost = true;
        atLeastMs = error.retryAfterMs;
      }
      if (this.#clock.monotonic() - since >= STEADY_MS) backoff.reset();
      await pause.wait(backoff.next(atLeastMs), signal);
    }
  }

  /** The id of the newest entry; `0-0`: there is none. */
  async #newest(signal: AbortSignal | undefined): Promise<string> {
    const request = { ...this.#request('log', { limit: 1 }), signal };
    const { entries } = await this.#http.call<SystemLogPage>(request);
    return entries.at(-1)?.id ?? '0-0';
  }

  #get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#http.call(this.#request(path, query));
  }

  #request(path: string, query: Query): HttpRequest {
    return { method: 'GET', path: `/api/ops/${path}`, query, accessToken: this.#token };
  }
}

type Query = { readonly [name: string]: string | number | undefined };

function pathOf(roomId: string): string {
  return `rooms/${encodeURIComponent(roomId)}`;
}
