import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeAlone, nodeSilent, rollingRestart } from './rig/faults.js';
import { ALL_RIGHT, outageMs, type Rig, startRig } from './rig/rig.js';

/** Longer than any outage here: nobody may leave. */
const LONG_GRACE_SECONDS = 300;
/** Longer than a client needs to come back, much shorter than the usual 30 s. */
const SHORT_GRACE_SECONDS = 6;
/** The people of a node that stops leave over this time, which is a third of what it has for that. */
const LEAVING_SECONDS = 4;
/** From the death of a node: its lease, the judgement, the short grace, the sweep. */
const LEAVE_MS = (9 + 2.5 + SHORT_GRACE_SECONDS + 5) * 1_000;

function grace(seconds: number): Readonly<Record<string, string>> {
  return { PINROOM_REJOIN_GRACE_SECONDS: `${seconds}` };
}

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({
      env: { ...grace(LONG_GRACE_SECONDS), PINROOM_DRAIN_SECONDS: `${3 * LEAVING_SECONDS}` },
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

describe('the same, with a short grace', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ env: grace(SHORT_GRACE_SECONDS) });
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
