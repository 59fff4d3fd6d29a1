import type { Section } from '../bench/section.js';
import { HEADROOM, type Plan, planFor } from './house-plan.js';
import type { Load } from './load-profile.js';
import { pinDigits, pinsTaken, secondsUntilBack } from './sizing-model.js';
import { number, percent, size } from './sizing-words.js';

/** For a terminal, or a page. */
export type Table = Pick<Section, 'columns' | 'rows'>;

const GB = 1e9;
const MB = 1e6;

/** The sizes that are worked out. */
export const STEPS = [1_000, 10_000, 100_000, 1_000_000] as const;

/** How large a house has to be for so many people. */
export function houseTable(loads: readonly (readonly [name: string, load: Load])[]): Table {
  return {
    columns: [
      'sockets',
      '',
      'nodes, a core each',
      'busy',
      'memory of each',
      'Redis',
      'busy',
      'in Redis',
      'PostgreSQL, cores busy',
      'rows a day',
      'disk a day',
      'fullest',
    ],
    rows: loads.map(([name, load]) => {
      const { demand, house, shares } = planFor(load);
      const [first] = shares;
      return [
        number(load.sockets),
        name,
        number(house.nodes),
        percent(demand.nodes.cores / house.nodes),
        size(demand.nodes.memory),
        house.masters === 1 ? '1' : `${house.masters} masters`,
        percent(demand.redis.fullest),
        size(demand.redis.memory),
        number(demand.postgres.cores, 2),
        `${number((demand.postgres.rows * load.hoursPerDay * 3_600) / MB, 1)} M`,
        `${number(demand.postgres.bytesPerDay / GB, 1)} GB`,
        first ? `${first.resource}, ${percent(first.share)}` : '',
      ];
    }),
  };
}

/** What a load comes to, line by line. */
export function detailTable(loads: readonly Load[]): Table {
  const plans = loads.map((load): readonly [Load, Plan] => [load, planFor(load)]);
  const row = (name: string, of: (load: Load, plan: Plan) => string) => [
    name,
    ...plans.map(([load, plan]) => of(load, plan)),
  ];
  return {
    columns: ['', ...loads.map(({ sockets }) => `${number(sockets)} sockets`)],
    rows: [
      row('rooms', (_, { demand }) => number(demand.counts.rooms)),
      row('PINs in use or at rest, digits', (load, { demand: { counts } }) => {
        const pins = pinsTaken(load, counts);
        return `${number(pins)}, ${pinDigits(pins)}`;
      }),
      row('joins a second', (_, { demand }) => number(demand.counts.joins, 1)),
      row('entries a second, logs included', (_, { demand: { counts } }) =>
        number(counts.said + counts.logged, 1),
      ),
      row('deliveries a second', (_, { demand }) => number(demand.counts.deliveries)),
      row('nodes that hold a room', (_, { demand }) => number(demand.counts.nodesPerRoom, 1)),
      row('messages from Redis to nodes a second', (_, { demand }) => number(demand.counts.frames)),
      row('commands to Redis a second', (_, { demand }) => number(demand.redis.commands)),
      row('of which to see that nothing is missing in a room', (_, { demand }) =>
        number(2 * demand.counts.checks),
      ),
      row('cores of nodes', (_, { demand }) => number(demand.nodes.cores, 2)),
      row('cores of Redis', (_, { demand }) => number(demand.redis.cores, 2)),
      row('of which PINs and leases, on one master', (_, { demand }) =>
        number(demand.redis.once, 3),
      ),
      row('Redis to nodes', (_, { demand }) => `${number(demand.redis.bytesOut / MB, 1)} MB/s`),
      row('nodes to people', (_, { demand }) => `${number(demand.nodes.bytesOut / MB, 1)} MB/s`),
      row('memory of Redis', (_, { demand }) => size(demand.redis.memory)),
      row('of which sessions', (_, { demand }) => size(demand.redis.sessionMemory)),
      row('rows into PostgreSQL a second', (_, { demand }) => number(demand.postgres.rows)),
      row('cores of PostgreSQL', (_, { demand }) => number(demand.postgres.cores, 2)),
      row('connections to PostgreSQL, at most', (_, { demand }) =>
        number(demand.postgres.connections),
      ),
      row(
        'until the people of a lost node are back',
        (load, { demand, house }) => `${number(secondsUntilBack(load, house, demand), 1)} s`,
      ),
    ],
  };
}

/** How full things may be. */
export function headroomWords(): string {
  const perSecond = (bytes: number) => `${number(bytes / MB)} MB/s`;
  return (
    `A house is large enough where, with one node lost, none of the others is busier than ${percent(HEADROOM.nodeBusy)} of its core, has more than ` +
    `${number(HEADROOM.nodeSockets)} sockets or sends more than ${perSecond(HEADROOM.nodeBytesOut)}, and the people of the lost one are in again within ` +
    `${HEADROOM.backSeconds} s; where no master of Redis is busier than ${percent(HEADROOM.redisBusy)}, holds more than ${size(HEADROOM.redisMemory)} or sends more than ` +
    `${perSecond(HEADROOM.redisBytesOut)}, and PINs and leases take no more than ${percent(HEADROOM.redisOnce)} of a core of the one that has them; and where a PostgreSQL of ` +
    `${HEADROOM.postgresCores} cores is half idle and writes no more than ${perSecond(HEADROOM.postgresBytes)} of new rows. Nodes and masters are added until that is so; what is above ` +
    '100 % all the same does not spread over them: then no house of this kind is large enough.'
  );
}
