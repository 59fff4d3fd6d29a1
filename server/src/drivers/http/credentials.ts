import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClientInfo } from '../../engine/auth/client-info.port.js';
import type { SessionApi } from '../../engine/connection/http-api.port.js';
import { AppError } from '../../engine/runtime/app-error.js';
import type { CallerOf, Who } from './route.js';

export interface AdmissionOptions {
  readonly sessions: SessionApi;
  readonly operatorToken: string | null;
  readonly apiKey: string | null;
}

/** Finds out who calls, or rejects with a coded error. */
export class Admission {
  readonly #sessions: SessionApi;
  readonly #operatorToken: Buffer | null;
  readonly #apiKey: Buffer | null;

  constructor(options: AdmissionOptions) {
    this.#sessions = options.sessions;
    this.#operatorToken = options.operatorToken ? digestOf(options.operatorToken) : null;
    this.#apiKey = options.apiKey ? digestOf(options.apiKey) : null;
  }

  async admit<W extends Who>(
    who: W,
    authorization: string | null,
    client: ClientInfo,
  ): Promise<CallerOf[W]> {
    return (await this.#admit(who, authorization, client)) as CallerOf[W];
  }

  async #admit(who: Who, authorization: string | null, client: ClientInfo): Promise<CallerOf[Who]> {
    switch (who) {
      case 'anyone':
        return null;
      case 'operator':
        if (!this.#operatorToken) throw new AppError('not_found');
        if (!isSame(bearerToken(authorization), this.#operatorToken)) {
          throw new AppError('unauthenticated', 'This needs the operator token.');
        }
        return null;
      case 'user-or-application': {
        const token = bearerToken(authorization);
        if (this.#isApiKey(token)) return { kind: 'application' };
        return this.#sessions.authenticateToken(token, client);
      }
      case 'user': {
        const token = bearerToken(authorization);
        if (this.#isApiKey(token)) {
          throw new AppError(
            'forbidden',
            'This needs a user’s access token. The API key acts in rooms that users have opened.',
          );
        }
        return this.#sessions.authenticateToken(token, client);
      }
      default:
        return who satisfies never;
    }
  }

  #isApiKey(token: string): boolean {
    return this.#apiKey !== null && isSame(token, this.#apiKey);
  }
}

function bearerToken(authorization: string | null): string {
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    throw new AppError('unauthenticated', 'This needs the header `Authorization: Bearer <token>`.');
  }
  return token;
}

/** Compares digests, so that neither length nor content shows in the time that it takes. */
function isSame(shown: string, expected: Buffer): boolean {
  return timingSafeEqual(digestOf(shown), expected);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
