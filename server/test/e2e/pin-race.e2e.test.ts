import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { guardProcess } from '../../../infra/left-behind.mjs';
import { openRedis } from '../../src/drivers/redis/redis-clients.js';
import { silentLogger } from '../../src/engine/runtime/logger.js';
import { noMetrics } from '../../src/engine/runtime/metrics.js';
import { afterFile } from '../support/after-file.js';
import { startRedis } from '../support/services.js';

const WORKER = fileURLToPath(new URL('../support/pin-race-worker.mjs', import.meta.url));
const PROCESSES = 4;
const PINS_EACH = 12_500;
const AT_ONCE = 50;
/** Half of the PINs with five digits: the bound of the density that the workers ask for. */
const SHORT_PINS = 45_000;

interface Result {
  readonly pins: readonly (string | null)[];
  readonly roundTrips: number;
}

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = fork(WORKER, [url, `${PINS_EACH}`, `${AT_ONCE}`]);
  const forget = guardProcess(worker.pid ?? 0);
  afterFile(async () => {
    if (worker.exitCode === null && worker.signalCode === null) {
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    forget();
  });
  await once(worker, 'message');
  return worker;
}

async function race(worker: ChildProcess): Promise<Result> {
  worker.send('go');
  const [result] = (await once(worker, 'message')) as [Result];
  return result;
}

it('[PIN-1] four processes draw 50,000 PINs at once: no PIN twice, one round trip for each', async () => {
  const { url } = await startRedis();
  const redis = await openRedis({ urls: url.split(','), logger: silentLogger, metrics: noMetrics });
  afterFile(() => redis.close());
  const workers = await Promise.all(Array.from({ length: PROCESSES }, () => startWorker(url)));
  await redis.calls.onMasters('CONFIG', 'RESETSTAT');
  const results = await Promise.all(workers.map(race));

  const wanted = PROCESSES * PINS_EACH;
  const pins = results.flatMap((result) => result.pins);
  expect(pins).toHaveLength(wanted);
  expect(pins.filter((pin) => pin === null)).toEqual([]);
  expect(new Set(pins).size).toBe(wanted);
  // The shortest length is filled up to the density, no further, and then the next one is used.
  expect(pins.filter((pin) => pin?.length === 5)).toHaveLength(SHORT_PINS);
  expect(pins.filter((pin) => pin?.startsWith('0'))).toEqual([]);

  expect(results.map(({ roundTrips }) => roundTrips)).toEqual(workers.map(() => PINS_EACH));
  const stats = (await redis.calls.onMasters('INFO', 'commandstats')).join('\n');
  const counts = [...stats.matchAll(/^cmdstat_evalsha:calls=(\d+),/gm)];
  expect(counts.reduce((sum, [, calls]) => sum + Number(calls), 0)).toBe(wanted);
  expect(stats).not.toMatch(/^cmdstat_eval:/m);
});
