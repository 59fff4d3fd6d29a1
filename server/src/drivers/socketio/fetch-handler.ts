import { CODES } from '@pinroom/client/contract';
import { AppError, toWireError } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { type Metrics, NO_ROUTE } from '../../engine/runtime/metrics.js';

/** Where a request came from, as the socket says. */
export interface RequestOrigin {
  readonly remoteAddress: string;
}

/** Answers every request that is none of Socket.IO's. */
export type FetchHandler = (request: Request, origin: RequestOrigin) => Promise<Response>;

/** Bodies of requests are small here; larger ones are refused. */
export const MAX_BODY_BYTES = 65_536;

/** So much of a refused body is still read, as a client reads the answer only after sending. */
const MAX_DISCARDED_BYTES = 8_388_608;

/** How long a client may stop reading an answer. */
export const STALL_MS = 30_000;

/** Headers by their names in lower case. */
export type HeaderFields = { readonly [name: string]: string };

/** What it takes to answer where no route does. */
export interface ErrorAnswerParts {
  readonly answerHeaders: HeaderFields;
  readonly metrics: Metrics;
}

/** An error as every route answers it, counted as one. */
export function errorResponse(fault: unknown, parts: ErrorAnswerParts): Response {
  const error = toWireError(fault);
  parts.metrics.count('pinroom_http_requests_total', { route: NO_ROUTE, code: error.code });
  const headers = { ...parts.answerHeaders };
  return Response.json({ error }, { status: CODES[error.code].status, headers });
}

/** A handler that always answers: with a coded error where the given one throws. */
export function answering(
  fetch: FetchHandler,
  parts: ErrorAnswerParts & { readonly logger: Logger },
): FetchHandler {
  return async (request, origin) => {
    try {
      return await fetch(request, origin);
    } catch (fault) {
      if (!(fault instanceof AppError)) {
        parts.metrics.count('pinroom_internal_faults_total');
        parts.logger.error({ err: fault, method: request.method }, 'a request failed');
      }
      return errorResponse(fault, parts);
    }
  };
}

/** A handler that gets bodies up to `maxBytes`, read already; larger ones are answered 413. */
export function withBoundedBody(
  fetch: FetchHandler,
  maxBytes: number,
  parts: ErrorAnswerParts,
): FetchHandler {
  return async (request, origin) => {
    if (!request.body) return fetch(request, origin);
    const body = await readBounded(request.body, maxBytes);
    if (body === null) return errorResponse(new AppError('payload_too_large'), parts);
    const { url, method, headers, signal } = request;
    return fetch(new Request(url, { method, headers, body, signal }), origin);
  };
}

async function readBounded(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_DISCARDED_BYTES) break;
  }
  return size > maxBytes ? null : new Uint8Array(Buffer.concat(chunks));
}
