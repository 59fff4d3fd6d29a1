import type { ClientInfo } from '../../engine/auth/client-info.port.js';
import type {
  RotateOutcome,
  RotateRequest,
  SessionRecord,
  SessionStore,
  SessionUse,
} from '../../engine/auth/session-store.port.js';
import { ExpiringMap } from './expiring-map.js';
import type { MemoryEndedSessions } from './memory-ended-sessions.js';
import type { MemoryState } from './memory-state.js';

/** For how long the end of a session that is not here keeps it from being restored, ms. */
const END_KEPT_MS = 24 * 60 * 60 * 1_000;

/** Sessions in the memory of this process. */
export class MemorySessionStore implements SessionStore {
  readonly #state: MemoryState;
  readonly #sessions = new ExpiringMap<SessionRecord>();
  /** Ids by user, so that ending all of a user's sessions finds them; runs out with the longest. */
  readonly #idsByUser = new ExpiringMap<Set<string>>();
  readonly #ended: MemoryEndedSessions;

  constructor(state: MemoryState, ended: MemoryEndedSessions) {
    this.#state = state;
    this.#ended = ended;
  }

  async create(session: SessionRecord): Promise<void> {
    this.#keep(session);
  }

  async find(sessionId: string): Promise<SessionRecord | null> {
    return this.#sessions.get(sessionId, this.#state.clock.now()) ?? null;
  }

  async rotate(request: RotateRequest): Promise<RotateOutcome> {
    const now = this.#state.clock.now();
    const session = this.#sessions.get(request.sessionId, now);
    if (!session) return { kind: 'absent' };
    if (session.endedAt !== null) return { kind: 'ended' };
    if (request.generation >= session.generation) {
      const generation = request.generation + 1;
      const { expiresAt } = request;
      const rotated = { ...session, generation, expiresAt, rotatedAt: now, seenAt: null };
      return { kind: 'rotated', session: this.#use(rotated, request.client, now) };
    }
    const isPrevious = request.generation === session.generation - 1;
    const inGrace = session.seenAt === null || now <= session.seenAt + request.graceMs;
    if (isPrevious && inGrace) {
      return { kind: 'rotated', session: this.#use(session, request.client, now) };
    }
    const ended = { ...session, endedAt: now };
    this.#keep(ended);
    return { kind: 'reused', session: ended };
  }

  async noteUse({ sessionId, generation, client, everyMs }: SessionUse): Promise<void> {
    const now = this.#state.clock.now();
    const session = this.#sessions.get(sessionId, now);
    if (!session || session.endedAt !== null) return;
    const isFirst = session.generation === generation && session.seenAt === null;
    const seen = isFirst ? { ...session, seenAt: now } : session;
    if (now - session.lastUsedAt >= everyMs) this.#use(seen, client, now);
    else if (isFirst) this.#keep(seen);
  }

  async end(sessionId: string, userId: string): Promise<void> {
    const now = this.#state.clock.now();
    const session = this.#sessions.get(sessionId, now) ?? unknownSession(sessionId, userId, now);
    const endedAt = session.endedAt ?? now;
    this.#keep({ ...session, nickname: '', address: '', userAgent: '', endedAt });
    this.#ended.add(sessionId);
  }

  async listIds(userId: string): Promise<string[]> {
    const now = this.#state.clock.now();
    const ids = [...(this.#idsByUser.get(userId, now) ?? [])];
    return ids.filter((id) => this.#sessions.get(id, now) !== undefined);
  }

  async restore(session: SessionRecord): Promise<void> {
    if (!this.#sessions.get(session.id, this.#state.clock.now())) this.#keep(session);
  }

  /** Writes down when and from where it was used. */
  #use(session: SessionRecord, { address, userAgent }: ClientInfo, now: number): SessionRecord {
    const used = { ...session, lastUsedAt: now, address, userAgent };
    this.#keep(used);
    return used;
  }

  #keep(session: SessionRecord): void {
    const now = this.#state.clock.now();
    this.#sessions.set(session.id, session, session.expiresAt, now);
    const known = [...(this.#idsByUser.get(session.userId, now) ?? [])].filter(
      (id) => this.#sessions.get(id, now) !== undefined,
    );
    const ids = new Set(known).add(session.id);
    const untils = [...ids].map((id) => this.#sessions.get(id, now)?.expiresAt ?? now);
    this.#idsByUser.set(session.userId, ids, Math.max(...untils), now);
  }
}

/** What stands for a session that ended while it was not here. */
function unknownSession(id: string, userId: string, now: number): SessionRecord {
  return {
    id,
    userId,
    nickname: '',
    salt: '',
    generation: 0,
    createdAt: now,
    rotatedAt: now,
    seenAt: null,
    expiresAt: now + END_KEPT_MS,
    endedAt: null,
    lastUsedAt: now,
    address: '',
    userAgent: '',
  };
}
