import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../../../infra/redis-cluster.mjs';
import { openRedis, type RedisClients } from '../../../src/drivers/redis/redis-clients.js';
import { composeFrame, parseFrame } from '../../../src/engine/fanout/frame.port.js';
import { roomTopic } from '../../../src/engine/fanout/topic.port.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { type RunningCluster, startRedisCluster } from '../../support/services.js';
import { openProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';
import { connectRaw } from './raw-client.js';
import { type Bench, openBench } from './transport-bench.js';

/** Rooms in so many tags; each master has some of them. */
const ROOMS = ALL_TAGS.filter((_, n) => n % 16 === 0).map(
  (tag) => `01890000-0000-7000-8000-0000000000${tag}`,
);

describe('the bus on a Redis Cluster of three masters', () => {
  let cluster: RunningCluster;
  let proxies: readonly TcpProxy[];
  let redis: RedisClients;
  let bench: Bench;
  let interruptions = 0;
  const heard = new Map<string, string[]>();

  beforeAll(async () => {
    cluster = await startRedisCluster();
    // The Cluster itself says that each master is where its proxy is.
    proxies = await Promise.all(
      cluster.masters.map(async ({ port }) => {
        const proxy = await openProxy({ host: '127.0.0.1', port });
        await command(port, `CONFIG SET cluster-announce-port ${proxy.port}`);
        return proxy;
      }),
    );
    const urls = proxies.map(({ port }) => `redis://127.0.0.1:${port}`);
    for (const { port } of cluster.masters) {
      await until(async () => {
        const nodes = await command(port, 'CLUSTER NODES');
        return proxies.every((proxy) => nodes.includes(`127.0.0.1:${proxy.port}@`));
      });
    }
    redis = await openRedis({ urls, logger: silentLogger, metrics: noMetrics });
    bench = await openBench('ws', { redis: { publish: redis.calls, subscribe: redis.subscribe } });
    bench.server.bus?.onFrame((roomId, raw) => {
      const frame = parseFrame(raw);
      if (frame?.kind !== 'signal') return;
      heard.set(roomId, [...(heard.get(roomId) ?? []), Buffer.from(frame.body).toString()]);
    });
    bench.server.bus?.onInterrupted(() => {
      interruptions += 1;
    });
    await connectRaw(bench.host);
    const [client] = bench.handler.clients;
    for (const room of ROOMS) {
      client?.socket.joinTopic(room);
      await bus().whenSubscribed(room);
    }
  }, 60_000);
  afterAll(async () => {
    await bench.server.close();
    await redis.close();
  });

  function bus() {
    if (!bench.server.bus) throw new Error('there is no bus');
    return bench.server.bus;
  }

  const channelOf = (room: string) => `socket.io#/#${roomTopic(room)}#`;

  /** Says something in every room, and waits until all of it was heard. */
  async function sayEverywhere(body: string, withinMs?: number): Promise<void> {
    await Promise.all(
      ROOMS.map((room) => bus().publish(room, Buffer.from(composeFrame('s 1 room', body)))),
    );
    await until(() => ROOMS.every((room) => heard.get(room)?.at(-1) === body), withinMs);
  }

  /** Which of these rooms a master publishes to this node. */
  async function subscribedAt(index: number): Promise<string[]> {
    const master = cluster.masters[index];
    if (!master) throw new Error('there is no such master');
    const counts = await Promise.all(
      ROOMS.map((room) => command(master.port, `PUBSUB SHARDCHANNELS ${channelOf(room)}`)),
    );
    return ROOMS.filter((_, n) => counts[n] === '1');
  }

  it('[BUS-2] brings what is published at each of them', async () => {
    await sayEverywhere('hello');
    const places = await Promise.all([0, 1, 2].map(subscribedAt));
    expect(places).not.toContainEqual([]);
    expect(places.flat().sort()).toEqual(ROOMS);
  });

  it('[BUS-4] tells when the subscriptions to one of them were cut and are active again', async () => {
    const before = interruptions;
    proxies[1]?.cutOpen('subscribers');
    await until(() => interruptions > before, 5_000);
    await sayEverywhere('after the cut');
  });

  it('[BUS-4] notices that the line to one of them is open and brings nothing', async () => {
    const before = interruptions;
    proxies[2]?.silenceOpen('subscribers');
    await until(() => interruptions > before, 8_000);
    await sayEverywhere('after the silence');
  });

  it('[BUS-4] follows the slots that move to another master', async () => {
    const [from, to, third] = cluster.masters;
    if (!from || !to || !third) throw new Error('there are three masters');
    const before = interruptions;
    const owner = (await command(to.port, 'CLUSTER MYID')).trim();
    for (const room of await subscribedAt(0)) {
      const slot = await command(from.port, `CLUSTER KEYSLOT ${channelOf(room)}`);
      for (const { port } of [to, from, third]) {
        await command(port, `CLUSTER SETSLOT ${slot} NODE ${owner}`);
      }
    }
    await until(async () => {
      const places = await Promise.all([1, 2].map(subscribedAt));
      return places.flat().length === ROOMS.length;
    }, 20_000);
    await until(() => interruptions > before);
    await sayEverywhere('after the move');
  });
});
