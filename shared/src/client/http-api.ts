import { fromWire, PinroomError } from './errors.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with `/api/`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
  /** An access token, or an operator's token. */
  readonly accessToken?: string;
}

/** How an answer is read as it comes. */
export interface OpenOptions {
  /** The content type that is asked for. */
  readonly accept: string;
  /** Ends the request, and the answer with it; a request that it ends rejects with `stopped`. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpApiOptions {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Whether the refresh token travels as a cookie. */
  readonly cookie: boolean;
  readonly timeoutMs: number;
}

/** The server's HTTP side: JSON in, JSON out, every failure a PinroomError. */
export class HttpApi {
  readonly #options: HttpApiOptions;

  constructor(options: HttpApiOptions) {
    this.#options = options;
  }

  async call<T>(request: HttpRequest): Promise<T> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    const response = await this.#fetch(request, 'application/json', signal);
    if (response.status === 204) return undefined as T;
    const answer = await readJson(response);
    if (response.ok && answer !== undefined) return answer as T;
    throw faultOf(response, answer);
  }

  /** An answer whose body may take as long as it likes: only its head has to be there in time. */
  async open(request: HttpRequest, options: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    const { accept, signal } = options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(timedOut()), this.#options.timeoutMs);
    try {
      const ends = signal ? AbortSignal.any([late.signal, signal]) : late.signal;
      const response = await this.#fetch(request, accept, ends);
      if (!response.ok) throw faultOf(response, await readJson(response));
      if (response.body === null) throw faultOf(response, undefined);
      return response.body;
    } catch (fault) {
      throw signal?.aborted ? new PinroomError('stopped') : fault;
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(request: HttpRequest, accept: string, signal: AbortSignal): Promise<Response> {
    const { fetch, cookie } = this.#options;
    const headers = new Headers({ accept });
    const init: RequestInit = {
      method: request.method,
      headers,
      credentials: cookie ? 'include' : 'same-origin',
      signal,
    };
    if (request.accessToken !== undefined) {
      headers.set('authorization', `Bearer ${request.accessToken}`);
    }
    if (request.body !== undefined) {
      headers.set('content-type', 'application/json');
      init.body = JSON.stringify(request.body);
    }
    try {
      return await fetch(this.#address(request), init);
    } catch (fault) {
      const isLate = fault instanceof Error && fault.name === 'TimeoutError';
      throw new PinroomError(isLate ? 'timeout' : 'offline');
    }
  }

  #address({ path, query = {} }: HttpRequest): string {
    const address = new URL(path, this.#options.url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    return address.href;
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function faultOf(response: Response, answer: unknown): PinroomError {
  const error = (answer as { error?: unknown } | null | undefined)?.error;
  if (error !== undefined) return fromWire(error);
  // A proxy in between, or a page that is no Pinroom.
  return new PinroomError('unavailable', `The server answered with status ${response.status}.`);
}

function timedOut(): DOMException {
  return new DOMException('No answer came in time.', 'TimeoutError');
}
