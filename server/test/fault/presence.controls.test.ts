import { setTimeout as delay } from 'node:timers/promises';
import { describeControls } from './rig/controls.js';
import { type FaultKind, redisFlushed } from './rig/faults.js';
import type { Rig } from './rig/rig.js';

/** Longer than the lease of a node and the time until it is judged. */
const JUDGED_MS = 14_000;
const SHORT_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '1' };

/** Somebody of each room. */
function takeSomeAway({ crowd }: Rig): Promise<unknown> {
  return Promise.all(
    crowd.rooms.map((room) => room.players[0] && crowd.takeAway(room, room.players[0])),
  );
}

const nodeKilledWithPeople: FaultKind = {
  name: 'people go while their node dies',
  shortMs: JUDGED_MS,
  async run(rig, forMs) {
    const node = rig.house.node(0);
    await Promise.all([rig.house.kill(node), takeSomeAway(rig)]);
    await delay(forMs);
    await rig.house.restart(node);
  },
};

const peopleGoUnheard: FaultKind = {
  name: 'people go while the subscriptions of the nodes bring nothing',
  shortMs: 8_000,
  async run(rig, forMs) {
    for (const { toRedis } of rig.house.nodes) toRedis.silenceOpen('subscribers');
    await takeSomeAway(rig);
    await delay(forMs);
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
