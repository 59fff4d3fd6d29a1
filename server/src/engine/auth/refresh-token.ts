import type { SessionRecord } from './session-store.port.js';
import type { TokenSecrets } from './token-secrets.js';

/** What a refresh token says before its mac is checked. */
export interface ShownRefreshToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly mac: string;
}

const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,10})\.([A-Za-z0-9_-]{43})$/;

/**
 * Refresh tokens are `<sessionId>.<generation>.<mac>`. The mac is computed, never stored: whoever
 * reads the stores finds no token there, and a repeated refresh gets the same successor again.
 */
export function parseRefreshToken(token: string): ShownRefreshToken | null {
  const match = TOKEN.exec(token);
  if (!match) return null;
  const [, sessionId = '', generation = '', mac = ''] = match;
  return { sessionId, generation: Number(generation), mac };
}

/** The refresh token of a session's current generation. */
export function refreshTokenOf(session: SessionRecord, secrets: TokenSecrets): string {
  const mac = secrets.mac('refresh', macData(session.id, session.salt, session.generation));
  return `${session.id}.${session.generation}.${mac}`;
}

/** Whether we made this token for this session. */
export function isGenuine(
  shown: ShownRefreshToken,
  session: SessionRecord,
  secrets: TokenSecrets,
): boolean {
  return secrets.verify('refresh', macData(session.id, session.salt, shown.generation), shown.mac);
}

function macData(sessionId: string, salt: string, generation: number): string {
  return `${sessionId} ${salt} ${generation}`;
}
