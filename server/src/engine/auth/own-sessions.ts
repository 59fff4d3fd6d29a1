import type { SessionList } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Caller } from './caller.port.js';
import type { SessionArchive } from './session-archive.port.js';
import type { SessionLife } from './session-life.js';
import type { SessionRecord, SessionStore } from './session-store.port.js';
import type { Sessions } from './sessions.js';

/** Sessions of a user that are shown, at most. */
const MAX_LISTED = 100;
/** Ids that are looked at for it. */
const MAX_LOOKED_AT = 500;

export interface OwnSessionsParts {
  readonly store: SessionStore;
  readonly archive: SessionArchive;
  readonly sessions: Sessions;
  readonly life: SessionLife;
  readonly clock: Clock;
}

/** What users see and do of their own sessions, on whatever device they are. */
export class OwnSessions {
  readonly #parts: OwnSessionsParts;

  constructor(parts: OwnSessionsParts) {
    this.#parts = parts;
  }

  /** Those that go on, the last used first. The archive tells of those that the store has lost. */
  async list({ sessionId, userId }: Caller): Promise<SessionList> {
    const { archive, clock, life, store } = this.#parts;
    const [ids, archived] = await Promise.all([
      store.listIds(userId),
      archive.listSessions(userId, clock.now(), MAX_LISTED),
    ]);
    const all = new Map(archived.map((session) => [session.id, session]));
    // What the store has is newer: its word also counts where it says that a session has ended.
    const hot = await Promise.all(ids.slice(-MAX_LOOKED_AT).map((id) => store.find(id)));
    for (const session of hot) if (session) all.set(session.id, session);
    const live = [...all.values()].filter((session) => life.isLive(session));
    live.sort((a, b) => b.lastUsedAt - a.lastUsedAt);
    return {
      sessions: live.slice(0, MAX_LISTED).map((session) => shown(session, sessionId)),
    };
  }

  /** Ends one of the caller's own; `not_found` for every other. */
  async end({ userId }: Caller, sessionId: string): Promise<void> {
    const { archive, life, sessions, store } = this.#parts;
    const session = (await store.find(sessionId)) ?? (await archive.findSession(sessionId));
    if (session?.userId !== userId || !life.isLive(session)) throw new AppError('not_found');
    await sessions.end(sessionId, userId);
  }
}

function shown(session: SessionRecord, currentId: string): SessionList['sessions'][number] {
  const { id, createdAt, lastUsedAt, address, userAgent } = session;
  return { id, createdAt, lastUsedAt, address, userAgent, current: id === currentId };
}
