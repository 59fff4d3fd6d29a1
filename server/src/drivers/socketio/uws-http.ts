import type { ErrorCode } from '@pinroom/client/contract';
import { AppError } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import {
  type ErrorAnswerParts,
  errorResponse,
  type FetchHandler,
  MAX_BODY_BYTES,
  STALL_MS,
} from './fetch-handler.js';
import { type RequestBody, UwsHttpExchange } from './uws-http-exchange.js';
import type { UwsApp, UwsRequest, UwsResponse } from './uws-native.js';

const NO_BODY: RequestBody = { kind: 'read', bytes: new Uint8Array(0) };

/** Name or address with a port: what has a slash or a question mark would become part of the path. */
const HOST = /^[\w.:[\]-]{1,255}$/;

/** A request's head, copied while the native request is valid. */
interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly remoteAddress: string;
}

/** Answers all requests of an app that no other route takes, by a fetch-style handler. */
export class UwsHttp {
  readonly #exchanges = new Set<UwsHttpExchange>();
  readonly #fetch: FetchHandler;
  readonly #errors: ErrorAnswerParts;
  readonly #stallMs: number;
  readonly #logger: Logger;

  /** `fetch` is expected to answer always (see `answering`). */
  constructor(
    fetch: FetchHandler,
    options: ErrorAnswerParts & { readonly stallMs?: number; readonly logger: Logger },
  ) {
    this.#fetch = fetch;
    this.#errors = options;
    this.#stallMs = options.stallMs ?? STALL_MS;
    this.#logger = options.logger;
  }

  /** Requests whose answer is not written yet. */
  get pending(): number {
    return this.#exchanges.size;
  }

  mount(app: UwsApp): void {
    app.any('/*', (res, req) => {
      const exchange = new UwsHttpExchange(res, this.#stallMs, () =>
        this.#exchanges.delete(exchange),
      );
      this.#exchanges.add(exchange);
      // Everything up to the first await must run before this handler returns.
      this.#serve(exchange, res, req).catch((fault) => {
        this.#logger.error({ err: fault }, 'an exchange failed');
        exchange.abort();
      });
    });
  }

  /** Cuts what is still being answered. */
  abort(): void {
    for (const exchange of this.#exchanges) exchange.abort();
  }

  async #serve(exchange: UwsHttpExchange, res: UwsResponse, req: UwsRequest): Promise<void> {
    const head = readHead(res, req);
    if (!head) return exchange.answer(this.#refusal('bad_request'), false);
    const { method, url, headers, remoteAddress } = head;
    const isHead = method === 'HEAD';
    const body = await this.#readBody(exchange, head);
    if (body.kind === 'gone') return;
    if (body.kind === 'too-large') {
      return exchange.answer(this.#refusal('payload_too_large'), isHead);
    }
    const { signal } = exchange;
    const content = body.bytes.byteLength > 0 ? { body: body.bytes } : {};
    const request = new Request(url, { method, headers, signal, ...content });
    await exchange.answer(await this.#fetch(request, { remoteAddress }), isHead);
  }

  #refusal(code: ErrorCode): Response {
    return errorResponse(new AppError(code), this.#errors);
  }

  #readBody(exchange: UwsHttpExchange, { method, headers }: RequestHead): Promise<RequestBody> {
    if (method === 'GET' || method === 'HEAD') return Promise.resolve(NO_BODY);
    if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) {
      return Promise.resolve({ kind: 'too-large' });
    }
    return exchange.readBody(MAX_BODY_BYTES);
  }
}

/** Null: it is not a request that could be answered otherwise than by `bad_request`. */
function readHead(res: UwsResponse, req: UwsRequest): RequestHead | null {
  try {
    const headers = new Headers();
    req.forEach((name, value) => {
      headers.append(name, value);
    });
    const method = req.getMethod().toUpperCase();
    if (method === 'TRACE' || method === 'CONNECT') return null;
    const query = req.getQuery();
    const path = query ? `${req.getUrl()}?${query}` : req.getUrl();
    const host = headers.get('host') ?? 'localhost';
    if (!HOST.test(host)) return null;
    const url = new URL(`http://${host}${path}`);
    const remoteAddress = Buffer.from(res.getRemoteAddressAsText()).toString();
    return { method, url: url.href, headers, remoteAddress };
  } catch {
    return null;
  }
}
