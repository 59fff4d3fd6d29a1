import { REFRESH_COOKIE } from '@pinroom/client/contract';

/** A `Set-Cookie` that hands the refresh token to the browser, out of reach of scripts. */
export function refreshCookie(token: string, maxAgeMs: number, secure: boolean): string {
  const maxAge = Math.max(0, Math.floor(maxAgeMs / 1_000));
  return `${REFRESH_COOKIE}=${token}; Max-Age=${maxAge}; ${attributes(secure)}`;
}

/** A `Set-Cookie` that makes the browser forget it. */
export function clearedRefreshCookie(secure: boolean): string {
  return `${REFRESH_COOKIE}=; Max-Age=0; ${attributes(secure)}`;
}

/** The refresh token among the cookies of a request; null if there is none. */
export function readRefreshCookie(cookies: string | null): string | null {
  for (const pair of (cookies ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === REFRESH_COOKIE) {
      return pair.slice(equals + 1).trim() || null;
    }
  }
  return null;
}

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
