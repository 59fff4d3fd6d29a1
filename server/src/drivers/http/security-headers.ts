/** Pages may use what this server serves and nothing else; no script stands in the page itself. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Sets on every answer what makes a browser careful with it. */
export function setSecurityHeaders(headers: Headers, path: string, strictTransport: boolean): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('content-security-policy', CONTENT_SECURITY_POLICY);
  headers.set('cross-origin-opener-policy', 'same-origin');
  if (strictTransport) headers.set('strict-transport-security', 'max-age=31536000');
  if (path.startsWith('/api/') || !headers.has('cache-control')) {
    headers.set('cache-control', 'no-store');
  }
}
