import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeAlone } from './rig/faults.js';
import { ALL_RIGHT, outageMs, type Rig, startRig } from './rig/rig.js';

/** Longer than a client needs to come back, much shorter than the usual 30 s. */
const GRACE_SECONDS = 6;
/** From the death of a node: its lease, the judgement, the short grace, the sweep. */
const LEAVE_MS = (9 + 2.5 + GRACE_SECONDS + 5) * 1_000;

describe('three nodes, 30 rooms, 300 people, 200 entries a second, and a short grace', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ env: { PINROOM_REJOIN_GRACE_SECONDS: `${GRACE_SECONDS}` } });
  });

  it('a node is killed (SIGKILL): who closes the page meanwhile leaves once, all others stay', async () => {
    const { crowd, house } = rig;
    const outcome = await rig.under('SIGKILL of a node while people go', async () => {
      const node = house.node(0);
      const going = crowd.rooms
        .slice(0, 10)
        .flatMap((room) => room.players.slice(-2).map((person) => crowd.takeAway(room, person)));
      await Promise.all([house.kill(node), ...going]);
      await delay(outageMs(LEAVE_MS));
      await house.restart(node);
    });
    expect(outcome).toMatchObject(ALL_RIGHT);
  });

  it('a node alone cannot reach Redis beyond its lease and the grace: who has left is back by itself', async () => {
    rig.crowd.allMayLeave();
    const name = 'a node alone cannot reach Redis beyond lease and grace';
    const fault = () => nodeAlone.run(rig, outageMs(LEAVE_MS));
    expect(await rig.under(name, fault)).toMatchObject(ALL_RIGHT);
  });
});
