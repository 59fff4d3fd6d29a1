/** Pages may use what this server serves and nothing else; no script stands in the page itself. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "script-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Without TLS browsers ignore the one and complain of the other. */
const SECURE = {
  'strict-transport-security': 'max-age=31536000',
  'cross-origin-opener-policy': 'same-origin',
};

/** What makes a browser careful with an answer; `secure`: it came, and is to come, over TLS alone. */
export function securityHeaders(secure: boolean): { readonly [name: string]: string } {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    ...(secure ? SECURE : {}),
  };
}

/** Sets them on an answer, and what caches may do with it. */
export function setSecurityHeaders(headers: Headers, path: string, secure: boolean): void {
  for (const [name, value] of Object.entries(securityHeaders(secure))) headers.set(name, value);
  if (path.startsWith('/api/') || !headers.has('cache-control')) {
    headers.set('cache-control', 'no-store');
  }
}
