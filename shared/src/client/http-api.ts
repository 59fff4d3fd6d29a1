import { fromWire, PinroomError } from './errors.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with `/api/`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
  readonly accessToken?: string;
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
    const response = await this.#fetch(request);
    if (response.status === 204) return undefined as T;
    let answer: unknown;
    try {
      answer = await response.json();
    } catch {
      answer = undefined;
    }
    if (response.ok && answer !== undefined) return answer as T;
    const error = (answer as { error?: unknown } | null | undefined)?.error;
    if (error !== undefined) throw fromWire(error);
    // A proxy in between, or a page that is no Pinroom.
    throw new PinroomError('unavailable', `The server answered with status ${response.status}.`);
  }

  async #fetch(request: HttpRequest): Promise<Response> {
    const { fetch, cookie, timeoutMs } = this.#options;
    const headers = new Headers({ accept: 'application/json' });
    const init: RequestInit = {
      method: request.method,
      headers,
      credentials: cookie ? 'include' : 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
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
      const timedOut = fault instanceof Error && fault.name === 'TimeoutError';
      throw new PinroomError(timedOut ? 'timeout' : 'offline');
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
