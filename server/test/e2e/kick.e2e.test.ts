import { beforeAll, describe, expect, it } from 'vitest';
import { bansKey } from '../../src/drivers/redis/keys.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

const RECOVERY_MS = 20_000;

describe('a host of a room on two nodes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    backends = await startBackends({ settings: { 'enable-debug-command': 'yes' } });
    const env = { ...UNLIMITED, ...backends.env };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
    ]);
  });

  /** An open room with its host on one node, and a bystander and a player with a socket on each. */
  async function crowdedRoom() {
    const [here, there] = nodes;
    const host = await newPerson(here.url, 'Host');
    const { handle, hostKey, pin, roomId } = await openRoom(host);
    const bystander = await openSocket(there.url, 'Bystander');
    await bystander.socket.must('room:join', { pin });
    const player = await openSocket(here.url, 'Player');
    const second = await new RawSocket(there.url, { token: player.token }).greeted();
    const sockets = [player.socket, second];
    for (const socket of sockets) await socket.must('room:join', { pin });
    await until(() => handle.memberCount === 3);
    return { bystander, handle, host, hostKey, pin, player, roomId, sockets };
  }

  /** What a socket heard of a room after it was told that it is out of it. */
  const heardAfter = ({ events }: RawSocket) =>
    events.slice(events.findIndex(({ name }) => name === 'room:left') + 1);

  it('removes a member, who hears nothing more on any node, and may come back', async () => {
    const { bystander, handle, pin, player, roomId, sockets } = await crowdedRoom();
    const heard = listen(handle, ['room', 'log']);
    await handle.kick(player.userId);
    await handle.send('chat', 'not for the player');
    await handle.signal('wave', 'not for the player');
    const all = [...sockets, bystander.socket];
    await until(() => bystander.socket.seen('room:signal').length === 1);
    await until(() => sockets.every((socket) => socket.seen('room:left').length === 1));
    for (const socket of sockets) {
      expect(socket.seen('room:left')).toEqual([{ roomId, reason: 'kicked' }]);
      // What was sent after the kick, and the news of the kick itself, went past them.
      expect(codeOf(await socket.ask('room:history', { roomId }))).toBe('not_in_room');
      const chat = { roomId, type: 'chat', payload: 'me?' };
      expect(codeOf(await socket.ask('room:send', chat))).toBe('not_in_room');
    }
    await handle.send('chat', 'still not');
    await until(() => bystander.socket.seen('room:entry').length === 2);
    for (const socket of sockets) {
      expect(heardAfter(socket)).toEqual([]);
      expect(socket.seen('room:entry')).toEqual([]);
    }
    await until(() => !handle.members.has(player.userId));
    expect(bystander.socket.seen('room:left')).toEqual([]);
    const logged = heard.entries.filter(({ type }) => type === 'kicked');
    expect(logged.map(({ payload }) => payload)).toEqual([
      { userId: player.userId, nickname: 'Player', by: handle.self.userId },
    ]);

    for (const socket of sockets) await socket.must('room:join', { pin });
    await handle.send('chat', 'welcome back');
    await until(() => all.every((socket) => socket.seen('room:entry').length > 0));
    expect(sockets.map((socket) => socket.seen('room:entry'))).toMatchObject([
      [{ payload: 'welcome back' }],
      [{ payload: 'welcome back' }],
    ]);
  });

  it('bans a user, who does not come back by any way, whatever Redis loses', async () => {
    const { handle, hostKey, pin, player, roomId, sockets } = await crowdedRoom();
    const stranger = await openSocket(nodes[1].url, 'Stranger');
    await handle.kick(player.userId, { ban: true });
    await handle.kick(player.userId, { ban: true });
    await handle.kick(stranger.userId, { ban: true });
    await until(() => sockets.every((socket) => socket.seen('room:left').length === 1));
    for (const socket of sockets) {
      expect(socket.seen('room:left')).toEqual([{ roomId, reason: 'banned' }]);
    }
    const all = [...sockets, stranger.socket];
    const attempts = async () => {
      const codes = new Set<string>();
      for (const socket of all) {
        for (const wish of [{ pin }, { roomId }, { roomId, hostKey }]) {
          codes.add(codeOf(await socket.ask('room:join', wish)));
        }
      }
      return [...codes];
    };
    expect(await attempts()).toEqual(['banned']);

    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    expect(await attempts()).toEqual(['banned']);
    await handle.send('chat', 'after the loss');
    await until(() => handle.status === 'live' && handle.memberCount === 2, RECOVERY_MS);
    expect(await attempts()).toEqual(['banned']);
    expect(sockets.flatMap(heardAfter)).toEqual([]);
    const guest = await openSocket(nodes[0].url, 'Guest');
    await guest.socket.must('room:join', { pin });
  });

  it('bans a user, who stays banned where Redis comes back without the newest that it had', async () => {
    const { handle, player, pin, roomId } = await crowdedRoom();
    await handle.kick(player.userId, { ban: true });
    const redis = connectToRedis(backends.redis.url);
    try {
      await redis.srem(bansKey(roomId), player.userId);
      await redis.call('DEBUG', 'CHANGE-REPL-ID');
      await handle.send('chat', 'after the loss');
      const isBanned = async () => (await redis.sismember(bansKey(roomId), player.userId)) === 1;
      await until(isBanned, RECOVERY_MS);
    } finally {
      redis.disconnect();
    }
    const again = await new RawSocket(nodes[0].url, { token: player.token }).greeted();
    expect(codeOf(await again.ask('room:join', { pin }))).toBe('banned');
  });

  it('takes another host off the list, for good', async () => {
    const { handle, hostKey, pin, player, roomId, sockets } = await crowdedRoom();
    const [socket] = sockets;
    if (!socket) throw new Error('the player has two sockets');
    await socket.must('room:join', { roomId, hostKey });
    const hostId = handle.self.userId;
    await until(() => handle.room.hostIds.length === 2);
    await handle.kick(player.userId);
    await until(() => handle.room.hostIds.length === 1);
    const back = await socket.must('room:join', { pin });
    expect([back.self.role, back.room.hostIds]).toEqual(['player', [hostId]]);
    const statement = 'select user_id from room_hosts where room_id = $1';
    expect(await backends.query(statement, [roomId])).toEqual([{ user_id: hostId }]);
  });

  it('alone may do so: not a player, not a stranger, and not to the host themselves', async () => {
    const { bystander, handle, player, roomId, sockets } = await crowdedRoom();
    const stranger = await openSocket(nodes[0].url, 'Stranger');
    const kick = { roomId, userId: player.userId };
    for (const wish of [kick, { ...kick, ban: true }]) {
      expect(codeOf(await bystander.socket.ask('room:kick', wish))).toBe('forbidden');
      expect(codeOf(await stranger.socket.ask('room:kick', wish))).toBe('not_in_room');
    }
    expect(await refusal(handle.kick(handle.self.userId, { ban: true }))).toBe('bad_request');
    expect(await refusal(handle.kick(stranger.userId))).toBe('not_found');
    expect(sockets.flatMap((socket) => socket.seen('room:left'))).toEqual([]);
    const statement = 'select user_id from room_bans where room_id = $1';
    expect(await backends.query(statement, [roomId])).toEqual([]);
  });

  it('keeps a banned member from what is read after the room was closed', async () => {
    const { bystander, handle, player, roomId } = await crowdedRoom();
    await handle.kick(player.userId, { ban: true });
    await handle.close();
    const entries = (token: string) =>
      call(`${nodes[1].url}/api/rooms/${roomId}/entries`, { token });
    await until(async () => (await entries(bystander.token)).status === 200);
    expect((await entries(player.token)).code).toBe('not_in_room');
  });

  it('leaves one who was put out, another host even, nothing of the room once it is closed', async () => {
    const { bystander, handle, hostKey, player, roomId, sockets } = await crowdedRoom();
    for (const socket of sockets) await socket.must('room:join', { roomId, hostKey });
    await handle.kick(player.userId);
    await handle.send('secret', 'for hosts', { channel: 'host' });
    await handle.close();
    const entries = (token: string, channel: string) =>
      call(`${nodes[1].url}/api/rooms/${roomId}/entries?channel=${channel}`, { token });
    await until(async () => (await entries(bystander.token, 'room')).status === 200);
    const known = `select 1 from room_members where room_id = $1 and user_id = $2 and role = 'removed'`;
    await until(async () => (await backends.query(known, [roomId, player.userId])).length === 1);
    for (const channel of ['room', 'host', 'log']) {
      expect((await entries(player.token, channel)).code).toBe('not_in_room');
    }
    const room = { method: 'DELETE', token: player.token };
    expect((await call(`${nodes[0].url}/api/rooms/${roomId}`, room)).code).toBe('not_in_room');
    expect((await entries(bystander.token, 'host')).code).toBe('forbidden');
  });

  it('tells the other devices of who leaves with all of them that they have left', async () => {
    const { roomId, sockets } = await crowdedRoom();
    const [leaving, other] = sockets;
    await leaving?.must('room:leave', { roomId, everywhere: true });
    await until(() => other?.seen('room:left').length === 1);
    expect(other?.seen('room:left')).toEqual([{ roomId, reason: 'left' }]);
  });
});
