/** Which pages may talk to this server. */
export interface OriginPolicy {
  /** Origin of the public URL; null: the request's own host decides. */
  readonly publicOrigin: string | null;
  readonly listed: ReadonlySet<string>;
  /** `*` was listed: every page may talk to us, but none with a cookie. */
  readonly any: boolean;
}

/** What a request says about where it comes from. */
export interface OriginClues {
  /** The `Origin` header as it came. */
  readonly origin: string | null | undefined;
  /** The `Host` header as it came. */
  readonly host: string | null | undefined;
  /** Whether the client speaks TLS (to us, or to a proxy that we believe). */
  readonly secure: boolean;
}

/**
 * `own` and `listed` may do everything; `any` may do what no cookie authorises; `missing` is not a
 * browser (or a navigation); `denied` is another page.
 */
export type OriginVerdict = 'own' | 'listed' | 'any' | 'missing' | 'denied';

/** Reads the configured addresses; throws a TypeError for one that is none. */
export function originPolicy(
  publicUrl: string | null,
  allowedOrigins: readonly string[],
): OriginPolicy {
  const listed = allowedOrigins
    .filter((origin) => origin !== '*')
    .map((url) => new URL(url).origin);
  return {
    publicOrigin: publicUrl === null ? null : new URL(publicUrl).origin,
    listed: new Set(listed.filter((origin) => origin !== 'null')),
    any: allowedOrigins.includes('*'),
  };
}

/**
 * Compares byte for byte: browsers send origins in one spelling, and what is spelled differently
 * does not come from one. `null` (a sandboxed frame, a file) is nobody's origin.
 */
export function judgeOrigin(policy: OriginPolicy, clues: OriginClues): OriginVerdict {
  const { origin } = clues;
  if (origin === null || origin === undefined || origin === '') return 'missing';
  if (origin !== 'null') {
    if (origin === ownOrigin(policy, clues)) return 'own';
    if (policy.listed.has(origin)) return 'listed';
  }
  return policy.any ? 'any' : 'denied';
}

/** The origin of pages that we serve ourselves; null when the Host header is missing or malformed. */
export function ownOrigin(
  policy: OriginPolicy,
  clues: Pick<OriginClues, 'host' | 'secure'>,
): string | null {
  if (policy.publicOrigin !== null) return policy.publicOrigin;
  const { host, secure } = clues;
  if (!host || !/^[A-Za-z0-9._:[\]-]{1,255}$/.test(host)) return null;
  try {
    return new URL(`${secure ? 'https' : 'http'}://${host}`).origin;
  } catch {
    return null;
  }
}

/** Whether a request from there may be authorised by a cookie alone. */
export function mayUseCookie(verdict: OriginVerdict): boolean {
  return verdict === 'own' || verdict === 'listed';
}

/** Whether a request from there may be answered when it brings its own token. */
export function mayUseToken(verdict: OriginVerdict): boolean {
  return verdict !== 'denied';
}
