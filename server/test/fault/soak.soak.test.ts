import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ALL_FAULTS } from './rig/faults.js';
import { pick } from './rig/random.js';
import { ALL_RIGHT, startRig } from './rig/rig.js';

const FOR_MS = Number(process.env.PINROOM_SOAK_MINUTES ?? 0) * 60_000;
const SEED = Number(process.env.PINROOM_SOAK_SEED ?? 1);
/** Between two faults. */
const PAUSE_MS = { least: 5_000, most: 15_000 };
/** Long outages are for the tests of single faults. */
const SHORTEST_MS = 2_000;
const SETTLE_MS = 120_000;

it(`everything goes wrong for ${FOR_MS / 60_000} minutes, seed ${SEED}`, async () => {
  const rig = await startRig({ seed: SEED });
  const { random } = rig;
  const outcome = await rig.under(
    'soak',
    async () => {
      const until = performance.now() + FOR_MS;
      while (performance.now() < until) {
        await delay(PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least));
        const fault = pick(random, ALL_FAULTS);
        const forMs = Math.round(SHORTEST_MS + random() * Math.max(0, fault.shortMs - SHORTEST_MS));
        process.stdout.write(`${new Date().toISOString()} ${fault.name}, ${forMs} ms\n`);
        await fault.run(rig, forMs);
      }
    },
    SETTLE_MS,
  );
  expect(outcome).toMatchObject(ALL_RIGHT);
});
