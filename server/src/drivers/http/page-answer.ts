import type { PageFile } from './page-files.js';

/** A file as this browser wants it: compressed if it may be, and not at all if it has it. */
export function pageAnswer(file: PageFile, request: Headers): Response {
  const headers = new Headers({
    'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (isKnown(request.get('if-none-match'), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set('content-type', file.contentType);
  const accepted = acceptedEncodings(request.get('accept-encoding'));
  if (file.brotli && accepted('br')) return encoded(file.brotli, 'br', headers);
  if (file.gzip && accepted('gzip')) return encoded(file.gzip, 'gzip', headers);
  return new Response(file.plain, { headers });
}

function encoded(bytes: Uint8Array<ArrayBuffer>, name: string, headers: Headers): Response {
  headers.set('content-encoding', name);
  return new Response(bytes, { headers });
}

/** RFC 9110, 13.1.2: compared weakly, and `*` is every one. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const bare = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => {
    const known = tag.trim().replace(/^W\//, '');
    return known === '*' || known === bare;
  });
}

/** RFC 9110, 12.5.3: without the header a client gets the plain bytes; `q=0` refuses. */
function acceptedEncodings(header: string | null): (name: string) => boolean {
  const weights = new Map<string, boolean>();
  for (const part of (header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weight = parameters.find((text) => text.startsWith('q='));
    weights.set(name, weight === undefined || Number(weight.slice(2)) > 0);
  }
  return (name) => weights.get(name) ?? weights.get('*') ?? false;
}
