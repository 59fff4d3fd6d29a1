import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis, type RedisClients } from '../../../src/drivers/redis/redis-clients.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { startRedisCluster } from '../../support/services.js';
import { until } from '../../support/until.js';

const ROUNDS = 10;
/** Keys of many slots, each of which holds its own name. */
const KEYS = ALL_TAGS.slice(0, 30).map((tag) => `{${tag}}:name`);

// Only on a Cluster: there a connection that broke is made anew by the next command.
describe('Reads from a Redis Cluster to which connections break', () => {
  let redis: RedisClients;
  let killer: RedisClients;

  beforeAll(async () => {
    const { url } = await startRedisCluster({ replicas: 1 });
    const options = { urls: url.split(','), logger: silentLogger, metrics: noMetrics };
    [redis, killer] = await Promise.all([openRedis(options), openRedis(options)]);
    await redis.calls.callAll(KEYS.map((key) => ['SET', key, key]));
  }, 30_000);
  afterAll(async () => {
    await Promise.all([redis.close(), killer.close()]);
  });

  /** Reads everything once; whether there was an answer. */
  async function read(): Promise<boolean> {
    const asked = KEYS.flatMap((key) => [['GET', key] as const, ['STRLEN', key] as const]);
    try {
      expect(await redis.calls.callAll(asked)).toEqual(KEYS.flatMap((key) => [key, key.length]));
      return true;
    } catch (fault) {
      expect(fault).toMatchObject({ code: 'unavailable' });
      return false;
    }
  }

  test('[FEED-3] get their own answer, or none, and never that of another', async () => {
    let [answered, refused] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      await killer.calls.onMasters('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await until(async () => {
        const done = await read();
        if (done) answered += 1;
        else refused += 1;
        return done;
      });
      await until(() => killer.ping().then(() => true));
    }
    expect(answered).toBe(ROUNDS);
    expect(refused).toBeGreaterThan(ROUNDS);
  });
});
