import { setTimeout as delay } from 'node:timers/promises';
import { roomKey, streamKey, unarchivedKey } from '../../../src/drivers/redis/keys.js';
import { ALL_TAGS } from '../../../src/engine/runtime/random.js';
import { startRedis } from '../../support/services.js';
import { until } from '../../support/until.js';
import { DURABLE, type House } from './house.js';
import { mastersOf, moveSlot } from './move-slot.js';
import { pick } from './random.js';
import type { Rig } from './rig.js';

/** Something that goes wrong with a house; when it resolves, it is over. */
export interface FaultKind {
  readonly name: string;
  /** How long it has to last for every mechanism that it needs to come into play. */
  readonly shortMs: number;
  run(rig: Rig, forMs: number): Promise<void>;
}

const KILL_MS = 3_000;
/** Beyond the lease of a process life, 9 s, and the time until somebody judges it. */
const BEYOND_LEASE_MS = 13_000;
const LOST_TAIL_MS = 1_000;
const MOVED_ROOMS = 6;
/** Its replica notices after 2 s, and is the master a moment later. */
const FAILOVER_MS = 7_000;
const LINK_MS = 15_000;
/** Every so many answers of Redis are swallowed. */
const DROPPED_EVERY = 40;
const TERMINATE_EVERY_MS = 500;
const SLOW_MS = 2_000;
const CUT_EVERY_MS = 1_000;
const FLOOD_BYTES = 15_000;
/** More than the system takes for connections that nobody reads: 5,000 messages where the machine is idle. */
const FLOOD_MS = 5_000;
const FLOOD_MESSAGES = 1_500;

function randomNode({ house, random }: Rig) {
  return pick(random, house.nodes);
}

export const nodeKilled: FaultKind = {
  name: 'a node is killed (SIGKILL) and started again',
  shortMs: KILL_MS,
  async run(rig, forMs) {
    const node = randomNode(rig);
    await rig.house.kill(node);
    await delay(forMs);
    await rig.house.restart(node);
  },
};

export const nodeSilent: FaultKind = {
  name: 'a node stands still (SIGSTOP) beyond its lease, and goes on',
  shortMs: BEYOND_LEASE_MS,
  async run(rig, forMs) {
    const node = randomNode(rig);
    node.process.pause();
    await delay(forMs);
    node.process.resume();
  },
};

/** The others take it for dead; it lives, and has to find that out. */
export const nodeAlone: FaultKind = {
  name: 'a node alone cannot reach Redis beyond its lease',
  shortMs: BEYOND_LEASE_MS,
  async run(rig, forMs) {
    const { toRedis } = randomNode(rig);
    toRedis.set('hold');
    await delay(forMs);
    toRedis.set('pass');
  },
};

export const rollingRestart: FaultKind = {
  name: 'every node is restarted in turn (SIGTERM)',
  shortMs: 0,
  async run({ house }) {
    for (const node of house.nodes) {
      const status = await house.stop(node);
      if (status !== 0) throw new Error(`${node.name} ended with ${status}`);
      await house.restart(node);
      await until(() => node.isReady);
    }
  },
};

export const redisKilled: FaultKind = {
  name: 'Redis is killed (SIGKILL) and reads its append-only file',
  shortMs: BEYOND_LEASE_MS,
  async run({ house }, forMs) {
    await house.redis.kill();
    await delay(forMs);
    await house.redis.restart();
  },
};

export const redisSilent: FaultKind = {
  name: 'Redis stands still (SIGSTOP), and goes on',
  shortMs: BEYOND_LEASE_MS,
  async run({ house }, forMs) {
    house.redis.pause();
    await delay(forMs);
    house.redis.resume();
  },
};

export const redisFlushed: FaultKind = {
  name: 'Redis loses everything (FLUSHALL)',
  shortMs: 0,
  run: ({ house }) => house.withRedis((redis) => redis.flushall()).then(() => {}),
};

/** PostgreSQL may know entries that the new Redis has never heard of, and the other way round. */
export const replicaPromoted: FaultKind = {
  name: 'a replica that lacks the last second takes over',
  shortMs: LOST_TAIL_MS,
  async run({ house }) {
    const old = house.redis;
    const settings = { ...DURABLE, replicaof: `127.0.0.1 ${old.port}` };
    const replica = await startRedis({ settings });
    await until(() => isLinked(house, replica.url), LINK_MS);
    await house.withRedis((redis) => redis.call('REPLICAOF', 'NO', 'ONE'), replica.url);
    await delay(LOST_TAIL_MS);
    await old.kill();
    house.moveRedis(replica);
  },
};

/** What it acknowledged and its replica had not received is lost, and sent again; the other masters go on. */
export const masterKilled: FaultKind = {
  name: 'a master of the Cluster is killed (SIGKILL), and its replica takes over',
  shortMs: FAILOVER_MS,
  async run({ house, random }, forMs) {
    const { cluster } = house;
    if (!cluster) throw new Error('This house has no Cluster.');
    const master = pick(random, await mastersOf(cluster));
    await master.kill();
    await delay(forMs);
    await master.restart();
  },
};

/** As `redis-cli --cluster reshard` does it, key by key. */
export const slotsMoved: FaultKind = {
  name: 'slots of the Cluster move to another master, with the rooms in them',
  shortMs: 0,
  async run({ crowd, house }) {
    const { cluster } = house;
    if (!cluster) throw new Error('This house has no Cluster.');
    const masters = await mastersOf(cluster);
    for (const { roomId } of crowd.rooms.slice(0, MOVED_ROOMS)) {
      await moveSlot(masters, roomKey(roomId));
    }
  },
};

async function isLinked(house: House, url: string): Promise<boolean> {
  const info = await house.withRedis((redis) => redis.info('replication'), url);
  return info.includes('master_link_status:up');
}

export const streamsDeleted: FaultKind = {
  name: 'single streams are deleted',
  shortMs: 0,
  async run({ crowd, house }) {
    const keys = crowd.rooms.slice(0, 10).map(({ roomId }) => streamKey(roomId, 'room'));
    await house.withRedis(async (redis) => {
      for (const key of keys) await redis.del(key);
    });
  },
};

export const redisFull: FaultKind = {
  name: 'the memory of Redis is full',
  shortMs: 6_000,
  async run({ house }, forMs) {
    const setMemory = (bytes: number) =>
      house.withRedis((redis) => redis.config('SET', 'maxmemory', bytes));
    await setMemory(1);
    await delay(forMs);
    // Everything that is archived and trimmed goes on meanwhile.
    await until(async () => {
      const marks = await house.withRedis((redis) =>
        Promise.all(ALL_TAGS.map((tag) => redis.zcard(unarchivedKey(tag)))),
      );
      return marks.every((count) => count === 0);
    }, LINK_MS);
    await setMemory(0);
  },
};

export const subscriberCut: FaultKind = {
  name: 'the subscriber connections of nodes break, again and again',
  shortMs: 4_000,
  async run(rig, forMs) {
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      randomNode(rig).toRedis.cutOpen('subscribers');
      await delay(CUT_EVERY_MS);
    }
  },
};

export const subscriberSilent: FaultKind = {
  name: 'the subscriber connections of nodes stay open and bring nothing',
  shortMs: 8_000,
  async run({ house }, forMs) {
    for (const { toRedis } of house.nodes) toRedis.silenceOpen('subscribers');
    await delay(forMs);
  },
};

export const repliesDropped: FaultKind = {
  name: 'answers of Redis get lost, with their connection',
  shortMs: 8_000,
  async run({ house }, forMs) {
    for (const { toRedis } of house.nodes) toRedis.dropReplies(DROPPED_EVERY, 'commands');
    await delay(forMs);
    for (const { toRedis } of house.nodes) toRedis.dropReplies(0);
  },
};

export const postgresStopped: FaultKind = {
  name: 'PostgreSQL is stopped, and started again',
  shortMs: 12_000,
  async run({ house }, forMs) {
    await house.postgres.kill();
    await delay(forMs);
    await house.postgres.restart();
  },
};

export const postgresSilent: FaultKind = {
  name: 'the lines to PostgreSQL stay open and carry nothing',
  shortMs: 12_000,
  async run({ house }, forMs) {
    for (const { toPostgres } of house.nodes) toPostgres.set('hold');
    await delay(forMs);
    for (const { toPostgres } of house.nodes) toPostgres.set('pass');
  },
};

export const postgresSlow: FaultKind = {
  name: 'every answer of PostgreSQL takes 2 s',
  shortMs: 10_000,
  async run({ house }, forMs) {
    for (const { toPostgres } of house.nodes) toPostgres.delayReplies(SLOW_MS);
    await delay(forMs);
    for (const { toPostgres } of house.nodes) toPostgres.delayReplies(0);
  },
};

export const postgresTerminating: FaultKind = {
  name: 'PostgreSQL ends every connection, twice a second',
  shortMs: 8_000,
  async run({ house }, forMs) {
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      await house.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pinroom'`,
      );
      await delay(TERMINATE_EVERY_MS);
    }
  },
};

export const diskFull: FaultKind = {
  name: 'the disk of PostgreSQL is full (SQLSTATE 53100)',
  shortMs: 8_000,
  async run({ house }, forMs) {
    await house.query(`
      create or replace function refuse() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '53100'; end $$;
      create or replace trigger refuse before insert on entries for each row
        execute function refuse()`);
    await delay(forMs);
    await house.query('drop trigger refuse on entries');
  },
};

export const clientsHalfOpen: FaultKind = {
  name: 'a fifth of the clients have connections that are open and carry nothing',
  shortMs: 22_000,
  async run({ house }, forMs) {
    house.weakLine.silenceOpen();
    await delay(forMs);
  },
};

export const readersSlow: FaultKind = {
  name: 'a fifth of the clients do not read, in one room much is said',
  shortMs: FLOOD_MS,
  async run({ crowd, house }, forMs) {
    house.weakLine.set('hold');
    const [room] = crowd.rooms;
    const floodMs = Math.min(forMs, FLOOD_MS);
    if (room) await crowd.flood(room, FLOOD_BYTES, floodMs, FLOOD_MESSAGES);
    await delay(forMs - floodMs);
    house.weakLine.set('pass');
  },
};

/** Everything that can go wrong, for a soak. */
export const ALL_FAULTS: readonly FaultKind[] = [
  nodeKilled,
  nodeSilent,
  nodeAlone,
  rollingRestart,
  redisKilled,
  redisSilent,
  redisFlushed,
  replicaPromoted,
  streamsDeleted,
  redisFull,
  subscriberCut,
  subscriberSilent,
  repliesDropped,
  postgresStopped,
  postgresSilent,
  postgresSlow,
  postgresTerminating,
  diskFull,
  clientsHalfOpen,
  readersSlow,
];
