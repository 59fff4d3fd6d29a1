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

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
