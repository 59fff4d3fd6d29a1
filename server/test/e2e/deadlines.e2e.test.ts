import type { CommandName, CommandPayload, WireError } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call, type HttpCall } from '../support/http-calls.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { startOneRedis } from '../support/services.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

/** Entries that Redis keeps, as many as a join brings: what lies before them comes from PostgreSQL. */
const KEEP = 50;
const ENTRIES = 60;
const REDIS_ANSWER_MS = 1_500;
const ARCHIVE_ANSWER_MS = 4_000;
/** For a busy machine: what has no deadline of its own answers much later, or never. */
const SLACK_MS = 1_500;
/** Longer than a connection to Redis may be silent before the node gives it up and dials again. */
const REDIS_AWAY_MS = 4_000;
const RECOVERY_MS = 20_000;

/** A host in a room of its own: nobody waits behind somebody else's question. */
interface Asker {
  readonly socket: RawSocket;
  readonly token: string;
  readonly refreshToken: string;
  readonly roomId: string;
  readonly pin: string;
  readonly ids: readonly string[];
}

type Command = { [N in CommandName]: readonly [name: N, payload: CommandPayload<N>] }[CommandName];

/** What is asked, and the code of the answer while PostgreSQL is silent; `ok` when it needs none. */
interface Question {
  readonly command?: (asker: Asker) => Command;
  readonly http?: (asker: Asker) => readonly [path: string, request: HttpCall];
  readonly withoutArchive: string;
}

const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057';
const away = 'unavailable';
const room = ({ roomId }: Asker) => `/api/rooms/${roomId}`;
const post = (body: unknown): HttpCall => ({ method: 'POST', body });
const entry = { type: 'chat', payload: 'x' };

const QUESTIONS: readonly Question[] = [
  { command: () => ['room:create', {}], withoutArchive: away },
  { command: ({ pin }) => ['room:join', { pin }], withoutArchive: 'ok' },
  {
    command: ({ roomId, ids }) => ['room:join', { roomId, since: { room: ids[0] ?? '' } }],
    withoutArchive: away,
  },
  { command: ({ roomId }) => ['room:send', { roomId, ...entry, key: 'k' }], withoutArchive: 'ok' },
  { command: ({ roomId }) => ['room:signal', { roomId, ...entry }], withoutArchive: 'ok' },
  { command: ({ roomId }) => ['room:history', { roomId, limit: 3 }], withoutArchive: 'ok' },
  {
    command: ({ roomId, ids }) => ['room:history', { roomId, before: ids[3] ?? '' }],
    withoutArchive: away,
  },
  { command: ({ roomId }) => ['room:members', { roomId }], withoutArchive: 'ok' },
  { command: ({ roomId }) => ['room:update', { roomId, title: 'x' }], withoutArchive: away },
  {
    command: ({ roomId }) => ['room:kick', { roomId, userId: NOBODY, ban: true }],
    withoutArchive: away,
  },
  { command: ({ roomId }) => ['room:state', { roomId, patch: { a: 1 } }], withoutArchive: 'ok' },
  { command: ({ roomId }) => ['room:close', { roomId }], withoutArchive: 'ok' },
  { http: () => ['/api/sessions', post({})], withoutArchive: 'ok' },
  {
    http: ({ refreshToken }) => ['/api/sessions/refresh', post({ refreshToken })],
    withoutArchive: 'ok',
  },
  { http: () => ['/api/sessions', {}], withoutArchive: away },
  { http: () => [`/api/sessions/${NOBODY}`, { method: 'DELETE' }], withoutArchive: away },
  { http: () => ['/api/sessions', { method: 'DELETE' }], withoutArchive: away },
  { http: () => ['/api/sessions/current', { method: 'DELETE' }], withoutArchive: away },
  { http: () => ['/api/users/me', { method: 'DELETE' }], withoutArchive: away },
  { http: () => ['/api/rooms', post({})], withoutArchive: away },
  { http: () => ['/api/rooms', {}], withoutArchive: away },
  { http: ({ pin }) => [`/api/rooms/by-pin/${pin}`, {}], withoutArchive: 'ok' },
  { http: (asker) => [room(asker), {}], withoutArchive: 'ok' },
  { http: (asker) => [`${room(asker)}/entries`, post(entry)], withoutArchive: 'ok' },
  { http: (asker) => [`${room(asker)}/entries?limit=3`, {}], withoutArchive: 'ok' },
  { http: (asker) => [`${room(asker)}/entries?before=${asker.ids[3]}`, {}], withoutArchive: away },
  {
    http: (asker) => [room(asker), { method: 'PATCH', body: { title: 'x' } }],
    withoutArchive: away,
  },
  { http: (asker) => [`${room(asker)}/state`, {}], withoutArchive: 'ok' },
  {
    http: (asker) => [`${room(asker)}/state`, { method: 'PATCH', body: { patch: { a: 1 } } }],
    withoutArchive: 'ok',
  },
  { http: (asker) => [`${room(asker)}/close`, post({})], withoutArchive: 'ok' },
  // Only a closed room can be deleted, and that one is open.
  { http: (asker) => [room(asker), { method: 'DELETE' }], withoutArchive: 'conflict' },
  // Neither: the handshake.
  { withoutArchive: 'ok' },
];

interface Answer {
  readonly code: string;
  /** A code that asks to come again says when. */
  readonly saysWhen: boolean;
  readonly ms: number;
}

describe('a node whose backends hold the line and say nothing', () => {
  let backends: Backends;
  let redis: TcpProxy;
  let postgres: TcpProxy;
  let node: SpawnedNode;
  let hasEnded = false;

  beforeAll(async () => {
    backends = await startBackends({}, startOneRedis);
    const urls = [new URL(backends.env.REDIS_URL), new URL(backends.env.DATABASE_URL)] as const;
    [redis, postgres] = await Promise.all([proxied(urls[0]), proxied(urls[1])]);
    const [REDIS_URL, DATABASE_URL] = [urls[0].href, urls[1].href];
    const keep = { PINROOM_CHANNEL_KEEP: `${KEEP}` };
    node = await spawnNode({ env: { ...UNLIMITED, ...keep, REDIS_URL, DATABASE_URL } });
    void node.exited.then(() => {
      hasEnded = true;
    });
  });

  /** A proxy before the server of a URL, which is changed to lead there. */
  async function proxied(url: URL): Promise<TcpProxy> {
    const proxy = await openProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = `${proxy.port}`;
    return proxy;
  }

  /** One for each question; what they wrote is archived, so that Redis keeps only its end. */
  async function newAskers(): Promise<Asker[]> {
    const askers = await Promise.all(QUESTIONS.map(newAsker));
    const roomIds = askers.map(({ roomId }) => roomId);
    await archived(roomIds, askers.length * ENTRIES);
    return askers;
  }

  async function newAsker(): Promise<Asker> {
    const { socket, token, refreshToken } = await openSocket(node.url, 'Host');
    const { room: opened } = await socket.must('room:create', {});
    const roomId = opened.id;
    await socket.must('room:join', { roomId });
    const ids: string[] = [];
    for (let n = 0; n < ENTRIES; n++) {
      ids.push((await socket.must('room:send', { roomId, ...entry })).id);
    }
    return { socket, token, refreshToken, roomId, pin: opened.pin ?? '', ids };
  }

  async function archived(roomIds: readonly string[], count: number): Promise<void> {
    const statement = `select count(*)::int as n from entries
      where channel = 'room' and room_id = any($1)`;
    await until(async () => {
      const [row] = await backends.query<{ n: number }>(statement, [roomIds]);
      return row?.n === count;
    }, RECOVERY_MS);
  }

  async function ask({ command, http }: Question, asker: Asker): Promise<Answer> {
    const start = performance.now();
    const error = command
      ? await commandError(asker, command(asker))
      : http
        ? await httpError(asker, http(asker))
        : await handshakeError(asker);
    return {
      code: error?.code ?? 'ok',
      saysWhen: error?.retryAfterMs !== undefined,
      ms: performance.now() - start,
    };
  }

  async function commandError({ socket }: Asker, [name, payload]: Command) {
    const answer = await socket.ask(name, payload);
    return answer.ok ? undefined : answer.error;
  }

  async function httpError({ token }: Asker, [path, request]: readonly [string, HttpCall]) {
    type Body = { error?: WireError } | null;
    const { body } = await call<Body>(`${node.url}${path}`, { token, ...request });
    return body?.error;
  }

  async function handshakeError({ token }: Asker) {
    const socket = new RawSocket(node.url, { token });
    await until(() => socket.refused !== null || socket.seen('session:ready').length > 0, 10_000);
    return (socket.refused ?? undefined) as WireError | undefined;
  }

  /** Asks everything at once; answers what was not answered as it should be. */
  async function askEverything(
    askers: readonly Asker[],
    expected: (question: Question) => string,
    deadlineMs: number,
  ): Promise<unknown[]> {
    const answers = await Promise.all(
      askers.map((asker, n) => ask(QUESTIONS[n] ?? { withoutArchive: '' }, asker)),
    );
    return answers.flatMap(({ code, saysWhen, ms }, n) => {
      const [question, asker] = [QUESTIONS[n], askers[n]];
      if (!question || !asker) return [];
      const wanted = expected(question);
      const isRight = code === wanted && saysWhen === (wanted === away);
      if (isRight && ms < deadlineMs + SLACK_MS) return [];
      const what = question.command?.(asker) ?? question.http?.(asker) ?? 'handshake';
      return [{ what, wanted, code, saysWhen, ms }];
    });
  }

  async function healthOf(path: string): Promise<{ status: number; state: string }> {
    const { status, body } = await call<{ status: string }>(`${node.url}${path}`);
    return { status, state: body.status };
  }

  it('answers everything within 1.5 s while Redis is silent, and works again by itself', async () => {
    const askers = await newAskers();
    redis.set('hold');
    const heldAt = performance.now();
    while (performance.now() - heldAt < REDIS_AWAY_MS) {
      expect(await askEverything(askers, () => away, REDIS_ANSWER_MS)).toEqual([]);
    }
    await until(async () => (await healthOf('/healthz')).state === 'degraded');
    expect((await healthOf('/readyz')).status).toBe(200);
    // A place is given back when Redis can be asked again: who leaves need not wait for it.
    const [leaving] = askers;
    if (!leaving) throw new Error('nobody asks');
    const goodbye = await ask(
      { command: ({ roomId }) => ['room:leave', { roomId }], withoutArchive: 'ok' },
      leaving,
    );
    expect(goodbye.code).toBe('ok');
    expect(goodbye.ms).toBeLessThan(REDIS_ANSWER_MS + SLACK_MS);

    redis.set('pass');
    await until(() => newAsker(), RECOVERY_MS);
    await until(async () => (await healthOf('/healthz')).state === 'ok', RECOVERY_MS);
    expect(hasEnded).toBe(false);
  }, 60_000);

  it('lets nobody in unheard while its subscription alone is silent, says so in time, and mends it by itself', async () => {
    const { socket } = await openSocket(node.url, 'Host');
    redis.silenceOpen('subscribers');
    const { room: opened } = await socket.must('room:create', {});
    const roomId = opened.id;
    const start = performance.now();
    expect(codeOf(await socket.ask('room:join', { roomId }))).toBe(away);
    expect(performance.now() - start).toBeLessThan(REDIS_ANSWER_MS + SLACK_MS);
    await until(async () => (await socket.ask('room:join', { roomId })).ok, RECOVERY_MS);
    const { id } = await socket.must('room:send', { roomId, ...entry });
    await until(() => socket.seen<{ id: string }>('room:entry').some((heard) => heard.id === id));
    expect(hasEnded).toBe(false);
  }, 40_000);

  it('answers everything within 4 s while PostgreSQL is silent, goes on with all that is live, and keeps it', async () => {
    const askers = await newAskers();
    postgres.set('hold');
    const faults = await askEverything(
      askers,
      ({ withoutArchive }) => withoutArchive,
      ARCHIVE_ANSWER_MS,
    );
    expect(faults).toEqual([]);
    await until(async () => (await healthOf('/healthz')).state === 'degraded');
    expect((await healthOf('/readyz')).status).toBe(200);

    postgres.set('pass');
    // One by `room:send`, one by HTTP.
    const sent = askers.length * ENTRIES + 2;
    await archived(
      askers.map(({ roomId }) => roomId),
      sent,
    );
    await until(() => newAsker(), RECOVERY_MS);
    await until(async () => (await healthOf('/healthz')).state === 'ok', RECOVERY_MS);
    expect(hasEnded).toBe(false);
  }, 60_000);
});
