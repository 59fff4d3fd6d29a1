import type { SessionAnswer } from '../http.js';
import type { ClientClock } from './client-clock.js';
import { PinroomError, toPinroomError } from './errors.js';
import type { HttpApi, HttpRequest } from './http-api.js';
import type { TokenKeeper } from './token-keeper.js';

export interface User {
  readonly id: string;
  readonly nickname: string;
}

export interface SessionOptions {
  readonly http: HttpApi;
  readonly keeper: TokenKeeper;
  readonly clock: ClientClock;
  readonly nickname: string | undefined;
  readonly cookie: boolean;
  /** A token with less life left than this is replaced before it is used. */
  readonly refreshMarginMs: number;
  /** A session was created (`isNew`) or taken up again. */
  readonly onUser: (user: User, isNew: boolean) => void;
}

/**
 * [CLIENT-15] Who the user is. Creates the session, takes up again what an earlier page left, keeps
 * the tokens fresh. A server out of reach never costs the session. One request at a time: all who
 * need a token meanwhile wait for the same one.
 */
export class Session {
  readonly #options: SessionOptions;
  #user: User | null = null;
  #token: string | null = null;
  /** On the monotonic clock. */
  #goodUntil = 0;
  #flight: Promise<string> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get user(): User | null {
    return this.#user;
  }

  /**
   * An access token with some life left. `fresh`: the last one was refused. Rejects with
   * `session_ended` when the session is over.
   */
  accessToken({ fresh = false } = {}): Promise<string> {
    if (this.#flight !== null) return this.#flight;
    const { clock, refreshMarginMs } = this.#options;
    if (!fresh && this.#token && clock.monotonic() + refreshMarginMs < this.#goodUntil) {
      return Promise.resolve(this.#token);
    }
    this.#flight = this.#acquire().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  /** An HTTP call in the user's name. */
  call<T>(request: HttpRequest): Promise<T> {
    return this.#withToken((accessToken) => this.#options.http.call({ ...request, accessToken }));
  }

  /** The same, for an answer that is read as it comes. */
  open(request: HttpRequest, accept: string): Promise<ReadableStream<Uint8Array>> {
    const { http } = this.#options;
    return this.#withToken((accessToken) => http.open({ ...request, accessToken }, accept));
  }

  async #withToken<T>(ask: (accessToken: string) => Promise<T>): Promise<T> {
    const accessToken = await this.accessToken();
    try {
      return await ask(accessToken);
    } catch (fault) {
      if (toPinroomError(fault).code !== 'unauthenticated') throw fault;
      return ask(await this.accessToken({ fresh: true }));
    }
  }

  /** Forgets everything: the next token belongs to a new session. */
  forget(): void {
    this.#user = null;
    this.#token = null;
    this.#options.keeper.clear();
  }

  async #acquire(): Promise<string> {
    const { cookie, keeper } = this.#options;
    if (!cookie && keeper.read() === null) return this.#create();
    try {
      return await this.#refresh();
    } catch (fault) {
      const { code } = toPinroomError(fault);
      if (code !== 'session_ended' && code !== 'unauthenticated') throw fault;
      // Left over from another day: nobody was told yet that this session goes on.
      if (this.#user === null) return this.#create();
      throw new PinroomError('session_ended');
    }
  }

  async #refresh(): Promise<string> {
    const { cookie, keeper } = this.#options;
    if (cookie) return this.#adopt(await this.#post('/api/sessions/refresh', {}), false);
    const shown = keeper.read();
    try {
      return this.#adopt(await this.#post('/api/sessions/refresh', { refreshToken: shown }), false);
    } catch (fault) {
      const newer = keeper.read();
      if (newer === null || newer === shown) throw fault;
      return this.#adopt(await this.#post('/api/sessions/refresh', { refreshToken: newer }), false);
    }
  }

  async #create(): Promise<string> {
    const { nickname, cookie } = this.#options;
    const body = { ...(nickname === undefined ? {} : { nickname }), ...(cookie ? { cookie } : {}) };
    return this.#adopt(await this.#post('/api/sessions', body), true);
  }

  #post(path: string, body: unknown): Promise<SessionAnswer> {
    return this.#options.http.call<SessionAnswer>({ method: 'POST', path, body });
  }

  #adopt(answer: SessionAnswer, isNew: boolean): string {
    if (!isSession(answer)) {
      throw new PinroomError('unavailable', 'Something else than a Pinroom has answered.');
    }
    const { clock, keeper, onUser } = this.#options;
    const known = this.#user;
    this.#user = answer.user;
    this.#token = answer.accessToken;
    const life = lifeOf(answer.accessToken) ?? answer.accessTokenExpiresAt - clock.wall();
    this.#goodUntil = clock.monotonic() + life;
    if (answer.refreshToken !== undefined) keeper.write(answer.refreshToken);
    if (known?.id !== answer.user.id) onUser(answer.user, isNew);
    return answer.accessToken;
  }
}

/** A network that wants a login first answers everything itself, and none of it may end a session. */
function isSession(answer: Partial<SessionAnswer> | null): boolean {
  const { user, accessToken } = answer ?? {};
  return typeof user?.id === 'string' && typeof accessToken === 'string';
}

/** How long a fresh token lives, from its own dates: the device's clock may be hours off. */
function lifeOf(token: string): number | null {
  try {
    const claims = token.split('.')[1] ?? '';
    const text = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
    const { iat, exp } = JSON.parse(text) as { iat?: unknown; exp?: unknown };
    return typeof iat === 'number' && typeof exp === 'number' ? (exp - iat) * 1_000 : null;
  } catch {
    return null;
  }
}
