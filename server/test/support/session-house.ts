import { createMemoryStores } from '../../src/drivers/memory/memory-stores.js';
import type { AccessClaims, AccessTokens } from '../../src/engine/auth/access-token.port.js';
import type { Caller } from '../../src/engine/auth/caller.port.js';
import type { ClientInfo } from '../../src/engine/auth/client-info.port.js';
import { OwnSessions } from '../../src/engine/auth/own-sessions.js';
import type {
  ArchivedEnd,
  EndedBetween,
  SessionArchive,
} from '../../src/engine/auth/session-archive.port.js';
import { SessionLife } from '../../src/engine/auth/session-life.js';
import type { SessionRecord } from '../../src/engine/auth/session-store.port.js';
import { SessionWriter } from '../../src/engine/auth/session-writer.js';
import { Sessions } from '../../src/engine/auth/sessions.js';
import { TokenSecrets } from '../../src/engine/auth/token-secrets.js';
import { AppError, unavailable } from '../../src/engine/runtime/app-error.js';
import { type Clock, systemClock } from '../../src/engine/runtime/clock.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { OwedWork } from '../../src/engine/runtime/owed-work.js';
import { systemRandom } from '../../src/engine/runtime/random.js';

export const HERE = { address: '192.0.2.7', userAgent: 'Firefox' };

/** An archive in a map; `away`: it does not answer. */
export class MapArchive implements SessionArchive {
  readonly rows = new Map<string, SessionRecord>();
  away = false;

  async saveSessions(sessions: readonly SessionRecord[]): Promise<void> {
    this.#ask();
    for (const session of sessions) {
      const endedAt = this.rows.get(session.id)?.endedAt ?? session.endedAt;
      this.rows.set(session.id, { ...session, endedAt });
    }
  }

  async findSession(sessionId: string): Promise<SessionRecord | null> {
    this.#ask();
    return this.rows.get(sessionId) ?? null;
  }

  async endSessions(sessionIds: readonly string[], endedAt: number): Promise<void> {
    this.#ask();
    for (const id of sessionIds) {
      const row = this.rows.get(id);
      if (row) this.rows.set(id, { ...row, endedAt: row.endedAt ?? endedAt });
    }
  }

  async listSessionIds(userId: string, now: number): Promise<string[]> {
    return (await this.listSessions(userId, now, Number.POSITIVE_INFINITY)).map(({ id }) => id);
  }

  async listSessions(userId: string, now: number, limit: number): Promise<SessionRecord[]> {
    this.#ask();
    return [...this.rows.values()]
      .filter((row) => row.userId === userId && row.endedAt === null && row.expiresAt > now)
      .sort((a, b) => b.lastUsedAt - a.lastUsedAt)
      .slice(0, limit);
  }

  async listEnded({ from, to, after, limit }: EndedBetween): Promise<ArchivedEnd[]> {
    this.#ask();
    return [...this.rows.values()]
      .flatMap(({ id, endedAt }) => (endedAt === null ? [] : [{ id, endedAt }]))
      .filter(({ endedAt }) => endedAt >= from && endedAt <= to)
      .filter((row) => after === null || orderOf(row) > orderOf(after))
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
      .slice(0, limit);
  }

  #ask(): void {
    if (this.away) throw unavailable('The archive');
  }
}

const orderOf = ({ id, endedAt }: ArchivedEnd) => `${String(endedAt).padStart(16, '0')} ${id}`;

/** Access tokens that anybody can read, and write. */
function readableTokens(clock: Pick<Clock, 'now'>): AccessTokens {
  return {
    sign: async (claims) => JSON.stringify(claims),
    async verify(token) {
      const claims = JSON.parse(token) as AccessClaims;
      if (claims.expiresAt <= clock.now()) throw new AppError('unauthenticated');
      return claims;
    },
    keySet: () => ({ keys: [] }),
  };
}

/** Sessions of one node, over stores in memory and a clock that is wound by hand. */
export function openSessionHouse(lives: { refreshTtlMs?: number; sessionMaxMs?: number } = {}) {
  const time = { now: 1_800_000_000_000 };
  const clock: Clock = { ...systemClock, now: () => time.now };
  const stores = createMemoryStores({ clock, channelKeep: 1, backlogEntries: 1 });
  const store = stores.sessions;
  const archive = new MapArchive();
  const writer = new SessionWriter(archive, clock, silentLogger);
  const life = new SessionLife({
    clock,
    refreshTtlMs: 30 * 86_400_000,
    sessionMaxMs: 180 * 86_400_000,
    ...lives,
  });
  const sessions = new Sessions({
    metrics: noMetrics,
    store,
    archive,
    writer,
    life,
    clock,
    tokens: readableTokens(clock),
    secrets: new TokenSecrets(['a secret of these tests']),
    random: systemRandom,
    logger: silentLogger,
    owed: new OwedWork(clock, silentLogger),
    accessTtlMs: 600_000,
  });
  const own = new OwnSessions({ store, archive, sessions, life, clock });
  return { time, clock, store, ended: stores.endedSessions, archive, writer, sessions, own };
}

/** Who shows an access token. */
export async function callerBehind(
  sessions: Sessions,
  token: string,
  client: ClientInfo,
): Promise<Caller> {
  return await sessions.authenticate(await sessions.verify(token), client);
}
