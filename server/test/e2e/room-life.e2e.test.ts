import type { EntryPage, Room, RoomList } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const TTL_SECONDS = 2;
const MAX_SECONDS = 6;
/** The sweep, and what a busy machine adds. */
const LATER_MS = 8_000;
const LIVES = {
  PINROOM_ROOM_TTL_SECONDS: `${TTL_SECONDS}`,
  PINROOM_ROOM_MAX_SECONDS: `${MAX_SECONDS}`,
};

describe.each(['embedded', 'redis'] as const)('a room that nobody closes (%s)', (drivers) => {
  let nodes: SpawnedNode[];

  beforeAll(async () => {
    const backends = drivers === 'redis' ? (await startBackends()).env : {};
    const env = { ...UNLIMITED, ...backends, ...LIVES };
    nodes = [await spawnNode({ env })];
    if (drivers === 'redis') nodes.push(await spawnNode({ env }));
  });

  const urlOf = (n: number) => nodes[n % nodes.length]?.url ?? '';

  async function openedRoom(options: { ttlSeconds?: number } = {}) {
    const host = await openSocket(urlOf(0), 'Host');
    const { room } = await host.socket.must('room:create', options);
    await host.socket.must('room:join', { roomId: room.id });
    const player = await openSocket(urlOf(1), 'Player');
    await player.socket.must('room:join', { pin: room.pin ?? '' });
    return { host, player, room };
  }

  const leftOf = (socket: RawSocket) => socket.seen<{ reason: string }>('room:left');

  it('ends when nothing has been said for its time: told, logged, its PIN leads nowhere', async () => {
    const { host, player, room } = await openedRoom({ ttlSeconds: 1 });
    const sockets = [host.socket, player.socket];
    await until(() => sockets.every((socket) => leftOf(socket).length > 0), LATER_MS);
    for (const socket of sockets) {
      expect(leftOf(socket)).toEqual([{ roomId: room.id, reason: 'expired' }]);
    }
    const late = { roomId: room.id, type: 'x', payload: 1 };
    expect(await player.socket.ask('room:send', late)).toMatchObject({
      error: { code: 'room_closed' },
    });
    const path = `${urlOf(1)}/api/rooms`;
    const log = await call<EntryPage>(`${path}/${room.id}/entries?channel=log`, host);
    expect(log.body.entries.at(-1)).toMatchObject({
      type: 'closed',
      payload: { reason: 'expired', by: null },
    });
    await until(async () => {
      const found = await call(`${path}/by-pin/${room.pin}`, player);
      return found.code === 'room_not_found';
    });
    const { rooms } = (await call<RoomList>(path, host)).body;
    expect(rooms).toMatchObject([{ id: room.id, pin: null }]);
    expect(rooms[0]?.closedAt).toBeGreaterThan(room.createdAt);
    const seen = await call<{ room: Room }>(`${path}/${room.id}`, player);
    expect(seen.body.room).toMatchObject({ id: room.id, pin: null });
  });

  it('lives on while people speak in it, but no longer than the longest life', async () => {
    const { host, player, room } = await openedRoom();
    let last = 0;
    await until(
      async () => {
        const send = { roomId: room.id, type: 'x', payload: ++last };
        const answer = await player.socket.ask('room:send', send);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return !answer.ok;
      },
      MAX_SECONDS * 1_000 + LATER_MS,
    );
    await until(() => leftOf(host.socket).length > 0);
    expect(leftOf(host.socket)).toEqual([{ roomId: room.id, reason: 'expired' }]);
    const { body } = await call<{ room: Room }>(`${urlOf(0)}/api/rooms/${room.id}`, host);
    const life = (body.room.closedAt ?? 0) - room.createdAt;
    expect(life).toBeGreaterThanOrEqual(MAX_SECONDS * 1_000);
    expect(life).toBeGreaterThan(2 * TTL_SECONDS * 1_000);
  });
});
