import { OperatorClient } from '@pinroom/client';
import type {
  NodeList,
  OperatorRoomList,
  SystemEntry,
  SystemEventType,
  SystemLogPage,
} from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemLogKey } from '../../src/drivers/redis/keys.js';
import { afterFile } from '../support/after-file.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, newSession } from '../support/http-calls.js';
import { metricOf } from '../support/node-figures.js';
import { codeOf, openSocket } from '../support/raw-socket.js';
import { startOneRedis } from '../support/services.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;

/** Asks a node as an operator does. */
async function ask<T>(node: SpawnedNode, path: string): Promise<T> {
  const answer = await call<T>(`${node.url}/api/ops/${path}`, { token });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

const readLog = (node: SpawnedNode, query = '') => ask<SystemLogPage>(node, `log?${query}`);

/** What the log has of one type. */
async function told(node: SpawnedNode, type: SystemEventType): Promise<SystemEntry[]> {
  return (await readLog(node, `type=${type}&limit=200`)).entries;
}

const nodesOf = async (node: SpawnedNode) => (await ask<NodeList>(node, 'nodes')).nodes;

/** A room of a new user, over HTTP. */
async function openRoom(node: SpawnedNode, title: string) {
  const { accessToken } = await newSession(node.url, 'Ada');
  const { body } = await call<{ room: { id: string; pin: string } }>(`${node.url}/api/rooms`, {
    method: 'POST',
    token: accessToken,
    body: { title },
  });
  const close = () =>
    call(`${node.url}/api/rooms/${body.room.id}/close`, {
      method: 'POST',
      token: accessToken,
      body: {},
    });
  return { ...body.room, accessToken, close };
}

/** Follows the log of a node, and writes down what comes. */
async function follow(node: SpawnedNode, lastEventId?: string) {
  const stop = new AbortController();
  afterFile(() => stop.abort());
  const answer = await fetch(`${node.url}/api/ops/log`, {
    signal: stop.signal,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const entries: SystemEntry[] = [];
  const followed = { entries, isOver: false, stop: () => stop.abort() };
  const read = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, id, data] = /^id: (.+)\ndata: (.+)$/.exec(block) ?? [];
        if (data === undefined) continue;
        const entry = JSON.parse(data) as SystemEntry;
        expect(entry.id).toBe(id);
        entries.push(entry);
      }
    }
  };
  read()
    .catch(() => {})
    .finally(() => {
      followed.isOver = true;
    });
  return followed;
}

describe('operators of three nodes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode, SpawnedNode];
  let env: Record<string, string>;

  beforeAll(async () => {
    backends = await startBackends();
    env = { ...UNLIMITED, ...backends.env };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
      spawnNode({ env }),
    ]);
  });

  it('see the nodes, how they are, and that they are up', async () => {
    // Each node tells of itself every few seconds: until all have, one may still
    // claim the tags that it has given, or is to give, to the others.
    const all = await until(async () => {
      const living = await nodesOf(nodes[0]);
      const tags = living.reduce((sum, node) => sum + node.tags, 0);
      const isShared = tags === 256 && living.every((node) => node.tags > 80);
      return living.length === 3 && isShared && living;
    }, 15_000);
    expect(all.map(({ pid }) => pid).sort()).toEqual(nodes.map(({ pid }) => pid).sort());
    expect(all[0]).toMatchObject({
      version: expect.stringMatching(/^\d+\./),
      backends: { redis: 'up', postgres: 'up' },
      draining: false,
    });
    const up = await told(nodes[1], 'node-up');
    expect(up.map(({ payload }) => payload.pid).sort()).toEqual(all.map(({ pid }) => pid).sort());
    expect(up[0]).toMatchObject({ level: 'info', payload: { reason: 'started' } });
    const { socket } = await openSocket(nodes[2].url, 'Ada');
    await until(async () => {
      const { sockets } = (await nodesOf(nodes[0])).find(({ pid }) => pid === nodes[2].pid) ?? {};
      return sockets === 1;
    });
    socket.close();
  });

  it('find the room that a caller names by its PIN, and page through all', async () => {
    const rooms = [];
    for (let n = 0; n < 5; n++) rooms.push(await openRoom(nodes[0], `Room ${n}`));
    const [wanted] = rooms;
    const { socket } = await openSocket(nodes[1].url, 'Grace');
    await socket.must('room:join', { pin: wanted?.pin ?? '' });
    const found = await ask<OperatorRoomList>(nodes[2], `rooms?pin=${wanted?.pin}`);
    expect(found).toMatchObject({
      rooms: [{ id: wanted?.id, title: 'Room 0', memberCount: 1, online: 1, closedAt: null }],
      nextCursor: null,
    });
    expect((await ask<OperatorRoomList>(nodes[2], 'rooms?pin=1111')).rooms).toEqual([]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: OperatorRoomList = await ask(
        nodes[1],
        `rooms?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.rooms.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(rooms.map(({ id }) => id).sort());
    await wanted?.close();
    await until(async () => {
      const { rooms: left } = await ask<OperatorRoomList>(nodes[0], 'rooms');
      return left.length === 4 && left.every(({ id }) => id !== wanted?.id);
    });
    socket.close();
  });

  it('look into a room, and leave a trace where they read what is said', async () => {
    const [here, there, elsewhere] = nodes;
    const operator = new OperatorClient({ url: there.url, token });
    const stop = new AbortController();
    const reads: SystemEntry[] = [];
    const following = (async () => {
      const options = { type: 'room-read', signal: stop.signal } as const;
      for await (const entry of operator.followLog(options)) reads.push(entry);
    })();
    const room = await openRoom(here, 'Looked at');
    const { socket, userId } = await openSocket(elsewhere.url, 'Grace');
    await socket.must('room:join', { pin: room.pin });
    const key = 'said once';
    for (let n = 0; n < 2; n++) {
      await socket.must('room:send', { roomId: room.id, type: 'chat', payload: 'a secret', key });
    }
    const refused = await socket.ask('room:send', {
      roomId: room.id,
      channel: 'log',
      type: 'x',
      payload: 1,
    });
    expect(codeOf(refused)).toBe('bad_request');
    const view = await until(async () => {
      const found = await operator.room(room.id);
      return found.channels.every(({ archivedId, lastId }) => archivedId === lastId) && found;
    });
    expect(view).toMatchObject({
      room: { id: room.id, pin: room.pin, online: 1, settings: { approval: false } },
      members: [{ userId, nickname: 'Grace', role: 'player', online: true }],
      memberCount: 1,
      nextCursor: null,
      channels: [{ channel: 'log' }, { channel: 'room', lastId: `${view.room.epoch}-0` }],
    });
    expect(view.room.hostIds).toHaveLength(1);
    expect(JSON.stringify(view)).not.toContain('a secret');
    for (let n = 0; n < 3; n++) {
      const { entries } = await operator.entries(room.id, { limit: 10 });
      expect(entries.map(({ payload }) => payload)).toEqual(['a secret']);
    }
    await operator.entries(room.id, { channel: 'log' });
    await until(() => reads.length === 2);
    expect(reads).toMatchObject([
      { level: 'info', payload: { roomId: room.id, channel: 'room' } },
      { level: 'info', payload: { roomId: room.id, channel: 'log' } },
    ]);
    expect(there.output()).toContain('an operator reads what is said in a room');
    stop.abort();
    await following;
    const said = await until(async () => {
      const node = (await nodesOf(here)).find(({ pid }) => pid === elsewhere.pid);
      return node && node.entries > 0 && node;
    });
    expect(said).toMatchObject({ entries: 1, refused: { bad_request: 1 } });
    socket.close();
    await room.close();
    const closed = await until(async () => {
      const found = await operator.room(room.id);
      return found.room.closedAt !== null && found;
    });
    expect(closed).toMatchObject({ room: { online: 0 }, hostState: 'gone' });
    expect(closed.members.filter(({ online }) => online)).toEqual([]);
    expect((await operator.entries(room.id)).entries).toHaveLength(1);
    await expect(operator.room(nodes[0].url)).rejects.toMatchObject({ code: 'room_not_found' });
  });

  it.each([0, 1] as const)('follow the log at node %i, and go on where they were', async (at) => {
    const node = nodes[at];
    const other = nodes[1 - at] ?? node;
    const first = await follow(node);
    const room = await openRoom(other, 'Told live');
    await until(() => first.entries.some(({ payload }) => payload.roomId === room.id));
    expect(first.entries.at(-1)).toMatchObject({ type: 'room-opened', level: 'info' });
    first.stop();
    const lastId = first.entries.at(-1)?.id;
    await room.close();
    const again = await follow(other, lastId);
    await until(() => again.entries.length > 0);
    expect(again.entries[0]).toMatchObject({
      type: 'room-closed',
      payload: { roomId: room.id, reason: 'closed' },
    });
    again.stop();
    // Places are given back when a follower goes, not when the next comment could not be sent.
    for (let n = 0; n < 20; n++) (await until(() => follow(node))).stop();
  });

  it('page from the newest entry back to the first, across Redis and the archive', async () => {
    const everything = (await readLog(nodes[0], 'limit=200')).entries;
    expect(everything.length).toBeGreaterThan(10);
    const archived = 'select count(*)::int as rows from system_log';
    await until(
      async () => (await backends.query<{ rows: number }>(archived))[0]?.rows === everything.length,
    );
    const redis = connectToRedis(backends.redis.url);
    await redis.xtrim(systemLogKey, 'MAXLEN', '=', 5);
    redis.disconnect();
    const back: SystemEntry[] = [];
    const sources = new Set<string>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: SystemLogPage = await readLog(
        nodes[1],
        `limit=4${cursor ? `&before=${cursor}` : ''}`,
      );
      back.unshift(...page.entries);
      sources.add(page.source);
      cursor = page.nextCursor;
    }
    expect(back).toEqual(everything);
    expect(sources).toEqual(new Set(['redis', 'archive']));
    const forth: SystemEntry[] = [];
    for (cursor = '0-0'; cursor !== null; ) {
      const page: SystemLogPage = await readLog(nodes[1], `limit=4&after=${cursor}`);
      forth.push(...page.entries);
      cursor = page.nextCursor;
    }
    expect(forth).toEqual(everything);
  });

  it('still have the log when Redis has lost everything, and what comes then beside it', async () => {
    const before = (await readLog(nodes[0], 'limit=200')).entries;
    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    expect((await readLog(nodes[0], 'limit=200')).entries).toEqual(before);
    const room = await openRoom(nodes[0], 'After the loss');
    const after = await until(async () => {
      const { entries } = await readLog(nodes[1], 'limit=200');
      return entries.length > before.length && entries;
    });
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ payload }) => payload.roomId)).toContain(room.id);
  });

  it('read in /metrics what people do, and how nodes and backends are', async () => {
    const [near, far] = nodes;
    const kinds = ['entries_accepted_total', 'entries_repeated_total', 'append_seconds_count'];
    const figures = kinds.map((name) => `pinroom_${name}`);
    const before = await Promise.all(figures.map((name) => metricOf(near, name)));
    const host = await openSocket(near.url, 'Ada');
    const guests = [await openSocket(far.url, 'Grace'), await openSocket(far.url, 'Joan')];
    const { room } = await host.socket.must('room:create', {});
    await host.socket.must('room:join', { roomId: room.id });
    for (const { socket } of guests) await socket.must('room:join', { roomId: room.id });
    const delivered = ['pinroom_entries_delivered_total', 'pinroom_deliveries_total'] as const;
    const there = await Promise.all(delivered.map((name) => metricOf(far, name)));
    for (let n = 0; n < 3; n++) {
      const entry = { roomId: room.id, type: 'chat', payload: n, key: `${n}` };
      await host.socket.must('room:send', entry);
      if (n === 0) await host.socket.must('room:send', entry);
    }
    await host.socket.must('room:history', { roomId: room.id });
    const counted = await Promise.all(figures.map((name) => metricOf(near, name)));
    expect(counted.map((count, n) => count - (before[n] ?? 0))).toEqual([3, 1, 4]);
    // On the other node each entry is handed to two sockets.
    await until(async () => {
      const now = await Promise.all(delivered.map((name) => metricOf(far, name)));
      return now[0] === (there[0] ?? 0) + 3 && now[1] === (there[1] ?? 0) + 6;
    });
    const text = (await call(`${near.url}/metrics`, { token })).text;
    for (const line of [
      /^pinroom_build_info\{version="\d.*",transport="uws"\} 1$/m,
      /^pinroom_rooms_opened_total [1-9]/m,
      /^pinroom_http_seconds_count\{route="metrics"\} [1-9]/m,
      /^pinroom_log_lines_total\{level="error"\} 0$/m,
      /^pinroom_clock_ahead_seconds -?\d/m,
      /^pinroom_history_seconds_count\{source="redis"\} [1-9]/m,
      /^pinroom_store_reads_total\{what="room",source="redis"\} [1-9]/m,
      /^pinroom_backend_ping_seconds_count\{backend="redis"\} [1-9]/m,
      /^pinroom_backend_ping_seconds_count\{backend="postgres"\} [1-9]/m,
      /^pinroom_event_loop_delay_seconds_count [1-9]/m,
      /^pinroom_redis_memory_used_ratio \d/m,
      /^pinroom_internal_faults_total 0$/m,
    ]) {
      expect(text).toMatch(line);
    }
    for (const { socket } of [host, ...guests]) socket.close();
  });

  it('are told once that a node was killed, though two others watch, and see it no more', async () => {
    // Lives are judged by nodes whose own lease has run without a break.
    await until(async () => (await nodesOf(nodes[0])).length === 3, 15_000);
    const followed = await follow(nodes[0]);
    const victim = (await nodesOf(nodes[0])).find(({ pid }) => pid === nodes[2].pid);
    const { socket } = await openSocket(nodes[2].url, 'Ada');
    const { room } = await socket.must('room:create', {});
    await socket.must('room:join', { roomId: room.id });
    await nodes[2].kill();
    await until(async () => (await nodesOf(nodes[1])).length === 2, 15_000);
    await until(() => followed.entries.some(({ type }) => type === 'node-down'), 20_000);
    const down = await told(nodes[1], 'node-down');
    expect(down).toMatchObject([
      {
        level: 'warn',
        payload: { nodeId: victim?.id, life: victim?.life, pid: nodes[2].pid, reason: 'silent' },
      },
    ]);
    expect(down[0]?.nodeId).not.toBe(victim?.id);
    // Whoever looks after the room gives up the seats of the node that died.
    await until(async () => {
      const living = nodes.slice(0, 2);
      const given = living.map((node) => metricOf(node, 'pinroom_dead_sockets_total'));
      return (await Promise.all(given)).some((count) => count > 0);
    }, 15_000);
    followed.stop();
  }, 60_000);

  it('are told that a node stops, their stream of it ends, and its log is archived', async () => {
    const followed = await follow(nodes[1]);
    const elsewhere = await follow(nodes[0]);
    expect(await nodes[1].stop()).toBe(0);
    await until(() => followed.isOver);
    await until(() => elsewhere.entries.some(({ payload }) => payload.reason === 'stopped'));
    expect(await nodes[0].stop()).toBe(0);
    const rows = await backends.query<{ type: string; payload: string }>(
      `select type, payload from system_log where type = 'node-down' order by ms, seq`,
    );
    expect(rows.map(({ payload }) => JSON.parse(payload).reason)).toEqual([
      'silent',
      'stopped',
      'stopped',
    ]);
  }, 60_000);
});

it('an outage of PostgreSQL, and the lag of the archive, are in the log afterwards', async () => {
  const backends = await startBackends({}, startOneRedis);
  const url = new URL(backends.database.url);
  const line = await openProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = `${line.port}`;
  const env = { ...UNLIMITED, ...backends.env, DATABASE_URL: url.href };
  const node = await spawnNode({ env });
  const room = await openRoom(node, 'Goes on');
  const since = (await readLog(node)).entries.at(-1)?.id ?? '';
  line.set('cut');
  await call(`${node.url}/api/rooms/${room.id}/entries`, {
    method: 'POST',
    token: room.accessToken,
    body: { type: 'chat', payload: 'waits' },
  });
  await until(async () => (await told(node, 'backend-lost')).length === 1, 15_000);
  // What is hot is answered all the same.
  expect(await readLog(node, 'limit=200')).toMatchObject({ source: 'redis' });
  await until(async () => (await told(node, 'archive-lag')).length === 1, 30_000);
  await until(async () => (await metricOf(node, 'pinroom_archive_lag_seconds')) > 5, 10_000);
  expect(await metricOf(node, 'pinroom_archive_backlog_entries')).toBeGreaterThan(0);
  line.set('pass');
  await until(async () => (await told(node, 'archive-lag')).length === 2, 30_000);
  const { entries } = await readLog(node, `after=${since}`);
  const types = entries.map(({ type, payload }) => [type, payload.backend ?? payload.state]);
  expect(types.slice(0, 2)).toEqual([
    ['backend-lost', 'postgres'],
    ['archive-lag', 'begins'],
  ]);
  // Which of both is noticed first is chance.
  expect(types.slice(2)).toHaveLength(2);
  expect(types).toContainEqual(['backend-found', 'postgres']);
  expect(types).toContainEqual(['archive-lag', 'ends']);
  // And what happened while nobody could write it down.
  backends.redis.pause();
  await until(
    async () => (await call(`${node.url}/healthz`)).text.includes('redis does not'),
    15_000,
  );
  const cameBackAt = Date.now();
  backends.redis.resume();
  const lost = await until(async () => {
    const all = [...(await told(node, 'backend-lost')), ...(await told(node, 'backend-found'))];
    const ofRedis = all.filter(({ payload }) => payload.backend === 'redis');
    return ofRedis.length === 2 && ofRedis[0];
  }, 15_000);
  expect(lost.at).toBeLessThanOrEqual(cameBackAt);
}, 90_000);

it('one node without Redis keeps its log over a restart, and lists itself and its rooms', async () => {
  const first = await spawnNode({ env: UNLIMITED });
  const room = await openRoom(first, 'Embedded');
  expect(await nodesOf(first)).toMatchObject([{ pid: first.pid, tags: 256 }]);
  expect((await ask<OperatorRoomList>(first, `rooms?pin=${room.pin}`)).rooms).toHaveLength(1);
  await first.stop();
  const second = await spawnNode({ env: UNLIMITED, dataDir: first.dataDir });
  const { entries } = await until(async () => {
    const page = await readLog(second);
    return page.entries.length >= 4 && page;
  });
  expect(entries.map(({ type }) => type)).toEqual([
    'node-up',
    'room-opened',
    'node-down',
    'node-up',
  ]);
}, 90_000);

it('without an operator token there is nothing to ask for', async () => {
  const { env } = await startBackends();
  const node = await spawnNode({ env: { ...env, PINROOM_OPERATOR_TOKEN: undefined } });
  for (const path of ['log', 'rooms', 'nodes']) {
    expect((await call(`${node.url}/api/ops/${path}`, { token })).code).toBe('not_found');
  }
});
