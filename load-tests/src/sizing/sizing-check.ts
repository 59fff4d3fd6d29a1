import { Redis } from 'ioredis';
import { type Contender, pinroom } from '../bench/contenders.js';
import { Field } from '../bench/field.js';
import { type BenchHouse, sumOf } from '../bench/house.js';
import { residentBytes } from '../bench/process-cpu.js';
import { usageBetween, usageOf } from '../bench/usage.js';
import { seededRandom } from '../load/seeded-random.js';
import { pause } from '../waiting.js';
import { exactly, type Finding, nearly, shownOnly } from './finding.js';
import { loadOf } from './load-profile.js';
import { callsBetween, type RedisFigures, readRedis } from './redis-figures.js';
import { demandOf, scriptsOf } from './sizing-model.js';
import { cost } from './unit-costs.js';

/** What PostgreSQL holds. */
export interface ArchiveFigures {
  readonly rooms: number;
  readonly members: number;
  readonly sessions: number;
  /** Entries of the logs; of all other channels, and the mean length of their payloads. */
  readonly logged: number;
  readonly said: number;
  readonly payloadBytes: number;
  /** Of the table of entries with its indexes. */
  readonly entryBytes: number;
}

/** The servers that it runs against, as `infra/sizing.mjs` has started them. */
export interface SizingHouse extends BenchHouse {
  readonly redisUrl: string;
  readArchive(): Promise<ArchiveFigures>;
}

export interface SizingRun {
  readonly rooms: number;
  readonly members: number;
  /** Entries a second of a room. */
  readonly rate: number;
  readonly seconds: number;
  /** Only what is exact: a few seconds are too short for the rest. */
  readonly isQuick: boolean;
}

const CALM_MS = 2_000;
const ARCHIVED_MS = 15_000;
const LOOK_MS = 200;
const DAY_SECONDS = 86_400;
/** What is no count, but a size or a mean. */
const ABOUT = 0.25;

/** Does at a small scale what the model has calculated, and compares. */
export async function checkSizing(house: SizingHouse, run: SizingRun): Promise<Finding[]> {
  const redis = new Redis(house.redisUrl);
  const contender = pinroom(house, { nodes: house.nodes });
  try {
    return await compare(house, run, contender, () => readRedis(redis));
  } finally {
    await contender.stop();
    redis.disconnect();
  }
}

async function compare(
  house: SizingHouse,
  run: SizingRun,
  contender: Contender,
  look: () => Promise<RedisFigures>,
): Promise<Finding[]> {
  const { isQuick, members, rooms } = run;
  const people = rooms * members;
  const calm = () => pause(CALM_MS);
  // What Redis needs once comes with the first room.
  await contender.openRoom();
  await calm();
  const empty = await look();
  let opened: Promise<RedisFigures> | undefined;
  const prepared = await Field.prepare(
    {
      ...contender,
      // The first who needs a session comes when all rooms are open.
      async auth(url, number) {
        opened ??= calm().then(look);
        await opened;
        return contender.auth(url, number);
      },
    },
    run,
    { nodes: 'spanning' },
  );
  await calm();
  const withRooms = (await opened) ?? empty;
  const withSessions = await look();
  await prepared.fill();
  await calm();
  const withMembers = await look();
  const said = await say(house, run, prepared, look);
  const resident = contender.pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
  prepared.close();

  const findings = said.findings;
  findings.push(
    exactly('rows of rooms', rooms + 1, said.archive.rooms),
    exactly('rows of members', people, said.archive.members),
    // The host of all the rooms has one too.
    exactly('rows of sessions', people + 1, said.archive.sessions),
    exactly('rows of logs: openings and joins', rooms + 1 + people, said.archive.logged),
  );
  if (isQuick) return findings;
  findings.push(
    nearly(
      'Redis, bytes of a room',
      cost('redisRoomBytes'),
      (withRooms.memory - empty.memory) / rooms,
      ABOUT,
    ),
    nearly(
      'Redis, bytes of a session',
      cost('redisSessionBytes'),
      (withSessions.memory - withRooms.memory) / people,
      ABOUT,
    ),
    nearly(
      'Redis, bytes of a member',
      cost('redisMemberBytes'),
      (withMembers.memory - withSessions.memory) / people,
      ABOUT,
    ),
    shownOnly(
      'node, MiB of memory',
      (house.nodes.length * cost('nodeMemory') + people * cost('nodeSocketMemory')) / MIB,
      resident / MIB,
    ),
    shownOnly('nodes that hold a room', said.nodesPerRoom.predicted, said.nodesPerRoom.measured),
  );
  return findings;
}

const MIB = 1_048_576;

async function say(
  house: SizingHouse,
  { isQuick, members, rate, rooms, seconds }: SizingRun,
  field: Field,
  look: () => Promise<RedisFigures>,
) {
  const nodes = house.nodes.length;
  const handedOver = () => sumOf(house, 'pinroom_entries_delivered_total');
  const delivered = () => sumOf(house, 'pinroom_deliveries_total');
  const counted = [await handedOver(), await delivered()] as const;
  const [before, used, startAt] = [
    await look(),
    usageOf(house, field.contender),
    performance.now(),
  ];
  await field.say({ perSecond: rate * rooms, seconds }, seededRandom(1));
  const after = await look();
  const usage = usageBetween(used, usageOf(house, field.contender));
  const took = (performance.now() - startAt) / 1_000;
  const { sent } = field;
  const archive = await archivedUpTo(house, sent);
  const archived = await look();

  const load = {
    ...loadOf(SILENT, rooms * members),
    membersPerRoom: members,
    // What was really said: the moments are random.
    entriesToAll: sent / rooms / took,
    payloadBytes: archive.payloadBytes,
  };
  const demand = demandOf(load, { nodes, masters: 1 });
  const { counts } = demand;
  const handed = (await handedOver()) - counted[0];
  const findings = [
    exactly('entries', sent, callsBetween(before, archived, 'xadd')),
    exactly('deliveries', counts.deliveries * took, (await delivered()) - counted[1]),
    // Members are dealt to the nodes in turn here, not at random as in the model, whose spread is not checked.
    exactly('entries handed to nodes', sent * Math.min(nodes, members), handed),
    exactly('rows of entries', sent, archive.said),
  ];
  if (!isQuick) {
    const entryBytes = archive.entryBytes / (archive.said + archive.logged);
    findings.push(
      nearly(
        'PostgreSQL, bytes of an entry',
        archive.payloadBytes + cost('postgresEntryBytes'),
        entryBytes,
        ABOUT,
      ),
      nearly(
        'Redis, bytes of an entry with its key',
        archive.payloadBytes +
          cost('redisEntryBytes') +
          cost('redisKeyBytes') +
          (cost('redisChannelBytes') * rooms) / sent,
        (archived.memory - before.memory) / sent,
        ABOUT,
      ),
      nearly(
        'Redis, scripts a second',
        scriptsOf(counts, { nodes, masters: 1 }),
        callsBetween(before, after, 'evalsha') / took,
        ABOUT,
      ),
      nearly(
        'Redis, kB sent a second',
        demand.redis.bytesOut / 1_000,
        (after.bytesOut - before.bytesOut) / took / 1_000,
        ABOUT,
      ),
      shownOnly('nodes, cores', demand.nodes.cores, usage.node / took),
      shownOnly('Redis, cores', demand.redis.cores, usage.redis / took),
      shownOnly('PostgreSQL, cores', demand.postgres.cores, usage.postgres / took),
    );
  }
  return {
    archive,
    findings,
    nodesPerRoom: { predicted: counts.nodesPerRoom, measured: handed / sent },
  };
}

/** Everybody is there already, and stays. */
const SILENT = {
  about: 'who speaks is in the room already',
  membersPerRoom: 1,
  entriesToAll: 0,
  entriesToHost: 0,
  payloadBytes: 0,
  staySeconds: 1_000 * DAY_SECONDS,
  newcomers: 0,
  hoursPerDay: 24,
};

async function archivedUpTo(house: SizingHouse, sent: number): Promise<ArchiveFigures> {
  const end = performance.now() + ARCHIVED_MS;
  for (;;) {
    const archive = await house.readArchive();
    if (archive.said >= sent || performance.now() > end) return archive;
    await pause(LOOK_MS);
  }
}
