import type {
  RotateOutcome,
  RotateRequest,
  SessionRecord,
  SessionStore,
  SessionUse,
} from '../../engine/auth/session-store.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';
import { livingMembers } from './sorted-set-scripts.js';

/** Ended sessions that are listed, at the least; far more than end while a node is not looking. */
const ENDED_LISTED = 10_000;
/** For how long the end of a session that is not here keeps it from being restored, ms. */
const END_KEPT_MS = 24 * 60 * 60 * 1_000;

const FIELDS = [
  'id',
  'userId',
  'nickname',
  'salt',
  'generation',
  'createdAt',
  'rotatedAt',
  'seenAt',
  'expiresAt',
  'endedAt',
  'lastUsedAt',
  'address',
  'userAgent',
] as const satisfies readonly (keyof SessionRecord)[];

const put = defineScript({
  name: 'session-put',
  keys: ({ session }: { session: SessionRecord; onlyAbsent: boolean }) => [
    keys.sessionKey(session.id),
    keys.sessionsKey(session.userId),
  ],
  args: ({ session, onlyAbsent }) => [
    onlyAbsent ? 1 : 0,
    session.id,
    session.expiresAt,
    ...FIELDS.flatMap((field) => [field, session[field] ?? '']),
  ],
  reply: (raw) => raw === 1,
});

const rotate = defineScript({
  name: 'session-rotate',
  keys: ({ sessionId }: RotateRequest) => [keys.sessionKey(sessionId)],
  args: ({ sessionId, generation, expiresAt, graceMs, client }) => [
    sessionId,
    generation,
    expiresAt,
    graceMs,
    keys.sessionsPrefix(tagOf(sessionId)),
    client.address,
    client.userAgent,
    ...FIELDS,
  ],
  reply: (raw) => raw as [status: RotateOutcome['kind'], fields: unknown],
});

const use = defineScript({
  name: 'session-use',
  keys: ({ sessionId }: SessionUse) => [keys.sessionKey(sessionId)],
  args: ({ generation, everyMs, client }) => [
    generation,
    everyMs,
    client.address,
    client.userAgent,
  ],
  reply: (raw) => raw === 1,
});

const end = defineScript({
  name: 'session-end',
  keys: ({ sessionId, userId }: { sessionId: string; userId: string }) => [
    keys.sessionKey(sessionId),
    keys.sessionsKey(userId),
  ],
  args: ({ sessionId, userId }) => [sessionId, userId, END_KEPT_MS],
  reply: (raw) => raw === 1,
});

/** A script of its own: the list lies in another slot, and a full memory must not keep it short. */
const tellEnded = defineScript({
  name: 'session-tell',
  keys: (_sessionId: string) => [keys.endedSessionsKey],
  args: (sessionId) => [sessionId, ENDED_LISTED, END_KEPT_MS, keys.endedSessionsChannel],
  reply: (raw) => raw === 1,
});

/** Sessions in Redis: one hash each with the life of the session, and the ids by user. */
export class RedisSessionStore implements SessionStore, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;

  constructor(redis: RedisAccess) {
    this.#redis = redis;
  }

  async create(session: SessionRecord): Promise<void> {
    await this.#redis.scripts.run(put, { session, onlyAbsent: false });
  }

  @retry()
  async find(sessionId: string): Promise<SessionRecord | null> {
    const key = keys.sessionKey(sessionId);
    return parseSession(await this.#redis.calls.call('HMGET', key, ...FIELDS));
  }

  async rotate(request: RotateRequest): Promise<RotateOutcome> {
    const [kind, fields] = await this.#redis.scripts.run(rotate, request);
    if (kind === 'absent' || kind === 'ended') return { kind };
    const session = parseSession(fields);
    invariant(session, 'a session that was rotated is there');
    return { kind, session };
  }

  async noteUse(noted: SessionUse): Promise<void> {
    await this.#redis.scripts.run(use, noted);
  }

  async end(sessionId: string, userId: string): Promise<void> {
    const { scripts } = this.#redis;
    await Promise.all([scripts.run(end, { sessionId, userId }), scripts.run(tellEnded, sessionId)]);
  }

  @retry()
  async listIds(userId: string): Promise<string[]> {
    return await this.#redis.scripts.run(livingMembers, keys.sessionsKey(userId));
  }

  async restore(session: SessionRecord): Promise<void> {
    await this.#redis.scripts.run(put, { session, onlyAbsent: true });
  }
}

function parseSession(reply: unknown): SessionRecord | null {
  const values = reply as (string | null)[];
  const field = (name: (typeof FIELDS)[number]) => values[FIELDS.indexOf(name)] ?? '';
  const time = (name: 'seenAt' | 'endedAt') => (field(name) === '' ? null : Number(field(name)));
  if (field('id') === '') return null;
  return {
    id: field('id'),
    userId: field('userId'),
    nickname: field('nickname'),
    salt: field('salt'),
    generation: Number(field('generation')),
    createdAt: Number(field('createdAt')),
    rotatedAt: Number(field('rotatedAt')),
    seenAt: time('seenAt'),
    expiresAt: Number(field('expiresAt')),
    endedAt: time('endedAt'),
    // Written by a node of the version before, it has no such field.
    lastUsedAt: Number(field('lastUsedAt') || field('rotatedAt')),
    address: field('address'),
    userAgent: field('userAgent'),
  };
}
