import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { newSession } from '../support/http-calls.js';
import { shakeHands } from '../support/opening-handshake.js';
import { RawSocket } from '../support/raw-socket.js';
import { startOneRedis } from '../support/services.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

/** How long a node without its store trusts those who show nothing new, and how often it looks. */
const TRUSTED_MS = 60_000;
const LOOK_MS = 2_000;
const SLACK_MS = 6_000;

describe('a node that cannot reach Redis for more than a minute', () => {
  let backends: Backends;
  let proxy: TcpProxy;
  /** Where tokens live for a second, where they live for long; and two nodes behind the proxy. */
  let brief: SpawnedNode;
  let node: SpawnedNode;
  let trusting: SpawnedNode;

  beforeAll(async () => {
    backends = await startBackends({}, startOneRedis);
    const { redis, env: found } = backends;
    proxy = await openProxy({ host: '127.0.0.1', port: redis.port });
    const env = { ...UNLIMITED, ...found };
    const cut = { ...env, REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
    [brief, node, trusting] = await Promise.all([
      spawnNode({ env: { ...env, PINROOM_ACCESS_TTL_SECONDS: '1' } }),
      spawnNode({ env: cut }),
      spawnNode({ env: cut, without: ['session-expiry'] }),
    ]);
  });

  it('closes who shows no newer token, and keeps the others; without the look all would stay', async () => {
    const [ann, bob] = [await newSession(brief.url, 'Ann'), await newSession(node.url, 'Bob')];
    const open = (url: string, token: string) => new RawSocket(url, { token }).greeted();
    const briefly = async (url: string) => {
      const { accessToken } = await newSession(brief.url, 'Ann');
      return open(url, accessToken);
    };
    const [stale, unseen] = [await briefly(node.url), await briefly(trusting.url)];
    const fresh = await open(node.url, bob.accessToken);
    const eve = await newPerson(node.url, 'Eve');

    proxy.set('cut');
    const cutAt = Date.now();
    await until(() => !stale.socket.connected, TRUSTED_MS + LOOK_MS + SLACK_MS);
    const took = Date.now() - cutAt;
    expect(took).toBeGreaterThan(TRUSTED_MS - 1_000);
    // A lost connection, not the end of a session: clients come back by themselves, and are told why not.
    expect(stale.seen('session:ended')).toEqual([]);
    expect(fresh.socket.connected).toBe(true);
    expect(unseen.socket.connected).toBe(true);
    const { refused } = await shakeHands(node.url, { auth: { refreshToken: ann.refreshToken } });
    expect(refused?.code).toBe('unavailable');

    proxy.set('pass');
    const isBack = async () =>
      (await shakeHands(node.url, { auth: { refreshToken: ann.refreshToken } })).ready !== null;
    await until(isBack, 10_000);
    await until(() => eve.client.state === 'online', 10_000);
    expect(eve.client.user?.id).toBe(eve.userId);
  });
});
