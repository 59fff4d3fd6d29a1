import { beforeAll, describe, expect, it } from 'vitest';
import { endedSessionsKey, sessionKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { startOneRedis } from '../support/services.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

/** What a node that hears the message has, and one that does not. */
const WITH_MESSAGE_MS = 1_000;
const WITHOUT_MESSAGE_MS = 6_000;

let backends: Backends;
let whole: SpawnedNode;

beforeAll(async () => {
  backends = await startBackends();
  whole = await spawnNode({ env: { ...UNLIMITED, ...backends.env } });
});

/** A node of the same installation that lacks something. */
const lacking = (without: readonly string[], transport: 'uws' | 'ws' = 'uws') =>
  spawnNode({ env: { ...UNLIMITED, ...backends.env }, transport, without });

describe('a session that ends while the message about it gets lost', () => {
  let deaf: SpawnedNode;
  let blind: SpawnedNode;

  beforeAll(async () => {
    [deaf, blind] = await Promise.all([
      lacking(['end-message']),
      lacking(['end-message', 'end-list']),
    ]);
  });

  const openOn = (node: SpawnedNode, token: string) => new RawSocket(node.url, { token }).greeted();
  const end = (token: string) =>
    call(`${whole.url}/api/sessions/current`, { method: 'DELETE', token });

  it('has its sockets closed in time by the list; without the list they would stay', async () => {
    const { accessToken } = await newSession(whole.url, 'Ann');
    const told = await openOn(whole, accessToken);
    const missed = await openOn(deaf, accessToken);
    const forgotten = await openOn(blind, accessToken);
    await end(accessToken);
    await until(() => !told.socket.connected, WITH_MESSAGE_MS);
    await until(() => !missed.socket.connected, WITHOUT_MESSAGE_MS);
    expect(missed.events.at(-1)).toEqual({
      name: 'session:ended',
      payload: { reason: 'session_ended' },
    });
    expect(forgotten.socket.connected).toBe(true);
  });

  it('has its sockets closed even when Redis loses everything before the node has looked', async () => {
    const redis = connectToRedis(backends.redis.url);
    afterFile(() => redis.disconnect());
    // So that there is something that the node has read before.
    const earlier = await newSession(whole.url, 'Bob');
    const first = await openOn(deaf, earlier.accessToken);
    await end(earlier.accessToken);
    await until(() => !first.socket.connected, WITHOUT_MESSAGE_MS);
    const { accessToken } = await newSession(whole.url, 'Ann');
    const { accessToken: other } = await newSession(whole.url, 'Eve');
    const [missed, bystander] = [await openOn(deaf, accessToken), await openOn(deaf, other)];
    await end(accessToken);
    expect(await redis.xlen(endedSessionsKey)).toBeGreaterThan(1);
    await redis.flushall();
    expect(missed.socket.connected).toBe(true);
    await until(() => !missed.socket.connected, WITHOUT_MESSAGE_MS);
    expect(missed.events.at(-1)?.name).toBe('session:ended');
    expect(bystander.socket.connected).toBe(true);
  });
});

describe('a session whose end Redis has lost again', () => {
  it('is ended there once more, and its tokens are refused', async () => {
    const redis = connectToRedis(backends.redis.url);
    afterFile(() => redis.disconnect());
    const { accessToken, refreshToken } = await newSession(whole.url, 'Ann');
    const code = async () => (await call(`${whole.url}/api/rooms`, { token: accessToken })).code;
    await call(`${whole.url}/api/sessions/current`, { method: 'DELETE', token: accessToken });
    expect(await code()).toBe('session_ended');
    // What a Redis has that came back without its newest second; again where the node was quicker.
    const late = await until(async () => {
      await redis.hset(sessionKey(refreshToken.split('.')[0] ?? ''), 'endedAt', '');
      if ((await code()) !== null) return null;
      return new RawSocket(whole.url, { token: accessToken }).greeted();
    });
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(async () => (await code()) === 'session_ended', WITHOUT_MESSAGE_MS);
    await until(() => !late.socket.connected, WITH_MESSAGE_MS);
    expect(late.events.at(-1)?.name).toBe('session:ended');
  });
});

describe('a session that ends while a node cannot reach Redis', () => {
  it.each([
    ['has its sockets there closed when it can again', false],
    ['has them closed even if Redis was started anew meanwhile, with nothing in it', true],
  ])('%s', async (_, restarted) => {
    const own = await startBackends({}, startOneRedis);
    const line = await openProxy({ host: '127.0.0.1', port: own.redis.port });
    const env = { ...UNLIMITED, ...own.env };
    const [here, there] = await Promise.all([
      spawnNode({ env }),
      spawnNode({ env: { ...env, REDIS_URL: `redis://127.0.0.1:${line.port}` } }),
    ]);
    const people = [await newSession(here.url, 'Ann'), await newSession(here.url, 'Bob')];
    const [missed, bystander] = await Promise.all(
      people.map(({ accessToken: token }) => new RawSocket(there.url, { token }).greeted()),
    );
    line.set('cut');
    const token = people[0]?.accessToken ?? '';
    await call(`${here.url}/api/sessions/current`, { method: 'DELETE', token });
    if (restarted) {
      await own.redis.kill();
      await own.redis.restart();
    }
    expect(missed?.socket.connected).toBe(true);
    line.set('pass');
    await until(() => !missed?.socket.connected, WITHOUT_MESSAGE_MS);
    expect(missed?.events.at(-1)?.name).toBe('session:ended');
    expect(bystander?.seen('session:ended')).toEqual([]);
  });
});

describe('a member who is kicked while the messages about it get lost', () => {
  /** A room with a bystander and a player on that node, and what they hear after the kick. */
  async function kickOn(node: SpawnedNode, speak: 'send' | 'signal') {
    const host = await newPerson(whole.url, 'Host');
    const { handle, pin } = await openRoom(host);
    const [bystander, player] = [
      await openSocket(node.url, 'Bystander'),
      await openSocket(node.url, 'Player'),
    ];
    for (const { socket } of [bystander, player]) await socket.must('room:join', { pin });
    await until(() => handle.memberCount === 3);
    await handle.kick(player.userId);
    await handle[speak]('chat', 'not for the player');
    const heard = ({ socket }: typeof player) =>
      [...socket.seen('room:entry'), ...socket.seen('room:signal')].length;
    await until(() => heard(bystander) === 1);
    return { handle, left: () => player.socket.seen('room:left'), heard: () => heard(player) };
  }

  it.each(['uws', 'ws'] as const)(
    'hears nothing of what is said after it, an entry or a signal (%s)',
    async (transport) => {
      const node = await lacking(['news-of-rights'], transport);
      for (const speak of ['send', 'signal'] as const) {
        const { handle, heard, left } = await kickOn(node, speak);
        await until(() => left().length === 1);
        expect(left()).toMatchObject([{ reason: 'kicked' }]);
        for (let n = 0; n < 5; n++) await handle.send('chat', n);
        expect(heard()).toBe(0);
      }
    },
  );

  it('would hear it if nodes did not look at the version of the rights', async () => {
    const node = await lacking(['news-of-rights', 'rev-check', 'position-check']);
    const { heard } = await kickOn(node, 'send');
    await until(() => heard() === 1);
  });
});
