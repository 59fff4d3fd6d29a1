import { fromWire, PinroomError } from './errors.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with `/api/`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
  /** An access token, or an operator's token. */
  readonly accessToken?: string;
  /** Ends the request, which rejects with `stopped`, and an answer that is still read. */
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

  call<T>(request: HttpRequest): Promise<T> {
    return this.#inTime(async (late) => {
      const response = await this.#fetch(request, 'application/json', late);
      if (response.status === 204) return undefined as T;
      const answer = await readJson(response);
      if (response.ok && answer !== undefined) return answer as T;
      throw faultOf(response, answer);
    });
  }

  /** An answer of another type, whose body may take any time: only its head has to be there in time. */
  open(request: HttpRequest, accept: string): Promise<ReadableStream<Uint8Array>> {
    return this.#inTime(async (late) => {
      const response = await this.#fetch(request, accept, late);
      if (response.ok && response.body !== null) return response.body;
      throw faultOf(response, await readJson(response));
    });
  }

  /** By hand, as phones of 2022 have no `AbortSignal.timeout`. */
  async #inTime<T>(ask: (late: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(timedOut()), this.#options.timeoutMs);
    try {
      return await ask(late.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(request: HttpRequest, accept: string, late: AbortSignal): Promise<Response> {
    const { fetch, cookie } = this.#options;
    const { signal } = request;
    const headers = new Headers({ accept });
    const init: RequestInit = {
      method: request.method,
      headers,
      credentials: cookie ? 'include' : 'same-origin',
      signal: signal ? AbortSignal.any([signal, late]) : late,
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
      if (signal?.aborted) throw new PinroomError('stopped', 'The request was given up.');
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
