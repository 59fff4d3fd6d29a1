import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { networkOf } from '../../engine/runtime/network.js';
import { readCookie } from '../headers/read-cookie.js';
import { retryAfter } from '../headers/retry-after.js';
import type { AddressOf, HeaderOf } from './client-address.js';
import type { HeaderFields } from './fetch-handler.js';

/** Whether a page of this origin may connect. Own origin is for the caller to know: see `host`. */
export type OriginCheck = (origin: string, headerOf: HeaderOf) => boolean;

/** What a request for a socket is refused with. */
export interface Refusal {
  readonly status: '400 Bad Request' | '403 Forbidden' | '404 Not Found' | '429 Too Many Requests';
  readonly code: 'bad_request' | 'not_found' | 'origin_denied' | 'rate_limited';
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** What an upgrade is judged by. */
export interface UpgradeRules {
  readonly isOriginAllowed: OriginCheck;
  readonly refreshCookie: string;
  readonly addressOf: AddressOf;
  /** Whether there are as many connections from an address as may be. */
  readonly isFull: (address: string) => boolean;
}

/** A connection that does not show who it is has been closed after this time. */
const UNKNOWN_GONE_MS = 5_000;

/** There is one path with sockets. */
export const NO_SOCKETS_HERE: Refusal = {
  status: '404 Not Found',
  code: 'not_found',
  message: 'There are no sockets under this path.',
};

/** A connection begins as a WebSocket and stays one: no polling, no older protocol. */
export const NO_WEBSOCKET: Refusal = badRequest('Sockets are for WebSocket and Engine.IO 4 only.');

/**
 * Decides, before anything is allocated, whether an upgrade may go on. A page is judged by its
 * origin, as a browser lets any page open a WebSocket with the user's cookies. Programs send no
 * origin: they may connect, but not with the cookie. Connections are never taken over by a second
 * transport, so one that names a session is refused.
 */
export function refusalOf(
  request: { headerOf: HeaderOf; query: string; address: string },
  options: UpgradeRules,
): Refusal | null {
  const { address, headerOf } = request;
  // Read as Engine.IO reads it: names may be escaped, and of two values the last one counts there.
  const query = new URLSearchParams(request.query);
  if (query.has('sid')) return badRequest('A connection cannot be taken over.');
  if (!isOnly(query, 'transport', 'websocket') || !isOnly(query, 'EIO', '4')) return NO_WEBSOCKET;
  if (options.isFull(address)) {
    return {
      status: '429 Too Many Requests',
      code: 'rate_limited',
      message: 'Too many connections come from your network.',
      retryAfterMs: UNKNOWN_GONE_MS,
    };
  }
  const origin = headerOf('origin');
  const allowed = origin
    ? options.isOriginAllowed(origin, headerOf)
    : readCookie(headerOf('cookie'), options.refreshCookie) === undefined;
  if (allowed) return null;
  return {
    status: '403 Forbidden',
    code: 'origin_denied',
    message: 'The page that sent the request is not on the list of allowed origins.',
  };
}

function isOnly(query: URLSearchParams, name: string, value: string): boolean {
  const values = query.getAll(name);
  return values.length === 1 && values[0] === value;
}

function badRequest(message: string): Refusal {
  return { status: '400 Bad Request', code: 'bad_request', message };
}

/** A refused upgrade counts as a handshake, and is in the log where one looks closer. */
export function noteRefusal(
  { code }: Refusal,
  address: string,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): void {
  metrics.count('pinroom_handshakes_total', { code });
  logger.debug({ network: networkOf(address), code }, 'an upgrade was refused');
}

/** Its headers, beside those that every answer gets. */
export function refusalHeaders({ retryAfterMs }: Refusal): HeaderFields {
  return {
    'content-type': 'application/json',
    ...(retryAfterMs === undefined ? {} : { 'retry-after': retryAfter(retryAfterMs) }),
  };
}

/** The body of a refusal. */
export function refusalBody(refusal: Refusal): string {
  const { status: _, ...error } = refusal;
  return JSON.stringify({ error });
}
