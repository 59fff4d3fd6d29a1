import { setTimeout as delay } from 'node:timers/promises';
import type { Mechanism } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import type { FaultKind as Complaint } from '../../../load-tests/src/delivery-record.js';
import {
  type FaultKind,
  nodeKilled,
  postgresStopped,
  redisFlushed,
  redisKilled,
  replicaPromoted,
  repliesDropped,
  subscriberCut,
  subscriberSilent,
} from './rig/faults.js';
import { type Rig, type RigOptions, startRig } from './rig/rig.js';

/** Enough for the faults to hit somebody, little enough for many houses in a row. */
const SMALL: RigOptions = { nodes: 2, rooms: 6, socketsPerRoom: 5, rate: 90, weakPerRoom: 1 };
/** What was not mended by then is not going to be. */
const SETTLE_MS = 3_000;

/** A mechanism that is taken away, and what the check then finds of a fault that it is there for. */
interface Control {
  readonly mechanism: string;
  readonly fault: FaultKind;
  readonly forMs?: number;
  /** Taken away from the nodes, see `crippled.mjs`. */
  readonly nodes?: readonly string[];
  /** Taken away from the clients. */
  readonly clients?: readonly Mechanism[];
  /** What also has to be away, with and without the mechanism: otherwise another one helps out. */
  readonly helpers?: {
    readonly nodes?: readonly string[];
    readonly clients?: readonly Mechanism[];
  };
  readonly env?: Readonly<Record<string, string>>;
  readonly complaint: Complaint;
}

async function run(rig: Rig, { fault, forMs = fault.shortMs }: Control) {
  return rig.under(fault.name, () => fault.run(rig, forMs), SETTLE_MS);
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

const CONTROLS: readonly Control[] = [
  {
    mechanism: 'nodes read what their subscription missed',
    fault: subscriberCut,
    nodes: ['gap-repair', 'position-check'],
    helpers: { clients: ['gap-fill'] },
    complaint: 'gap',
  },
  {
    mechanism: 'nodes probe their subscription',
    fault: subscriberSilent,
    nodes: ['bus-probe'],
    helpers: { nodes: ['position-check'] },
    complaint: 'gap',
  },
  {
    mechanism: 'clients fetch what they missed',
    fault: subscriberCut,
    clients: ['gap-fill'],
    helpers: { nodes: ['gap-repair'] },
    complaint: 'gap',
  },
  {
    mechanism: 'clients say up to where they have heard everything',
    fault: nodeKilled,
    clients: ['resume'],
    complaint: 'repeat',
  },
  {
    mechanism: 'a key makes a message count once',
    fault: repliesDropped,
    nodes: ['dedupe'],
    complaint: 'duplicate',
  },
  {
    mechanism: 'clients send again with the same key',
    fault: repliesDropped,
    clients: ['same-key'],
    complaint: 'missing',
  },
  {
    mechanism: 'clients send again what was lost',
    fault: replicaPromoted,
    clients: ['resend'],
    complaint: 'missing',
  },
  {
    mechanism: 'the archive is asked for keys that Redis has lost',
    fault: redisFlushed,
    nodes: ['ask-archive'],
    complaint: 'duplicate',
  },
  {
    mechanism: 'a room whose data has another history goes on in a later epoch',
    fault: replicaPromoted,
    nodes: ['life-check'],
    complaint: 'content',
  },
  {
    mechanism: 'no stream is trimmed past what is archived',
    fault: postgresStopped,
    forMs: 3_000,
    env: { PINROOM_CHANNEL_KEEP: '1' },
    nodes: ['trim-bound'],
    complaint: 'missing',
  },
  {
    mechanism: 'the living judge the lives whose lease has run out',
    fault: nodeKilledWithPeople,
    env: SHORT_GRACE,
    nodes: ['judge-lives'],
    complaint: 'presence',
  },
  {
    mechanism: 'nobody is judged before everybody could renew',
    fault: redisKilled,
    env: SHORT_GRACE,
    nodes: ['patient-judge'],
    complaint: 'presence',
  },
  {
    mechanism: 'nodes give seats back that Redis has lost',
    fault: redisFlushed,
    nodes: ['restore-seats'],
    complaint: 'presence',
  },
  {
    mechanism: 'clients fetch members and rights that went on without a word',
    fault: peopleGoUnheard,
    env: SHORT_GRACE,
    clients: ['snapshot-refresh'],
    complaint: 'presence',
  },
];

describe.each(CONTROLS)('$mechanism', (control) => {
  const { clients = [], complaint, env = {}, helpers = {}, nodes = [] } = control;

  async function faultsOf(withMechanism: boolean) {
    const off = withMechanism ? { nodes: [], clients: [] } : { nodes, clients };
    const rig = await startRig({
      ...SMALL,
      env,
      without: [...off.nodes, ...(helpers.nodes ?? [])],
      client: { without: new Set([...off.clients, ...(helpers.clients ?? [])]) },
    });
    return (await run(rig, control)).faults.map(({ kind }) => kind);
  }

  it(`without it the check finds a ${complaint}`, async () => {
    expect(await faultsOf(false)).toContain(complaint);
  });
});
