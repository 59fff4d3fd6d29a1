import type { House } from './load-counts.js';
import type { Load } from './load-profile.js';
import { type Demand, demandOf, secondsUntilBack, unevenness } from './sizing-model.js';

const GIB = 1_073_741_824;

/** How full things may be: the rest is for bursts, and for what others did that are away. */
export const HEADROOM = {
  /** Share of a core, of each node when one of them is lost. */
  nodeBusy: 0.6,
  /** Sockets of a node; from one address a balancer reaches a node 28,000 times. */
  nodeSockets: 25_000,
  /** Bytes a second that a node sends: half of 1 Gbit/s. */
  nodeBytesOut: 62_500_000,
  /** Until the people of a lost node are in again, seconds. */
  backSeconds: 60,
  /** Share of a core of the fullest master. */
  redisBusy: 0.6,
  /** What must be on one master. */
  redisOnce: 0.3,
  /** What a master may hold: as much again is for copies while it writes, and for growth. */
  redisMemory: 16 * GIB,
  /** Bytes a second that a master sends: half of 10 Gbit/s. */
  redisBytesOut: 625_000_000,
  /** Cores of the PostgreSQL, half of which may be busy. */
  postgresCores: 8,
  /** Bytes of new rows a second: with their WAL some three times as many on the disk. */
  postgresBytes: 30_000_000,
} as const;

/** What can be full. */
export type Resource =
  | 'node CPU'
  | 'sockets of a node'
  | 'network of a node'
  | 'coming back'
  | 'Redis CPU'
  | 'Redis memory'
  | 'Redis network'
  | 'PINs and leases'
  | 'PostgreSQL CPU'
  | 'PostgreSQL writes';

export interface Share {
  readonly resource: Resource;
  /** Of what it may be; above 1 it is too small. */
  readonly share: number;
}

/** How full everything is, the fullest first. */
export function sharesOf(load: Load, house: House, demand = demandOf(load, house)): Share[] {
  const { nodes, postgres, redis } = demand;
  // One is lost. Where there is but one, nobody promised more.
  const left = Math.max(1, house.nodes - 1);
  const ofFullest = unevenness(house) / house.masters;
  const shares: Share[] = [
    { resource: 'node CPU', share: nodes.cores / left / HEADROOM.nodeBusy },
    { resource: 'sockets of a node', share: load.sockets / left / HEADROOM.nodeSockets },
    { resource: 'network of a node', share: nodes.bytesOut / left / HEADROOM.nodeBytesOut },
    { resource: 'Redis CPU', share: redis.fullest / HEADROOM.redisBusy },
    { resource: 'Redis memory', share: (redis.memory * ofFullest) / HEADROOM.redisMemory },
    { resource: 'Redis network', share: (redis.bytesOut * ofFullest) / HEADROOM.redisBytesOut },
    { resource: 'PINs and leases', share: redis.once / HEADROOM.redisOnce },
    { resource: 'PostgreSQL CPU', share: postgres.cores / (HEADROOM.postgresCores / 2) },
    { resource: 'PostgreSQL writes', share: postgres.bytes / HEADROOM.postgresBytes },
  ];
  if (house.nodes > 1) {
    const seconds = secondsUntilBack(load, house, demand);
    shares.push({ resource: 'coming back', share: seconds / HEADROOM.backSeconds });
  }
  return shares.sort((a, b) => b.share - a.share);
}

export interface Plan {
  readonly house: House;
  readonly demand: Demand;
  /** The fullest first. */
  readonly shares: readonly Share[];
}

const OF_NODES: ReadonlySet<Resource> = new Set<Resource>([
  'node CPU',
  'sockets of a node',
  'network of a node',
  'coming back',
]);
const OF_MASTERS: ReadonlySet<Resource> = new Set<Resource>([
  'Redis CPU',
  'Redis memory',
  'Redis network',
]);
const MOST = 2_000;
/** A Cluster has three masters at least. */
const SMALLEST_CLUSTER = 3;

/** The smallest house for a load: nodes and masters are added until none of theirs is too full. */
export function planFor(load: Load): Plan {
  let house: House = { nodes: 2, masters: 1 };
  for (;;) {
    const shares = sharesOf(load, house);
    const isFull = (of: ReadonlySet<Resource>) =>
      shares.some(({ resource, share }) => of.has(resource) && share > 1);
    if (isFull(OF_NODES) && house.nodes < MOST) house = { ...house, nodes: house.nodes + 1 };
    else if (isFull(OF_MASTERS) && house.masters < MOST) {
      house = { ...house, masters: Math.max(SMALLEST_CLUSTER, house.masters + 1) };
    } else return { house, demand: demandOf(load, house), shares };
  }
}
