import type { Ack, SystemLogPage } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { metricOf } from '../support/node-figures.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

/** Small ones, so that a test reaches them soon. */
const LIMITS = {
  PINROOM_RATE_SOCKETS_PER_USER: '4',
  PINROOM_RATE_SOCKETS_PER_ADDRESS: '40',
  PINROOM_RATE_ROOMS_PER_USER: '4',
  PINROOM_RATE_ROOMS_PER_SOCKET: '3',
  PINROOM_RATE_SESSIONS_PER_ADDRESS: '60',
  PINROOM_RATE_HANDSHAKES_PER_ADDRESS: '200',
  PINROOM_RATE_REFRESHES_PER_ADDRESS: '300',
} as const;

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs: number;
}

function refusalOf(answer: Ack<unknown>): Refusal | null {
  return answer.ok ? null : (answer.error as Refusal);
}

/** How many of these were let through; the others must be `rate_limited` and say for how long. */
function passed(answers: readonly Ack<unknown>[], longestMs: number): number {
  const refusals = answers.flatMap((answer) => refusalOf(answer) ?? []);
  for (const { code, retryAfterMs } of refusals) {
    expect(code).toBe('rate_limited');
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(longestMs);
  }
  return answers.length - refusals.length;
}

function many<T>(count: number, ask: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
}

describe('Who asks for too much', () => {
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    const backends = await startBackends();
    const env = { ...backends.env, ...LIMITS };
    nodes = await Promise.all([spawnNode({ env }), spawnNode({ env })]);
  });

  it('with a socket: 100 commands at once, then 20 a second, and the answer says when', async () => {
    const { socket } = await openSocket(nodes[0].url, 'Busy');
    const { room } = await socket.must('room:create', {});
    await socket.must('room:join', { roomId: room.id });
    const asked = Date.now();
    const answers = await many(250, () => socket.ask('room:members', { roomId: room.id }));
    const refilled = ((Date.now() - asked) / 1_000) * 20;
    const through = passed(answers, 1_000);
    expect(through).toBeGreaterThanOrEqual(95);
    expect(through).toBeLessThanOrEqual(100 + refilled + 1);
    // What the protocol does not know counts as well.
    const nonsense = await many(30, () => socket.emit('no:such', {}));
    expect(nonsense.map((answer) => refusalOf(answer)?.code)).toContain('rate_limited');
    const ask = () => socket.ask('room:members', { roomId: room.id });
    // Judged in their order: what the budget has gained meanwhile is used up by the first ones.
    const last = (await many(30, ask)).map(refusalOf).at(-1);
    const refusedAt = performance.now();
    expect(last).toMatchObject({ code: 'rate_limited' });
    await until(() => performance.now() - refusedAt >= (last?.retryAfterMs ?? 0));
    expect((await ask()).ok).toBe(true);
    socket.close();
  });

  it('again and again, whatever the answers say, loses the connection; a patient client does not', async () => {
    const person = await newPerson(nodes[0].url, 'Patient');
    const { handle } = await openRoom(person);
    const rude = await openSocket(nodes[0].url, 'Rude');
    const flood = setInterval(() => {
      for (let n = 0; n < 50; n++) rude.socket.tell('room:history', { n });
    }, 20);
    await until(() => !rude.socket.socket.connected);
    clearInterval(flood);
    expect(await metricOf(nodes[0], 'pinroom_abusive_sockets_total')).toBe(1);
    const told = await until(async () => {
      const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;
      const url = `${nodes[1].url}/api/ops/log?type=abuse`;
      return (await call<SystemLogPage>(url, { token })).body.entries.at(-1);
    });
    expect(told.payload).toEqual({ kind: 'socket-closed', network: '127.0.0.1' });
    const back = new RawSocket(nodes[0].url, { token: rude.token });
    await until(() => back.refused !== null);
    expect(back.refused).toMatchObject({ code: 'rate_limited' });
    expect((back.refused as Refusal).retryAfterMs).toBeLessThanOrEqual(60_000);
    const sent = await many(130, (n) => handle.send('word', n));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(130);
  });

  it('of a room: 25 entries at once, then 5 a second, over all sockets and nodes together', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const { pin, roomId } = await openRoom(host);
    const { socket: first, token } = await openSocket(nodes[0].url, 'Talker');
    const second = await new RawSocket(nodes[1].url, { token }).greeted();
    for (const socket of [first, second]) await socket.must('room:join', { pin });
    const asked = Date.now();
    const answers = await many(80, (n) =>
      (n % 2 ? first : second).ask('room:send', { roomId, type: 'word', payload: n }),
    );
    const refilled = ((Date.now() - asked) / 1_000) * 5;
    const through = passed(answers, 250);
    expect(through).toBeGreaterThanOrEqual(25);
    expect(through).toBeLessThanOrEqual(25 + refilled + 1);
    first.close();
    second.close();
  });

  it('with signals: as many as with commands, over all sockets of a node, and of the types allowed', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const settings = { typesByRole: { player: ['wave'] } };
    const { pin, roomId } = await openRoom(host, { settings });
    const { socket: first, token } = await openSocket(nodes[0].url, 'Waver');
    const second = await new RawSocket(nodes[0].url, { token }).greeted();
    for (const socket of [first, second]) await socket.must('room:join', { pin });
    const other = await first.ask('room:signal', { roomId, type: 'shout', payload: 1 });
    expect(refusalOf(other)?.code).toBe('forbidden');
    const asked = Date.now();
    const answers = await many(180, (n) =>
      (n % 2 ? first : second).ask('room:signal', { roomId, type: 'wave', payload: n }),
    );
    const refilled = ((Date.now() - asked) / 1_000) * 20;
    const through = passed(answers, 1_000);
    expect(through).toBeGreaterThanOrEqual(90);
    expect(through).toBeLessThanOrEqual(100 + refilled + 1);
    first.close();
    second.close();
  });

  it('with joins: each counts for four commands, as it is written down and answers much', async () => {
    const { socket } = await openSocket(nodes[0].url, 'Restless');
    const { room } = await socket.must('room:create', {});
    const asked = Date.now();
    const answers = await many(60, () => socket.ask('room:join', { roomId: room.id }));
    const refilled = ((Date.now() - asked) / 1_000) * 5;
    expect(passed(answers, 1_000)).toBeLessThanOrEqual(25 + refilled + 1);
    socket.close();
  });

  it('with other nicknames: ten a minute in one room, from whatever device on whichever node', async () => {
    const host = await openSocket(nodes[0].url, 'Host');
    const rooms = await many(2, async () => (await host.socket.must('room:create', {})).room);
    const person = await openSocket(nodes[0].url, 'Person');
    const device = await new RawSocket(nodes[1].url, { token: person.token }).greeted();
    const sockets = [person.socket, device];
    for (const { id } of rooms) {
      for (const socket of sockets) await socket.must('room:join', { roomId: id });
    }
    const rename = (n: number, roomId = rooms[0]?.id ?? '') =>
      sockets[n % 2]?.ask('room:rename', { roomId, nickname: `Person ${n}` });
    const answers = await many(24, async (n) => (await rename(n)) as Ack<unknown>);
    expect(passed(answers, 60_000)).toBe(10);
    expect(await rename(1, rooms[1]?.id)).toMatchObject({ ok: true });
  });

  it('with one user: as many sockets as allowed, and another once one is closed', async () => {
    const { accessToken: token } = await newSession(nodes[0].url, 'Tabs');
    const open = () => new RawSocket(nodes[0].url, { token });
    const sockets = await many(4, () => open().greeted());
    const fifth = open();
    await until(() => fifth.refused !== null);
    expect(fifth.refused).toMatchObject({ code: 'rate_limited', retryAfterMs: 20_000 });
    sockets[0]?.close();
    await until(async () => {
      const next = open();
      await until(() => next.refused !== null || next.seen('session:ready').length > 0);
      return next.refused === null;
    });
    for (const socket of sockets) socket.close();
  });

  it('with one user who opens many at the same moment: no more than allowed stay', async () => {
    const { accessToken: token } = await newSession(nodes[1].url, 'Burst');
    const sockets = Array.from({ length: 12 }, () => new RawSocket(nodes[1].url, { token }));
    const isIn = ({ socket }: RawSocket) => socket.connected;
    const isOut = (socket: RawSocket) => socket.refused !== null || socket.wasClosed;
    // Each is in or out, and of those that were in for a moment some are out again.
    await until(() => sockets.filter(isOut).length === 8);
    expect(sockets.filter(isIn)).toHaveLength(4);
    for (const socket of sockets) socket.close();
    // None of them counts any more.
    await until(async () => {
      const again = Array.from({ length: 4 }, () => new RawSocket(nodes[1].url, { token }));
      await until(() => again.every((socket) => isIn(socket) || isOut(socket)));
      const all = again.every((socket) => socket.refused === null);
      for (const socket of again) socket.close();
      return all;
    });
  });

  it('rooms: so many an hour by one user, on whichever node; so many of them on one socket', async () => {
    const { socket, token } = await openSocket(nodes[0].url, 'Opener');
    const other = await new RawSocket(nodes[1].url, { token }).greeted();
    const answers = await many(8, (n) => (n % 2 ? socket : other).ask('room:create', {}));
    expect(passed(answers, 3_600_000)).toBe(4);
    const rooms = answers.flatMap((answer) => (answer.ok ? [answer.data.room.id] : []));
    const joins = [];
    for (const roomId of rooms) joins.push(await socket.ask('room:join', { roomId }));
    expect(joins.map((join) => refusalOf(join)?.code ?? 'ok')).toEqual([
      ...['ok', 'ok', 'ok'],
      'rate_limited',
    ]);
    const [first = '', last = ''] = [rooms[0], rooms[3]];
    await socket.must('room:leave', { roomId: first });
    await socket.must('room:join', { roomId: last });
    // What one is in already, by whatever name, is no room more.
    const pins = answers.flatMap((answer) => (answer.ok ? [answer.data.room.pin ?? ''] : []));
    await socket.must('room:join', { pin: pins[3] ?? '' });
    socket.close();
    other.close();
  });

  it('rooms: so many an hour from one address', async () => {
    const own = await startBackends();
    const node = await spawnNode({ env: { ...own.env, PINROOM_RATE_ROOMS_PER_ADDRESS: '6' } });
    const statuses = await many(10, async () => {
      const { accessToken: token } = await newSession(node.url, 'Opener');
      return (await call(`${node.url}/api/rooms`, { method: 'POST', token, body: {} })).status;
    });
    expect(statuses.filter((status) => status === 201)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  it('the same room by the same key is one room, however often it is asked for', async () => {
    const { accessToken: token } = await newSession(nodes[0].url, 'Insistent');
    const open = (key: string) =>
      call<{ room: { id: string } }>(`${nodes[0].url}/api/rooms`, {
        method: 'POST',
        token,
        body: { key },
      });
    const same = [];
    for (let n = 0; n < 12; n++) same.push((await open('quiz')).body.room.id);
    expect(new Set(same).size).toBe(1);
    const others = [await open('a'), await open('b'), await open('c'), await open('d')];
    expect(others.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
  });

  it('over HTTP: the same commands a second for one session, with Retry-After', async () => {
    const { accessToken: token } = await newSession(nodes[0].url, 'Script');
    const answers = await many(160, () => call(`${nodes[0].url}/api/rooms`, { token }));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['rate_limited']));
    expect(refused[0]?.status).toBe(429);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('what is not good: so much from one address, and who has a good token gets in all the same', async () => {
    const { accessToken, refreshToken } = await newSession(nodes[0].url, 'Neighbour');
    const refresh = async (n: number, token: string) => {
      const url = `${nodes[n % 2]?.url}/api/sessions/refresh`;
      return (await call(url, { method: 'POST', body: { refreshToken: token } })).code;
    };
    // More than two windows of them: one may end meanwhile.
    const codes = await many(650, (n) => refresh(n, 'made-up'));
    expect(new Set(codes)).toEqual(new Set(['unauthenticated', 'rate_limited']));
    const forged = new RawSocket(nodes[0].url, { token: 'made-up' });
    await until(() => forged.refused !== null);
    expect(forged.refused).toMatchObject({ code: 'rate_limited' });
    expect((forged.refused as Refusal).retryAfterMs).toBeLessThanOrEqual(60_000);
    const bearer = await call(`${nodes[1].url}/api/rooms`, { token: 'made-up' });
    expect(bearer.code).toBe('rate_limited');
    expect(await refresh(0, refreshToken)).toBe('rate_limited');
    const good = await new RawSocket(nodes[1].url, { token: accessToken }).greeted();
    expect((await call(`${nodes[0].url}/api/rooms`, { token: accessToken })).status).toBe(200);
    good.close();
  });

  it('handshakes: so many from one address, on whichever node', async () => {
    const { accessToken: token } = await newSession(nodes[0].url, 'Restless');
    const open = async (n: number) => {
      const socket = new RawSocket(nodes[n % 2]?.url ?? '', { token });
      await until(() => socket.refused !== null || socket.seen('session:ready').length > 0);
      socket.close();
      return socket.refused as Refusal | null;
    };
    const refusals: (Refusal | null)[] = [];
    while (refusals.length < 450 && !refusals.some(isOfNetwork)) {
      refusals.push(...(await many(30, open)));
    }
    const refused = refusals.find(isOfNetwork);
    expect(refused).toMatchObject({ code: 'rate_limited' });
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('sessions: so many from one address, on whichever node', async () => {
    const codes = await many(70, async (n) => {
      const { code } = await call(`${nodes[n % 2]?.url}/api/sessions`, { method: 'POST' });
      return code ?? 'ok';
    });
    expect(new Set(codes)).toEqual(new Set(['ok', 'rate_limited']));
    expect(codes.filter((code) => code === 'ok').length).toBeLessThan(60);
  });
});

/** Not for too many sockets of one user. */
function isOfNetwork(refusal: Refusal | null): boolean {
  return refusal?.message.includes('handshakes') ?? false;
}
