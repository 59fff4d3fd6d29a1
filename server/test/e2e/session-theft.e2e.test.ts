import { PinroomClient } from '@pinroom/client';
import type { SessionAnswer } from '@pinroom/client/contract';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it } from 'vitest';
import { sessionKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, newSession } from '../support/http-calls.js';
import { RawSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

type Granted = SessionAnswer & { refreshToken: string };

const CLOSED_WITHIN_MS = 1_000;
const HOUR_MS = 3_600_000;

let redis: Redis;
/** Two nodes of one installation, one on each transport. */
let a: string;
let b: string;
let portOfA: number;

beforeAll(async () => {
  const backends = await startBackends();
  redis = connectToRedis(backends.redis.url);
  afterFile(() => redis.disconnect());
  const env = { ...UNLIMITED, ...backends.env };
  const [first, second] = await Promise.all([
    spawnNode({ env, transport: 'uws' }),
    spawnNode({ env, transport: 'ws' }),
  ]);
  [a, b, portOfA] = [first.url, second.url, first.port];
});

function refresh(url: string, refreshToken: string) {
  return call<Granted>(`${url}/api/sessions/refresh`, { method: 'POST', body: { refreshToken } });
}

const partsOf = (refreshToken: string) => refreshToken.split('.');
const stored = (refreshToken: string) => redis.hgetall(sessionKey(partsOf(refreshToken)[0] ?? ''));

describe('a refresh token', () => {
  it('that is shown again after two refreshes, as by a thief, ends the session: its sockets on every node are told and closed at once', async () => {
    const first = await newSession(a, 'Ada');
    const second = (await refresh(b, first.refreshToken)).body;
    const third = (await refresh(a, second.refreshToken)).body;
    const other = await newSession(a, 'Bob');
    const open = (url: string, { accessToken: token }: SessionAnswer) =>
      new RawSocket(url, { token }).greeted();
    const sockets = await Promise.all([a, b, a, b].map((url) => open(url, third)));
    const bystanders = await Promise.all([a, b].map((url) => open(url, other)));

    expect((await refresh(b, first.refreshToken)).code).toBe('session_ended');
    await until(() => sockets.every(({ socket }) => !socket.connected), CLOSED_WITHIN_MS);
    for (const { events } of sockets) expect(events.at(-1)?.name).toBe('session:ended');
    for (const { socket } of bystanders) expect(socket.connected).toBe(true);
    for (const url of [a, b]) {
      expect((await refresh(url, third.refreshToken)).code).toBe('session_ended');
    }
  });

  it('that is shown 50 times at once, on both nodes, has one successor, and the session goes on', async () => {
    const first = await newSession(a, 'Ada');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => refresh(n % 2 === 0 ? a : b, first.refreshToken)),
    );
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(successors.size).toBe(1);
    const [successor = ''] = successors;
    expect(partsOf(successor)[1]).toBe('2');
    expect((await refresh(b, successor)).status).toBe(200);
  });
});

describe('a client that does not get the answer to its refresh', () => {
  /** A person whose every call needs a new token, on a line that loses answers. */
  async function onBadLine() {
    const line = await openProxy({ host: '127.0.0.1', port: portOfA });
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const url = `http://127.0.0.1:${line.port}`;
    const options = { url, nickname: 'Ada', storage, refreshMarginMs: HOUR_MS };
    const client = new PinroomClient(options);
    afterFile(() => client.stop());
    const users: string[] = [];
    client.on('user', ({ user }) => users.push(user.id));
    await client.start();
    const token = () => [...kept.values()][0] ?? '';
    const generation = () => Number(partsOf(token())[1]);
    const storedGeneration = async () => Number((await stored(token())).generation);
    return { client, generation, line, options, storedGeneration, token, users };
  }

  it('asks again with the same token, and goes on', async () => {
    const { client, generation, line, storedGeneration, token, users } = await onBadLine();
    const before = token();
    line.dropReplies(1);
    line.cutOpen();
    await until(async () => (await storedGeneration()) > generation(), 10_000);
    expect(token()).toBe(before);
    const lost = line.dropped;
    await until(() => line.dropped > lost + 1, 10_000);
    line.dropReplies(0);
    await until(() => client.state === 'online' && token() !== before, 15_000);
    expect(generation()).toBe(await storedGeneration());
    expect(await client.listRooms()).toEqual({ rooms: [], nextCursor: null });
    expect(users).toHaveLength(1);
  });

  it('and is offline for an hour then, goes on with the token that it has', async () => {
    const { client, generation, line, options, storedGeneration, token, users } = await onBadLine();
    const [userId] = users;
    line.dropReplies(1);
    line.cutOpen();
    await until(async () => (await storedGeneration()) > generation(), 10_000);
    await client.stop();
    line.dropReplies(0);
    // An hour later, as far as the session tells.
    const key = sessionKey(partsOf(token())[0] ?? '');
    const { rotatedAt, seenAt } = await redis.hgetall(key);
    expect(seenAt).toBe('');
    const earlier = Number(rotatedAt) - HOUR_MS;
    await redis.hset(key, { rotatedAt: earlier, lastUsedAt: earlier });

    const again = new PinroomClient(options);
    afterFile(() => again.stop());
    expect((await again.start()).id).toBe(userId);
    expect(generation()).toBe(await storedGeneration());
    expect(await again.listRooms()).toEqual({ rooms: [], nextCursor: null });
  });
});
