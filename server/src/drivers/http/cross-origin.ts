import type { OriginVerdict } from './origin-policy.js';

/** Seconds for which a browser remembers what a preflight told it. */
const PREFLIGHT_SECONDS = '600';

/** Tells a browser whether a page of another origin may read the answer. */
export function setCorsHeaders(headers: Headers, verdict: OriginVerdict, origin: string | null) {
  headers.append('vary', 'Origin');
  if (verdict === 'listed' && origin !== null) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-allow-credentials', 'true');
  } else if (verdict === 'any') {
    // Without credentials: `*` must never open what a cookie authorises.
    headers.set('access-control-allow-origin', '*');
  } else {
    return;
  }
  headers.set('access-control-expose-headers', 'Retry-After, X-Request-Id');
}

/** The answer to OPTIONS; the headers of `setCorsHeaders` come on top. */
export function preflightAnswer(methods: readonly string[], verdict: OriginVerdict): Response {
  const allow = methods.join(', ');
  const headers = new Headers({ allow });
  if (verdict === 'listed' || verdict === 'any') {
    headers.set('access-control-allow-methods', allow);
    headers.set('access-control-allow-headers', 'Authorization, Content-Type');
    headers.set('access-control-max-age', PREFLIGHT_SECONDS);
  }
  return new Response(null, { status: 204, headers });
}
