import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeAlone, nodeSilent, rollingRestart } from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

/** Longer than any outage here: nobody may leave. */
const LONG_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '300' };

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ env: LONG_GRACE });
  });

  it('nothing goes wrong while nothing happens', async () => {
    expect(await rig.under('no fault', () => delay(1_000))).toMatchObject(ALL_RIGHT);
  });

  it.each([nodeSilent, nodeAlone, rollingRestart])('$name', async (fault) => {
    expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
  });
});
