import { setTimeout as delay } from 'node:timers/promises';
import type { Mechanism } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import type { FaultKind as Complaint } from '../../../load-tests/src/delivery-record.js';
import {
  type FaultKind,
  nodeKilled,
  postgresStopped,
  redisFlushed,
  replicaPromoted,
  repliesDropped,
  subscriberCut,
  subscriberSilent,
} from './rig/faults.js';
import { type Rig, type RigOptions, startRig } from './rig/rig.js';

/** Enough for the faults to hit somebody, little enough for many houses in a row. */
const SMALL: RigOptions = { nodes: 2, rooms: 6, socketsPerRoom: 5, rate: 90, weakPerRoom: 1 };
/** What was not mended by then counts as not mended. */
const GIVEN_UP_MS = 3_000;
const MENDED_MS = 20_000;
/** More than it takes to judge a life whose lease has run out. */
const LATER_MS = 6_000;

/** Mechanisms that are taken away from the nodes (see `crippled.mjs`) and from the clients. */
interface Without {
  readonly nodes?: readonly string[];
  readonly clients?: readonly Mechanism[];
}

interface Control {
  readonly mechanism: string;
  readonly fault: FaultKind;
  readonly forMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly without: Without;
  /** What the check finds then. */
  readonly complaint: Complaint;
  /** With what it finds nothing all the same; where the other fault tests do not show that. */
  readonly rescues?: readonly (Without & { readonly by: string })[];
}

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

const CONTROLS: readonly Control[] = [
  {
    mechanism: 'nodes read what their subscription missed, and clients fetch what a node missed',
    fault: subscriberCut,
    forMs: 2_000,
    without: { nodes: ['gap-repair', 'position-check'], clients: ['gap-fill'] },
    complaint: 'gap',
    rescues: [
      { by: 'the clients alone', nodes: ['gap-repair', 'position-check'] },
      { by: 'the nodes alone', clients: ['gap-fill'] },
    ],
  },
  {
    mechanism: 'nodes probe their subscription',
    fault: subscriberSilent,
    without: { nodes: ['bus-probe', 'position-check'] },
    complaint: 'gap',
    rescues: [{ by: 'the probe alone', nodes: ['position-check'] }],
  },
  {
    mechanism: 'clients say up to where they have heard everything',
    fault: nodeKilled,
    forMs: 1_000,
    without: { clients: ['resume'] },
    complaint: 'repeat',
  },
  {
    mechanism: 'a key makes a message count once',
    fault: repliesDropped,
    forMs: 4_000,
    without: { nodes: ['dedupe'] },
    complaint: 'duplicate',
  },
  {
    mechanism: 'clients send again with the same key',
    fault: repliesDropped,
    forMs: 4_000,
    without: { clients: ['same-key'] },
    complaint: 'missing',
  },
  {
    mechanism: 'clients send again what was lost',
    fault: replicaPromoted,
    without: { clients: ['resend'] },
    complaint: 'missing',
  },
  {
    mechanism: 'the archive is asked for keys that Redis has lost',
    fault: redisFlushed,
    without: { nodes: ['ask-archive'] },
    complaint: 'duplicate',
  },
  {
    mechanism: 'a room whose data has another history goes on in a later epoch',
    fault: replicaPromoted,
    without: { nodes: ['life-check'] },
    complaint: 'phantom',
  },
  {
    mechanism: 'what a loss has taken is voided where PostgreSQL has it',
    fault: replicaPromoted,
    without: { nodes: ['void-lost'] },
    complaint: 'hole',
  },
  {
    mechanism: 'no stream is trimmed past what is archived',
    fault: postgresStopped,
    // More than the pump takes of a channel in one go.
    forMs: 10_000,
    env: { PINROOM_CHANNEL_KEEP: '1' },
    without: { nodes: ['trim-bound'] },
    complaint: 'missing',
  },
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
];

describe.each(CONTROLS)('$mechanism', (control) => {
  const { complaint, env = {}, fault, forMs = fault.shortMs, rescues = [], without } = control;

  async function faultsWithout({ clients = [], nodes = [] }: Without, settleMs: number) {
    const client = { without: new Set(clients) };
    const rig = await startRig({ ...SMALL, env, without: nodes, client });
    const { faults } = await rig.under(fault.name, () => fault.run(rig, forMs), settleMs);
    return faults.map(({ kind }) => kind);
  }

  it(`without it the check finds a ${complaint}`, async () => {
    expect(await faultsWithout(without, GIVEN_UP_MS)).toContain(complaint);
  });

  it.each(rescues)('with $by it finds nothing', async (rescue) => {
    expect(await faultsWithout(rescue, MENDED_MS)).toEqual([]);
  });
});
