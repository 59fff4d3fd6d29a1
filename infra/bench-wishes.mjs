// What a benchmark cannot get over the protocol: rows by the million, thousands of PINs in use, entries
// that wait for the archive, a node that reaches Redis another way. Each of `WISHES` takes the house and what
// is wished for; what it answers goes to who wishes.

import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import * as keys from '../server/dist/drivers/redis/keys.js';
import { openRedis } from '../server/dist/drivers/redis/redis-clients.js';
import { RedisRoomFeed } from '../server/dist/drivers/redis/redis-room-feed.js';

const DAY_MS = 86_400_000;
const AT_ONCE = 500;
const NOBODY = '00000000-0000-7000-8000-000000000000';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const uncounted = { count() {}, set() {}, observe() {} };

/** So many entries of a closed room's `room` channel, as if they had been said. */
async function fillArchive({ databaseUrl }, { roomId, rows }) {
  if (!databaseUrl) throw new Error('The embedded archive lets nobody else in.');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into entries (room_id, channel, epoch, seq, at, type, payload)
       select $1::uuid, 'room', 1, n, n, 'chat', json_build_object('text', md5(n::text), 'n', n)::text
       from generate_series(0, $2::int - 1) as n`,
      [roomId, rows],
    );
    await client.query('analyze entries');
  } finally {
    await client.end();
  }
}

/** PINs of a length in use, until so many are. */
async function fillPins(redis, { length, count }) {
  const low = 10 ** (length - 1);
  const live = keys.livePinsKey(length);
  for (;;) {
    const missing = count - Number(await redis.calls.call('ZCARD', live));
    if (missing <= 0) return;
    const pins = Array.from({ length: Math.min(missing, AT_ONCE) }, () =>
      String(randomInt(low, 10 * low)),
    );
    await redis.calls.callAll(
      pins.flatMap((pin) => [
        ['SET', keys.pinKey(pin), NOBODY, 'PX', DAY_MS, 'NX'],
        ['ZADD', live, Date.now() + DAY_MS, pin],
      ]),
    );
  }
}

/**
 * Entries of the application in these rooms, so many in all; `perSecond` absent: as fast as it goes. Answers when
 * it began.
 */
async function fillStreams(redis, { roomIds, entries, perSecond }) {
  const feed = new RedisRoomFeed(redis, { backlogEntries: 10_000_000 });
  const startedAt = performance.now();
  const append = (n) =>
    feed.append({
      roomId: roomIds[n % roomIds.length],
      sender: null,
      channel: 'room',
      type: 'chat',
      payloadJson: JSON.stringify({ text: 'What everybody in the room gets to read', n }),
      key: null,
      once: null,
    });
  for (let done = 0; done < entries; ) {
    const due = perSecond ? ((performance.now() - startedAt) / 1_000) * perSecond : entries;
    const size = Math.min(AT_ONCE, Math.min(entries, Math.floor(due)) - done);
    if (size <= 0) {
      await pause(2);
      continue;
    }
    await Promise.all(Array.from({ length: size }, (_, n) => append(done + n)));
    done += size;
  }
  return performance.timeOrigin + startedAt;
}

/** A wish that wants the drivers' connections to Redis. */
function withRedis(grant) {
  return async ({ redisUrl }, wish) => {
    const redis = await openRedis({ urls: [redisUrl], logger: silent, metrics: uncounted });
    try {
      return await grant(redis, wish);
    } finally {
      await redis.close();
    }
  };
}

/** Processes that were started with `collect-garbage.mjs` give back what nothing holds. */
async function collectGarbage(_house, { pids }) {
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
}

/** Nodes that a part has added, by their address. */
const added = new Map();

/** One more node, to which Redis is at `redisUrl`. */
async function addNode({ addNode: add }, { redisUrl }) {
  const node = await add({ REDIS_URL: redisUrl });
  added.set(node.url, node);
  return { url: node.url, pid: node.pid };
}

async function endNode(_house, { url }) {
  await added.get(url)?.stop();
  added.delete(url);
}

export const WISHES = {
  addNode,
  collectGarbage,
  endNode,
  fillArchive,
  fillPins: withRedis(fillPins),
  fillStreams: withRedis(fillStreams),
};
