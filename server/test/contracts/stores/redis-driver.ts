import { setTimeout as delay } from 'node:timers/promises';
import { doorShardChannel, roomShardChannel } from '../../../src/drivers/redis/keys.js';
import { openRedis, type RedisClients } from '../../../src/drivers/redis/redis-clients.js';
import { createRedisStores } from '../../../src/drivers/redis/redis-stores.js';
import type { RedisSubscriber } from '../../../src/drivers/redis/redis-subscriber.js';
import { type Frame, parseFrame } from '../../../src/engine/fanout/frame.port.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';
import { type RunningService, startRedis } from '../../support/services.js';
import {
  DEFAULT_OPTIONS,
  type StoreBackend,
  type StoreDriver,
  type StoreOptions,
  type Stores,
} from './store-driver.js';

/** The stores on a Redis of the suite's own; its clock is the machine's, so time passes for real. */
export const redisDriver: StoreDriver = { name: 'redis', start: () => startRedisBackend() };

export interface RedisBackend extends StoreBackend {
  readonly redis: RedisClients;
  /** The server, for tests that pause it. */
  readonly service: RunningService;
}

/** A Redis of one's own, with these lines of redis.conf. */
export async function startRedisBackend(
  settings: Readonly<Record<string, string>> = {},
  start = startRedis,
): Promise<RedisBackend> {
  const service = await start({ settings });
  const options = { urls: service.url.split(','), logger: silentLogger, metrics: noMetrics };
  const [redis, listener] = await Promise.all([openRedis(options), openRedis(options)]);
  return {
    redis,
    service,
    async open(options) {
      await redis.calls.onMasters('FLUSHALL');
      return openStores(redis, listener.subscribe, { ...DEFAULT_OPTIONS, ...options });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([listener.close(), redis.close()]);
      await service.stop();
    },
  };
}

function openStores(redis: RedisClients, listener: RedisSubscriber, options: StoreOptions): Stores {
  const watched = new Map<string, Frame[]>();
  const onMessage = (channel: Buffer, raw: Buffer) => {
    const frame = parseFrame(raw);
    if (frame) watched.get(channel.toString())?.push(frame);
  };
  listener.on('smessageBuffer', onMessage);
  const watch = async (channel: string) => {
    const frames: Frame[] = [];
    watched.set(channel, frames);
    await listener.ssubscribe(channel);
    return frames;
  };
  return {
    ...createRedisStores(redis, options),
    now: () => Date.now(),
    pass: async (ms) => {
      await delay(ms);
    },
    loseData: async () => {
      await redis.calls.onMasters('FLUSHALL');
    },
    watch: (roomId) => watch(roomShardChannel(roomId)),
    watchDoor: (roomId) => watch(doorShardChannel(roomId)),
    async [Symbol.asyncDispose]() {
      listener.off('smessageBuffer', onMessage);
      await Promise.all([...watched.keys()].map((channel) => listener.sunsubscribe(channel)));
    },
  };
}
