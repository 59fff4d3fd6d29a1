import { setTimeout as delay } from 'node:timers/promises';
import { describeControls } from './rig/controls.js';
import type { FaultKind } from './rig/faults.js';

/** Longer than the lease of a node and the time until it is judged. */
const JUDGED_MS = 14_000;
const SHORT_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '1' };

const nodeKilledWithPeople: FaultKind = {
  name: 'people go while their node dies',
  shortMs: JUDGED_MS,
  async run(rig, forMs) {
    const node = rig.house.node(0);
    await Promise.all([rig.house.kill(node), rig.crowd.takeSomeAway()]);
    await delay(forMs);
    await rig.house.restart(node);
  },
};

/** More than it takes to judge a life whose lease has run out. */
const LATER_MS = 6_000;

/** One node has Redis back long before the other one. */
const redisBackForOneFirst: FaultKind = {
  name: 'Redis is silent, and comes back for one node before the other',
  shortMs: 10_000,
  async run({ house }, forMs) {
    const [first, second] = [house.node(0), house.node(1)];
    for (const { toRedis } of [first, second]) toRedis.set('hold');
    await delay(forMs);
    first.toRedis.set('pass');
    await delay(LATER_MS);
    second.toRedis.set('pass');
  },
};

describeControls([
  {
    mechanism: 'the living judge the lives whose lease has run out',
    fault: nodeKilledWithPeople,
    env: SHORT_GRACE,
    without: { nodes: ['judge-lives'] },
    complaint: 'presence',
  },
  {
    mechanism: 'nobody is judged before everybody could renew',
    fault: redisBackForOneFirst,
    env: SHORT_GRACE,
    without: { nodes: ['patient-judge'] },
    complaint: 'presence',
    rescues: [{ by: 'it' }],
  },
]);
