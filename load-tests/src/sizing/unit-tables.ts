import type { Table } from './sizing-tables.js';
import { number } from './sizing-words.js';
import { UNIT_COSTS, type UnitName } from './unit-costs.js';

/** CPU for one thing: of a node, of Redis, of PostgreSQL. */
export function cpuTable(): Table {
  const row = (thing: string, ...names: readonly (UnitName | null)[]) => [
    thing,
    ...names.map((name) => (name === null ? '' : `${unit(name)}`)),
  ];
  return {
    columns: ['CPU', 'node', 'Redis', 'PostgreSQL'],
    rows: [
      row(
        'a node that does nothing, each second',
        'nodeSecond',
        'redisNodeSecond',
        'postgresNodeSecond',
      ),
      row('looking after all tags, each second', null, 'redisTagsSecond', null),
      row('the lease of a node, each second', null, 'redisLease', null),
      row('… for each node that there is', null, 'redisOtherLease', null),
      row('a joined socket that is silent, each second', 'nodeSocketSecond', null, null),
      row('a room on a node that holds it, each second', 'nodeRoomSecond', 'redisRoomSecond', null),
      row('a room, opened', 'nodeOpening', 'redisOpening', 'postgresOpening'),
      row('… of which on the master of `{pin}`', null, 'redisOpeningPin', null),
      row('a new session', 'nodeSession', 'redisSession', 'postgresRow'),
      row('coming (handshake, join by PIN) and leaving', 'nodeJoin', 'redisJoin', 'postgresRow'),
      row('… of which on the master of `{pin}`', null, 'redisPin', null),
      row('an entry', 'nodeEntry', 'redisEntry', null),
      row('… for each node that holds its room', 'nodeFrame', 'redisFrame', null),
      row('… for each socket that gets it', 'nodeDelivery', null, null),
      row('… archived', 'nodeRow', null, 'postgresRow'),
      row('a channel, each time that it is archived', null, 'redisRound', null),
      row('an insert, with many rows or few', null, null, 'postgresInsert'),
      row('a command that finds Redis asleep, beside its own', null, 'redisWake', null),
    ],
  };
}

/** What one thing keeps, or sends. */
export function bytesTable(): Table {
  const row = (thing: string, ...names: readonly (UnitName | null)[]) => [
    thing,
    ...names.map((name) => (name === null ? '' : `${unit(name)}`)),
  ];
  return {
    columns: ['bytes', 'node', 'Redis', 'PostgreSQL'],
    rows: [
      row('nothing yet', 'nodeMemory', 'redisMemory', null),
      row(
        'a joined socket; the member behind it',
        'nodeSocketMemory',
        'redisMemberBytes',
        'postgresMemberBytes',
      ),
      row('a session', null, 'redisSessionBytes', 'postgresSessionBytes'),
      row('a room with its log', null, 'redisRoomBytes', 'postgresRoomBytes'),
      row('… each other channel that is written to', null, 'redisChannelBytes', null),
      row('an entry, beside its payload', null, 'redisEntryBytes', 'postgresEntryBytes'),
      row('… its idempotency key, for ten minutes', null, 'redisKeyBytes', null),
      row(
        '… sent to a socket; to a node; to who archives it',
        'wireBytes',
        'frameBytes',
        'readBytes',
      ),
      row(
        'where a room stands, every 12 s: to a socket; to a node',
        'topBytes',
        'checkBytes',
        null,
      ),
    ],
  };
}

function unit(name: UnitName): string {
  const { unit: of, value } = UNIT_COSTS[name];
  return `${number(value, value < 100 && value % 1 !== 0 ? 1 : 0)} ${of}`;
}
