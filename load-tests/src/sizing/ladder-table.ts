import { planFor, type Resource, type Share, sharesOf } from './house-plan.js';
import type { House } from './load-counts.js';
import { type Load, type LoadProfile, loadOf } from './load-profile.js';
import type { Table } from './sizing-tables.js';
import { houseWords, number, percent, times } from './sizing-words.js';

interface Step {
  readonly sockets: number;
  /** What is set otherwise from here on. */
  readonly changes: Partial<Load>;
  readonly words: readonly string[];
}

/** From one machine to a million. */
const LADDER: readonly Step[] = [
  { sockets: 1_000, changes: {}, words: ['two nodes, so that one may be lost'] },
  { sockets: 10_000, changes: {}, words: [] },
  {
    sockets: 100_000,
    changes: { sessionDays: 1 },
    words: ['`PINROOM_REFRESH_TTL_SECONDS=86400` for guests'],
  },
  {
    sockets: 1_000_000,
    changes: { isTogether: true },
    words: ['a balancer that keeps rooms together'],
  },
];

const NODES = 'more nodes: `PINROOM_WORKERS`, then machines';
const MASTERS = 'a Redis Cluster, or more masters in it';

/** What has to be done where something is full. */
const REMEDIES: Readonly<Record<Resource, string>> = {
  'node CPU': NODES,
  'sockets of a node': NODES,
  'network of a node': NODES,
  'coming back': NODES,
  'Redis CPU': MASTERS,
  'Redis memory': MASTERS,
  'Redis network': MASTERS,
  'PINs and leases': 'a second installation: nothing in one spreads them',
  'PostgreSQL CPU': 'a PostgreSQL with more cores; then a second installation',
  'PostgreSQL writes': 'faster disks, `entries` in partitions; then a second installation',
};

export function remedyFor(resource: Resource): string {
  return REMEDIES[resource];
}

/** What gives in first where the house of the step before gets the load of the next. */
export function ladderTable(profile: LoadProfile): Table {
  let before: House = { nodes: 1, masters: 1 };
  let settings: Partial<Load> = {};
  const rows = LADDER.map(({ changes, sockets, words }) => {
    const asBefore: Load = { ...loadOf(profile, sockets), ...settings };
    settings = { ...settings, ...changes };
    const full = sharesOf(asBefore, before);
    const changed: Load = { ...asBefore, ...changes };
    const still = sharesOf(changed, before);
    const { demand, house, shares } = planFor(changed);
    const had = houseWords(before);
    before = house;
    return [
      number(sockets),
      `${had}: ${fullest(full)}`,
      [...words, ...remedies(still)].join('; ') || 'nothing',
      `${houseWords(house)}; ${number(demand.nodes.cores, 1)} and ${number(demand.redis.cores, 1)} cores busy`,
      shares[0] ? `${shares[0].resource}, ${percent(shares[0].share)}` : '',
    ];
  });
  return {
    columns: ['sockets', 'in the house before', 'to do', 'house then', 'fullest then'],
    rows,
  };
}

/** All that is too full, the fullest first; or what is the fullest. Nobody comes back to nodes that are full. */
function fullest(shares: readonly Share[]): string {
  const full = shares.filter(({ share }) => share > 1 && Number.isFinite(share));
  return (full.length > 0 ? full : shares.slice(0, 1))
    .map(({ resource, share }) => `${resource} ${times(share)}`)
    .join(', ');
}

function remedies(shares: readonly Share[]): string[] {
  const full = shares.filter(({ share }) => share > 1);
  return [...new Set(full.map(({ resource }) => remedyFor(resource)))];
}
