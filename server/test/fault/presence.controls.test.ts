import { setTimeout as delay } from 'node:timers/promises';
import { describeControls } from './rig/controls.js';
import { type FaultKind, redisFlushed } from './rig/faults.js';

const SHORT_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '1' };

const peopleGoUnheard: FaultKind = {
  name: 'people go while the subscriptions of the nodes bring nothing',
  shortMs: 8_000,
  async run(rig, forMs) {
    for (const { toRedis } of rig.house.nodes) toRedis.silenceOpen('subscribers');
    await rig.crowd.takeSomeAway();
    await delay(forMs);
  },
};

describeControls([
  {
    mechanism: 'nodes give seats back that Redis has lost',
    fault: redisFlushed,
    without: { nodes: ['restore-seats'] },
    complaint: 'presence',
  },
  {
    mechanism: 'clients fetch members and rights that went on without a word',
    fault: peopleGoUnheard,
    env: SHORT_GRACE,
    without: { clients: ['snapshot-refresh'] },
    complaint: 'presence',
    rescues: [{ by: 'it' }],
  },
]);
