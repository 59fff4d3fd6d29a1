import { CODES } from '@pinroom/client/contract';
import { AppError, toWireError } from '../../engine/runtime/app-error.js';
import { retryAfter } from '../headers/retry-after.js';

type HeaderFields = { readonly [name: string]: string };

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: HeaderFields = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** 204: done, nothing to say. */
export function emptyAnswer(headers: HeaderFields = {}): Response {
  return new Response(null, { status: 204, headers: { ...headers } });
}

/** The answer to a fault: its code's status, never more details than its message. */
export function faultAnswer(fault: unknown, headers: HeaderFields = {}): Response {
  const error = toWireError(fault);
  const extra: { [name: string]: string } = {};
  if (error.retryAfterMs !== undefined) {
    extra['retry-after'] = retryAfter(error.retryAfterMs);
  }
  if (error.code === 'unauthenticated') extra['www-authenticate'] = 'Bearer';
  return jsonAnswer(CODES[error.code].status, { error }, { ...extra, ...headers });
}

/** Whether a fault is one of ours to look into, rather than the caller's. */
export function isOurFault(fault: unknown): boolean {
  return !(fault instanceof AppError) || fault.code === 'internal';
}
