import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeAlone, nodeSilent, rollingRestart } from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

/** Longer than any outage here: nobody may leave. */
const LONG_GRACE_SECONDS = 300;
/** The people of a node that stops leave over this time, which is a third of what it has for that. */
const LEAVING_SECONDS = 4;

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({
      env: {
        PINROOM_REJOIN_GRACE_SECONDS: `${LONG_GRACE_SECONDS}`,
        PINROOM_DRAIN_SECONDS: `${3 * LEAVING_SECONDS}`,
      },
    });
  });

  it('nothing goes wrong while nothing happens', async () => {
    expect(await rig.under('no fault', () => delay(1_000))).toMatchObject(ALL_RIGHT);
  });

  it.each([nodeSilent, nodeAlone])('$name', async (fault) => {
    expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
  });

  it(`${rollingRestart.name}: its people go to another one, not all at once`, async () => {
    const outcome = await rig.survive(rollingRestart);
    expect(outcome).toMatchObject(ALL_RIGHT);
    const { count, mostInASecond } = outcome.returns;
    const people = rig.crowd.people.length;
    expect(count).toBeGreaterThanOrEqual(people);
    // Three quarters of them have gathered at the last node by then, and would come at once.
    expect(mostInASecond).toBeLessThan((people * 2) / 3);
  });
});
