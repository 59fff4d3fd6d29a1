import { STATUS_CODES } from 'node:http';
import type { UwsResponse } from './uws-native.js';

/** Set by uWebSockets.js itself, or meaningful on one connection only. */
const NOT_COPIED = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

export type RequestBody =
  | { readonly kind: 'read'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' };

/**
 * One request and its answer. Guards the native response, which must not be touched after it was
 * ended or aborted.
 */
export class UwsHttpExchange {
  readonly #res: UwsResponse;
  readonly #gone = new AbortController();
  readonly #stallMs: number;
  readonly #onOver: () => void;
  #over = false;
  #wakeWriter: () => void = () => {};

  /**
   * To be made before the handler returns. `onOver` is called once.
   * @param stallMs how long the client may stop reading the answer.
   */
  constructor(res: UwsResponse, stallMs: number, onOver: () => void) {
    this.#res = res;
    this.#stallMs = stallMs;
    this.#onOver = onOver;
    res.onAborted(() => this.#lost());
  }

  /** Fires when the client is gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** To be called before the handler returns. What comes beyond `maxBytes` is dropped. */
  readBody(maxBytes: number): Promise<RequestBody> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      this.#gone.signal.addEventListener('abort', () => resolve({ kind: 'gone' }), { once: true });
      this.#res.onData((chunk, isLast) => {
        size += chunk.byteLength;
        if (size > maxBytes) {
          chunks.length = 0;
          return resolve({ kind: 'too-large' });
        }
        // A copy: the memory is used again after this handler.
        chunks.push(Buffer.from(chunk.slice(0)));
        if (isLast) resolve({ kind: 'read', bytes: new Uint8Array(Buffer.concat(chunks)) });
      });
    });
  }

  /** Writes an answer, with its body as fast as the client reads. Never rejects. */
  async answer(response: Response, isHead: boolean): Promise<void> {
    const { body, status } = response;
    if (this.#over || !body || isHead || status === 204 || status === 304) {
      discard(body);
      if (!this.#over) this.#answerWithoutBody(response, isHead);
      return;
    }
    const reader = body.getReader();
    // What makes the body ends with the client, not with the next chunk.
    this.signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), {
      once: true,
    });
    try {
      await this.#stream(response, reader);
    } catch {
      // Half an answer: the client must see that it is not whole.
      reader.cancel().catch(() => {});
      this.abort();
    }
  }

  /** Cuts the connection if the exchange is not over. */
  abort(): void {
    if (!this.#over) this.#res.close();
  }

  #answerWithoutBody(response: Response, isHead: boolean): void {
    const { status } = response;
    this.#finish(() => {
      this.#writeHead(response);
      const length = response.headers.get('content-length');
      // Written by hand: the native call with a length leaves the connection unusable (20.30).
      if (isHead && length !== null) this.#res.writeHeader('content-length', length);
      if (isHead || status === 204 || status === 304) this.#res.endWithoutBody();
      else this.#res.end();
    });
  }

  async #stream(
    response: Response,
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<void> {
    const first = await reader.read();
    if (first.done) return this.#finishWith(response, undefined);
    let next = reader.read();
    next.catch(() => {});
    // An answer of one chunk is sent whole, with its length.
    const soon = await Promise.race([next, nextTurn()]);
    if (soon?.done) return this.#finishWith(response, first.value);
    this.#assertOpen();
    this.#res.onWritable(() => {
      this.#wakeWriter();
      return true;
    });
    let flowing = this.#write(first.value, () => this.#writeHead(response));
    for (;;) {
      if (!flowing) await this.#writable();
      const chunk = await next;
      if (chunk.done) return this.#finishWith(null, undefined);
      flowing = this.#write(chunk.value);
      next = reader.read();
      next.catch(() => {});
    }
  }

  #write(chunk: Uint8Array, head?: () => void): boolean {
    this.#assertOpen();
    let flowing = true;
    this.#res.cork(() => {
      head?.();
      // An empty chunk would be the last one.
      if (chunk.byteLength > 0) flowing = this.#res.write(chunk);
    });
    return flowing;
  }

  #finishWith(response: Response | null, body: Uint8Array | undefined): void {
    this.#assertOpen();
    this.#finish(() => {
      if (response) this.#writeHead(response);
      if (body === undefined) this.#res.end();
      else this.#res.end(body);
    });
  }

  #finish(write: () => void): void {
    this.#res.cork(() => {
      write();
      this.#over = true;
    });
    this.#onOver();
  }

  #writeHead(response: Response): void {
    const { status, statusText } = response;
    this.#res.writeStatus(`${status} ${statusText || STATUS_CODES[status] || 'Unknown'}`);
    // Each cookie comes as a header of its own.
    response.headers.forEach((value, name) => {
      if (!NOT_COPIED.has(name)) this.#res.writeHeader(name, value);
    });
  }

  #assertOpen(): void {
    if (this.#over) throw new Error('the client is gone');
  }

  #writable(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the client does not read')), this.#stallMs);
      this.#wakeWriter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #lost(): void {
    if (this.#over) return;
    this.#over = true;
    this.#gone.abort();
    this.#wakeWriter();
    this.#onOver();
  }
}

function discard(body: ReadableStream | null): void {
  body?.cancel().catch(() => {});
}

function nextTurn(): Promise<null> {
  return new Promise((resolve) => setImmediate(resolve, null));
}
