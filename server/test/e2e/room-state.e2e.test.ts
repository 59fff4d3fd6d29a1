import type { RoomHandle } from '@pinroom/client';
import { mergePatch, type RoomState } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { roomKey, stateKey } from '../../src/drivers/redis/keys.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call, type HttpCall } from '../support/http-calls.js';
import { codeOf, openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

const RECOVERY_MS = 20_000;
const API_KEY = 'the-key-of-an-application';

interface Patch {
  readonly roomId: string;
  readonly version: number;
  readonly patch: unknown;
}

describe('the shared state of a room on two nodes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    backends = await startBackends({ settings: { 'enable-debug-command': 'yes' } });
    const env = { ...UNLIMITED, ...backends.env, PINROOM_API_KEY: API_KEY };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
    ]);
  });

  /** A room with a host and a player on each node. */
  async function staged() {
    const [here, there] = nodes;
    const host = await newPerson(here.url, 'Host');
    const { handle, hostKey, pin, roomId } = await openRoom(host);
    const other = await newPerson(there.url, 'Other host');
    const second = await other.client.joinRoom({ roomId, hostKey });
    const ada = await newPerson(here.url, 'Ada');
    const ben = await newPerson(there.url, 'Ben');
    const players = [await ada.client.joinRoom({ pin }), await ben.client.joinRoom({ pin })];
    return {
      all: [handle, second, ...players],
      ben,
      handle,
      hostKey,
      pin,
      players,
      roomId,
      second,
    };
  }

  function ask<T>(node: SpawnedNode, roomId: string, token: string, request: HttpCall = {}) {
    return call<T>(`${node.url}/api/rooms/${roomId}/state`, { ...request, token });
  }

  const stateOf = async (roomId: string) => (await ask<RoomState>(nodes[1], roomId, API_KEY)).body;

  /** Everybody has the state that the server has. */
  async function agreed(roomId: string, all: readonly RoomHandle[]): Promise<RoomState> {
    const state = await stateOf(roomId);
    await until(() => all.every((room) => room.state.version === state.version), RECOVERY_MS);
    for (const room of all) expect(room.state).toEqual(state);
    return state;
  }

  async function archived(roomId: string, version: number): Promise<void> {
    const statement = 'select version from room_states where room_id = $1';
    await until(async () => {
      const [row] = await backends.query<{ version: number }>(statement, [roomId]);
      return row?.version === version;
    });
  }

  it('reaches everybody patch by patch in one order, and newcomers as a whole', async () => {
    const { all, handle, pin, roomId, second } = await staged();
    expect(handle.state).toEqual({ version: 0, value: {} });
    const watchers: RawSocket[] = [];
    const joins = [];
    for (let n = 0; n < 10; n++) {
      const patches = [handle.patchState({ n, a: { [n]: n } }), second.patchState({ b: [n] })];
      const { socket } = await openSocket(nodes[(n % 2) as 0 | 1].url, `Newcomer ${n}`);
      watchers.push(socket);
      joins.push(socket.must('room:join', { pin }));
      await Promise.all(patches);
    }
    const state = await agreed(roomId, all);
    expect(state).toMatchObject({ version: 20, value: { n: 9, b: [9] } });
    for (const [n, join] of joins.entries()) {
      // What comes live and is not in the snapshot follows it without a hole.
      let { state: own } = await join;
      const seen = () => watchers[n]?.seen<Patch>('room:state') ?? [];
      await until(() => own.version === 20 || seen().at(-1)?.version === 20);
      for (const { version, patch } of seen()) {
        if (version <= own.version) continue;
        expect(version).toBe(own.version + 1);
        own = { version, value: mergePatch(own.value, patch) };
      }
      expect(own).toEqual(state);
    }
  });

  it('loses nothing of what two hosts patch at once on two nodes', async () => {
    const { all, handle, roomId, second } = await staged();
    const patches = [handle, second].flatMap((host, h) =>
      Array.from({ length: 100 }, (_, n) => host.patchState({ [`h${h}`]: { [n]: n } })),
    );
    const versions = await Promise.all(patches);
    expect(new Set(versions).size).toBe(200);
    const { version, value } = await agreed(roomId, all);
    const whole = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [n, n]));
    expect([version, value]).toEqual([200, { h0: whole, h1: whole }]);
  });

  it('lets one of many have a version, and tells the others which one there is', async () => {
    const { all, handle, roomId, second } = await staged();
    await handle.patchState({ holder: null });
    const wishes = [handle, second, handle, second].map((host, n) =>
      refusal(host.patchState({ holder: n }, { ifVersion: 1 })),
    );
    const outcomes = await Promise.all(wishes);
    expect(outcomes.toSorted()).toEqual(['conflict', 'conflict', 'conflict', 'ok']);
    expect(await agreed(roomId, all)).toEqual({
      version: 2,
      value: { holder: outcomes.indexOf('ok') },
    });
    // Whose answer was lost gets the same for a repetition, and finds the own value there.
    const again = await refusal(handle.patchState({ holder: 0 }, { ifVersion: 1 }));
    expect(again).toBe('conflict');
    const body = { patch: { holder: 9 }, ifVersion: 1 };
    const answer = await ask(nodes[0], roomId, API_KEY, { method: 'PATCH', body });
    expect(answer).toMatchObject({ status: 409, code: 'conflict' });
    expect(answer.text).toContain('version 2');
  });

  it('is patched by hosts and applications alone, and read by members alone', async () => {
    const { all, handle, pin, roomId } = await staged();
    const player = await openSocket(nodes[0].url, 'Player');
    const spectator = await openSocket(nodes[1].url, 'Spectator');
    const banned = await openSocket(nodes[0].url, 'Banned');
    const stranger = await openSocket(nodes[1].url, 'Stranger');
    await player.socket.must('room:join', { pin });
    await banned.socket.must('room:join', { pin });
    await spectator.socket.must('room:join', { pin, role: 'spectator' });
    await handle.kick(banned.userId, { ban: true });
    const patch = { roomId, patch: { mine: true } };
    for (const [{ socket, token }, mayNotWrite, reading] of [
      [player, 'forbidden', 200],
      [spectator, 'forbidden', 200],
      [banned, 'not_in_room', 403],
      [stranger, 'not_in_room', 403],
    ] as const) {
      expect(codeOf(await socket.ask('room:state', patch))).toBe(mayNotWrite);
      const body = { patch: patch.patch };
      const byHttp = await ask(nodes[0], roomId, token, { method: 'PATCH', body });
      expect(byHttp).toMatchObject({ status: 403, code: mayNotWrite });
      expect((await ask(nodes[1], roomId, token)).status).toBe(reading);
    }
    expect(await agreed(roomId, all)).toEqual({ version: 0, value: {} });
    const body = { patch: { by: 'application' } };
    const answer = await ask(nodes[0], roomId, API_KEY, { method: 'PATCH', body });
    expect(answer).toMatchObject({ status: 200, body: { version: 1 } });
    expect((await agreed(roomId, all)).value).toEqual({ by: 'application' });
  });

  it('holds 64 KiB, and nothing that is nested too deep', async () => {
    const { all, handle, roomId } = await staged();
    const text = 'é'.repeat(6_000);
    for (let n = 0; n < 5; n++) await handle.patchState({ [n]: text });
    expect(await refusal(handle.patchState({ 5: text }))).toBe('payload_too_large');
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);
    expect(await refusal(handle.patchState(deep))).toBe('bad_request');
    await handle.patchState({ 0: null, 5: text });
    expect((await agreed(roomId, all)).version).toBe(6);
  });

  it('is the same at both ends whatever is in a patch', async () => {
    const { all, roomId } = await staged();
    const patches = [
      '{"a":1,"huge":1e400,"long":12345678901234567890,"minus":-0,"list":[null,{"b":null}]}',
      '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":1e400}',
      '{"text":"\\u0000\\ud800\\u2028"}',
    ];
    for (const patch of patches) {
      const raw = `{"patch":${patch}}`;
      expect((await ask(nodes[0], roomId, API_KEY, { method: 'PATCH', raw })).status).toBe(200);
    }
    const { value } = await agreed(roomId, all);
    expect(JSON.parse(JSON.stringify(value))).toEqual(
      JSON.parse(`{"long":12345678901234567000,"minus":0,"list":[null,{"b":null}],
        "__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},
        "text":"\\u0000\\ud800\\u2028"}`),
    );
    expect(Object.keys(value as object)).toContain('__proto__');
    expect((value as { admin?: boolean }).admin).toBeUndefined();
    await archived(roomId, 3);
    // Anything but an object replaces the whole.
    const body = { patch: [1] };
    await ask(nodes[0], roomId, API_KEY, { method: 'PATCH', body });
    expect((await agreed(roomId, all)).value).toEqual([1]);
  });

  it('is there again for who was away, also on another node', async () => {
    const { all, ben, handle, roomId } = await staged();
    await handle.patchState({ question: 1 });
    ben.moveTo(nodes[0].url);
    ben.cut();
    for (let question = 2; question < 6; question++) await handle.patchState({ question });
    expect(await agreed(roomId, all)).toEqual({ version: 5, value: { question: 5 } });
  });

  it('comes back as it was archived last when Redis has lost everything', async () => {
    const { all, handle, roomId, second } = await staged();
    for (let n = 1; n <= 3; n++) await handle.patchState({ n, [`kept${n}`]: true });
    await archived(roomId, 3);
    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    const version = await until(() => second.patchState({ after: 'loss' }), RECOVERY_MS);
    expect(version).toBeGreaterThan(1_000_000);
    const value = { n: 3, kept1: true, kept2: true, kept3: true, after: 'loss' };
    expect((await agreed(roomId, all)).value).toEqual(value);
    await handle.patchState({ on: true });
    expect((await agreed(roomId, all)).version).toBe(version + 1);
  }, 60_000);

  it('is the one that survived when Redis comes back without its newest patches', async () => {
    const { all, handle, players, roomId } = await staged();
    await handle.patchState({ survives: true });
    const redis = connectToRedis(backends.redis.url);
    try {
      const survivor = (await redis.get(stateKey(roomId))) ?? '';
      for (let n = 0; n < 4; n++) await handle.patchState({ lost: n });
      await agreed(roomId, all);
      await redis.hset(roomKey(roomId), 'stateVersion', 1);
      await redis.set(stateKey(roomId), survivor);
      await redis.call('DEBUG', 'CHANGE-REPL-ID');
      // Nobody says anything: the look at the positions tells.
      await until(() => players.every(({ state }) => state.version > 5), RECOVERY_MS);
    } finally {
      redis.disconnect();
    }
    expect((await agreed(roomId, all)).value).toEqual({ survives: true });
    await handle.patchState({ next: 1 });
    expect((await agreed(roomId, all)).value).toEqual({ survives: true, next: 1 });
  }, 60_000);

  it('stays readable for members once the room is closed, and goes when that is deleted', async () => {
    const { handle, pin, roomId } = await staged();
    const player = await openSocket(nodes[0].url, 'Player');
    await player.socket.must('room:join', { pin });
    const version = await handle.patchState({ winner: 'Ada' });
    // At once: the archive does not have the patch yet.
    const closing = { method: 'POST', token: API_KEY };
    const closed = await call(`${nodes[1].url}/api/rooms/${roomId}/close`, closing);
    expect(closed.status).toBe(200);
    const last = { version, value: { winner: 'Ada' } };
    const body = { patch: {} };
    const late = await ask(nodes[0], roomId, API_KEY, { method: 'PATCH', body });
    expect(late).toMatchObject({ status: 410, code: 'room_closed' });
    const isClosed = 'select 1 from rooms where id = $1 and closed_at is not null';
    await until(async () => (await backends.query(isClosed, [roomId])).length === 1);
    await archived(roomId, version);
    const read = () => ask(nodes[1], roomId, player.token);
    expect((await read()).body).toEqual(last);
    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    await until(async () => (await read()).status === 200, RECOVERY_MS);
    expect((await read()).body).toEqual(last);
    const deletion = { method: 'DELETE', token: API_KEY };
    const path = `/api/rooms/${roomId}`;
    await until(async () => (await call(`${nodes[0].url}${path}`, deletion)).status === 204);
    expect((await read()).code).toBe('room_not_found');
    const rows = 'select 1 from room_states where room_id = $1';
    expect(await backends.query(rows, [roomId])).toEqual([]);
  });
});

describe('the shared state of a room on a node of its own', () => {
  it('survives a restart, up to the last patch', async () => {
    const env = { ...UNLIMITED, PINROOM_API_KEY: API_KEY };
    const first = await spawnNode({ env });
    const { socket } = await openSocket(first.url, 'Host');
    const { room } = await socket.must('room:create', {});
    await socket.must('room:join', { roomId: room.id });
    await socket.must('room:state', { roomId: room.id, patch: { a: 1 } });
    await socket.must('room:state', { roomId: room.id, patch: { b: 2 } });
    expect(await first.stop()).toBe(0);
    const second = await spawnNode({ env, dataDir: first.dataDir });
    const path = `/api/rooms/${room.id}/state`;
    const { body } = await call<RoomState>(`${second.url}${path}`, { token: API_KEY });
    expect(body.value).toEqual({ a: 1, b: 2 });
    expect(body.version).toBeGreaterThan(2);
  });
});
