import { Redis } from 'ioredis';
import { archivedEntries, untilArchived } from '../bench/archived-entries.js';
import { newSession, pinroom } from '../bench/contenders.js';
import { entryWindow } from '../bench/entry-window.js';
import { Field, type Seating, type Shape } from '../bench/field.js';
import type { BenchHouse } from '../bench/house.js';
import { residentBytes } from '../bench/process-cpu.js';
import { median } from '../bench/statistics.js';
import { type Usage, usageBetween, usageOf } from '../bench/usage.js';
import { seededRandom } from '../load/seeded-random.js';
import { abreast, pause } from '../waiting.js';
import { PUMP_ROUNDS } from './load-counts.js';
import type { SizingHouse } from './sizing-check.js';
import type { UnitName } from './unit-costs.js';

/** What was found, in µs of CPU, or in bytes where the unit is in bytes. */
export type FoundUnits = { readonly [name in UnitName]?: number | undefined };

const US = 1e6;
const IDLE_SECONDS = 12;
/** Each room is compared twice in it. */
const SILENT_SECONDS = 24;
const CALM_MS = 2_000;
const PEOPLE = 2_000;
const OPENED = 200;
const LANES = 32;
/** The nodes are told to let who is gone go after a second. */
const GONE_MS = 4_000;
const SAYING = { perSecond: 600, seconds: 2 };
const ROUNDS = 5;
const ARCHIVED_MS = 60_000;
const FLOOD = 20_000;
const FLOODED = 10;
const FRAME_BYTES = 430;

/** What one node costs that does nothing, and what Redis does for an entry when it has no pause. */
export async function measureOne(house: SizingHouse): Promise<FoundUnits & { idle: Usage }> {
  const resident = residentBytes(house.nodes[0]?.pid ?? 0);
  await warmUp(house);
  const idle = await idleOf(house);
  return { idle, nodeMemory: resident, redisFrame: await flooded(house) };
}

/** What the rest costs, on several nodes. */
export async function measureMany(
  house: SizingHouse,
  alone: FoundUnits & { idle: Usage },
): Promise<FoundUnits> {
  const nodes = house.nodes.length;
  await warmUp(house);
  const idle = await idleOf(house);
  const redisNodeSecond = (idle.redis - alone.idle.redis) / (nodes - 1);
  const found: FoundUnits = {
    ...{ nodeMemory: alone.nodeMemory, redisFrame: alone.redisFrame },
    nodeSecond: idle.node / nodes,
    redisNodeSecond,
    redisTagsSecond: alone.idle.redis - redisNodeSecond,
    postgresNodeSecond: idle.postgres / nodes,
    ...(await openings(house, idle)),
    ...(await sessions(house, idle)),
    ...(await comings(house, idle)),
    ...(await silence(house, idle)),
  };
  return { ...found, ...(await entries(house, found, idle)) };
}

/** Before its first load a node that does nothing costs more than ever after it. */
async function warmUp(house: BenchHouse): Promise<void> {
  await inField(house, { rooms: 20, members: 20 }, { nodes: 'spanning' }, (field) =>
    entryWindow(house, field, SAYING, seededRandom(3)),
  );
}

/** Of a second, in µs. */
async function idleOf(house: BenchHouse): Promise<Usage> {
  await pause(CALM_MS);
  return perSecond(house, () => pause(IDLE_SECONDS * 1_000));
}

async function perSecond(house: BenchHouse, work: () => Promise<unknown>): Promise<Usage> {
  const startAt = performance.now();
  const used = await usedBy(house, work);
  return divided(used, (performance.now() - startAt) / 1_000);
}

/** In µs, beside what the house does anyway. */
async function usedBy(
  house: BenchHouse,
  work: () => Promise<unknown>,
  idle: Usage = { node: 0, redis: 0, postgres: 0 },
): Promise<Usage> {
  const pids = house.nodes.map(({ pid }) => pid);
  const [before, startAt] = [usageOf(house, { pids }), performance.now()];
  await work();
  const seconds = (performance.now() - startAt) / 1_000;
  const { node, postgres, redis } = usageBetween(before, usageOf(house, { pids }));
  return {
    node: node * US - idle.node * seconds,
    redis: redis * US - idle.redis * seconds,
    postgres: postgres * US - idle.postgres * seconds,
  };
}

function divided({ node, postgres, redis }: Usage, by: number): Usage {
  return { node: node / by, redis: redis / by, postgres: postgres / by };
}

async function openings(house: BenchHouse, idle: Usage): Promise<FoundUnits> {
  const contender = pinroom(house, { nodes: house.nodes });
  const open = (count: number) => abreast(4, count, () => contender.openRoom());
  await open(OPENED / 2);
  const used = await usedBy(house, () => open(OPENED).then(() => pause(CALM_MS)), idle);
  await contender.stop();
  const { node, postgres, redis } = divided(used, OPENED);
  return { nodeOpening: node, postgresOpening: postgres, redisOpening: redis };
}

async function sessions(house: BenchHouse, idle: Usage): Promise<FoundUnits> {
  const begin = (count: number) =>
    abreast(LANES, count, (n) => newSession(house.nodes[n % house.nodes.length]?.url ?? '', n));
  await begin(PEOPLE / 4);
  const used = await usedBy(house, () => begin(PEOPLE).then(() => pause(CALM_MS)), idle);
  const { node, redis } = divided(used, PEOPLE);
  return { nodeSession: node, redisSession: redis };
}

async function comings(house: BenchHouse, idle: Usage): Promise<FoundUnits> {
  const contender = pinroom(house, { nodes: house.nodes });
  const come = async () => {
    const shape = { rooms: PEOPLE / 20, members: 20 };
    const field = await Field.prepare(contender, shape, { nodes: 'together' });
    await pause(CALM_MS);
    const used = await usedBy(
      house,
      async () => {
        await field.fill();
        field.close();
        await pause(GONE_MS);
      },
      idle,
    );
    return divided(used, PEOPLE);
  };
  await come();
  const { node, redis } = await come();
  await contender.stop();
  return { nodeJoin: node, redisJoin: redis };
}

/** Many sockets in few rooms, and few in many: two equations. */
async function silence(house: BenchHouse, idle: Usage): Promise<FoundUnits> {
  const quiet = (shape: Shape) =>
    inField(house, shape, { nodes: 'together' }, async () => {
      const { node, redis } = await perSecond(house, () => pause(SILENT_SECONDS * 1_000));
      return { node: node - idle.node, redis: redis - idle.redis };
    });
  const crowds = await quiet({ rooms: 20, members: 100 });
  const pairs = await quiet({ rooms: 1_000, members: 2 });
  const ofRoom = (pairs.node - crowds.node) / (1_000 - 20);
  return {
    nodeRoomSecond: ofRoom,
    nodeSocketSecond: (crowds.node - 20 * ofRoom) / PEOPLE,
    redisRoomSecond: pairs.redis / 1_000,
  };
}

/** Few readers and many, on one node and on all, in turns: what else the machine does hits all of them. */
async function entries(house: BenchHouse, found: FoundUnits, idle: Usage): Promise<FoundUnits> {
  const contender = pinroom(house, { nodes: house.nodes });
  const open = (members: number, nodes: Seating['nodes']) =>
    Field.open(contender, { rooms: 20, members }, { ...(nodes ? { nodes } : {}) });
  const fields = [await open(4, 'together'), await open(4, 'spanning'), await open(44, 'together')];
  const samples = fields.map((): Usage[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [n, field] of fields.entries()) {
      const before = field.sent;
      const say = () => entryWindow(house, field, SAYING, seededRandom(round));
      const used = divided(await usedBy(house, say, idle), field.sent - before);
      if (round > 0) samples[n]?.push(used);
    }
  }
  for (const field of fields) field.close();
  await contender.stop();
  const [few, spread, many] = samples.map(middleOf);
  if (!few || !spread || !many) throw new Error('Nothing was said.');
  const others = house.nodes.length - 1;
  const nodeDelivery = (many.node - few.node) / 40;
  const nodeFrame = (spread.node - few.node) / others;
  const rows = await archived(house);
  return {
    nodeDelivery,
    nodeFrame,
    nodeEntry: few.node - 4 * nodeDelivery - nodeFrame - rows.nodeRow,
    ...rows,
    // At this pace each finds Redis asleep.
    redisWake: few.redis - rows.redisEntry - (found.redisFrame ?? 0),
    postgresInsert:
      ((few.postgres - rows.postgresRow) * SAYING.perSecond) / (PUMP_ROUNDS * (others + 1)),
  };
}

function middleOf(all: readonly Usage[]): Usage {
  return {
    node: median(all.map(({ node }) => node)),
    redis: median(all.map(({ redis }) => redis)),
    postgres: median(all.map(({ postgres }) => postgres)),
  };
}

/** As fast as Redis takes them. */
async function archived(house: BenchHouse) {
  const contender = pinroom(house, { nodes: house.nodes });
  const rooms = await abreast(1, 40, () => contender.openRoom());
  const count = 60_000;
  const goal = (await archivedEntries(house)) + count;
  const used = await usedBy(house, async () => {
    await house.wish({ wish: 'fillStreams', roomIds: rooms.map(({ id }) => id), entries: count });
    await untilArchived(house, goal, ARCHIVED_MS);
  });
  await contender.stop();
  const each = divided(used, count);
  return { nodeRow: each.node, redisEntry: each.redis, postgresRow: each.postgres };
}

/** What one more subscriber of a shard channel costs, while Redis has no pause. */
async function flooded(house: SizingHouse): Promise<number> {
  const publisher = new Redis(house.redisUrl);
  const message = Buffer.alloc(FRAME_BYTES, 'x');
  const flood = async (subscribers: number) => {
    const clients = Array.from({ length: subscribers }, () => new Redis(house.redisUrl));
    try {
      await Promise.all(clients.map((client) => client.ssubscribe('flood')));
      const used = await usedBy(house, async () => {
        for (let sent = 0; sent < FLOOD; sent += 500) {
          const pipeline = publisher.pipeline();
          for (let n = 0; n < 500; n++) pipeline.spublish('flood', message);
          await pipeline.exec();
        }
      });
      return used.redis / FLOOD;
    } finally {
      for (const client of clients) client.disconnect();
    }
  };
  try {
    const [one, many] = [await flood(1), await flood(1 + FLOODED)];
    return (many - one) / FLOODED;
  } finally {
    publisher.disconnect();
  }
}

async function inField<T>(
  house: BenchHouse,
  shape: Shape,
  seating: Seating,
  work: (field: Field) => Promise<T>,
): Promise<T> {
  const contender = pinroom(house, { nodes: house.nodes });
  const field = await Field.open(contender, shape, seating);
  await pause(CALM_MS);
  try {
    return await work(field);
  } finally {
    field.close();
    await contender.stop();
    await pause(GONE_MS);
  }
}
