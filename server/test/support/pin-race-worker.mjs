// Reserves PINs as fast as it can, once told to, and tells which ones it got.
// Arguments: URL of the Redis, how many PINs, how many at once.

import { randomUUID } from 'node:crypto';
import { openRedis } from '../../dist/drivers/redis/redis-clients.js';
import { RedisPinRegistry } from '../../dist/drivers/redis/redis-pin-registry.js';
import { pinCandidates } from '../../dist/engine/room/allocate-pin.js';
import { silentLogger } from '../../dist/engine/runtime/logger.js';
import { noMetrics } from '../../dist/engine/runtime/metrics.js';
import { systemRandom } from '../../dist/engine/runtime/random.js';

const [url, count, atOnce] = process.argv.slice(2);
const redis = await openRedis({ urls: url.split(','), logger: silentLogger, metrics: noMetrics });

const registry = new RedisPinRegistry(redis);

let roundTrips = 0;
const send = redis.command.call.bind(redis.command);
redis.command.call = (...command) => {
  // Beside the scripts only the watch over Redis' memory asks something, once a second.
  if (command[0] !== 'INFO') roundTrips += 1;
  return send(...command);
};

const pins = [];
let left = Number(count);

async function reserveUntilEnough() {
  while (left > 0) {
    left -= 1;
    const pin = await registry.reserve({
      roomId: randomUUID(),
      candidates: pinCandidates(5, 6, systemRandom),
      density: 0.5,
      reserveMs: 600_000,
    });
    pins.push(pin);
  }
}

process.once('message', async () => {
  roundTrips = 0;
  await Promise.all(Array.from({ length: Number(atOnce) }, reserveUntilEnough));
  process.send({ pins, roundTrips });
  await redis.close();
  process.disconnect();
});
process.send('ready');
