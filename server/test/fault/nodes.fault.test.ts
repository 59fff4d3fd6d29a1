import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeAlone, nodeSilent, rollingRestart } from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

/** Longer than a client needs to come back, much shorter than the usual 30 s. */
const GRACE_SECONDS = 6;
/** From the death of a node: its lease, the judgement, the grace, the sweep. */
const LEAVE_MS = (9 + 2.5 + GRACE_SECONDS + 5) * 1_000;

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ env: { PINROOM_REJOIN_GRACE_SECONDS: `${GRACE_SECONDS}` } });
  });

  it('nothing goes wrong while nothing happens', async () => {
    expect(await rig.under('no fault', () => delay(1_000))).toMatchObject(ALL_RIGHT);
  });

  it('a node is killed (SIGKILL): who closes the page meanwhile leaves once, all others stay', async () => {
    const { crowd, house } = rig;
    const outcome = await rig.under('SIGKILL of a node while people go', async () => {
      const node = house.node(0);
      const going = crowd.rooms
        .slice(0, 10)
        .flatMap((room) => room.players.slice(-2).map((person) => crowd.takeAway(room, person)));
      await Promise.all([house.kill(node), ...going]);
      await delay(LEAVE_MS);
      await house.restart(node);
    });
    expect(outcome).toMatchObject(ALL_RIGHT);
  });

  it.each([nodeSilent, nodeAlone, rollingRestart])('$name', async (fault) => {
    expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
  });
});
