import type { CommandName } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

type Person = { readonly socket: RawSocket; readonly userId: string; readonly token: string };

describe('people in a room on two nodes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
    ]);
  });

  async function enter(node: SpawnedNode, nickname: string, wish: object): Promise<Person> {
    const person = await openSocket(node.url, nickname);
    await person.socket.must('room:join', wish as { pin: string });
    return person;
  }

  /** A host, a second host, a player, a spectator, somebody banned and a stranger, over both nodes. */
  async function fullRoom() {
    const [here, there] = nodes;
    const host = await openSocket(here.url, 'Hugo');
    const { hostKey, room } = await host.socket.must('room:create', {});
    const roomId = room.id;
    const pin = room.pin ?? '';
    await host.socket.must('room:join', { roomId });
    const second = await enter(there, 'Hera', { pin, hostKey });
    const player = await enter(there, 'Paula', { pin });
    const spectator = await enter(here, 'Sam', { pin, role: 'spectator' });
    const banned = await enter(there, 'Bob', { pin });
    await host.socket.must('room:kick', { roomId, userId: banned.userId, ban: true });
    const stranger = await openSocket(there.url, 'Stan');
    return { banned, host, hostKey, pin, player, roomId, second, spectator, stranger };
  }

  it('lets hosts change people, and nobody else; everybody who is in a nickname', async () => {
    const room = await fullRoom();
    const { banned, host, player, roomId, second, spectator, stranger } = room;
    const victim = await enter(nodes[0], 'Victor', { pin: room.pin });
    const { userId } = victim;
    const commands: readonly (readonly [CommandName, object])[] = [
      ['room:mute', { roomId, userId, muted: true }],
      ['room:mute', { roomId, userId, muted: false }],
      ['room:host', { roomId, userId, action: 'grant' }],
      ['room:host', { roomId, userId, action: 'revoke' }],
      ['room:kick', { roomId, userId: stranger.userId, ban: true, banAddress: true }],
      ['room:update', { roomId, title: 'Mine' }],
      ['room:close', { roomId }],
    ];
    const refusals = [
      { person: player, code: 'forbidden' },
      { person: spectator, code: 'forbidden' },
      { person: banned, code: 'not_in_room' },
      { person: stranger, code: 'not_in_room' },
    ];
    for (const { person, code } of refusals) {
      for (const [name, payload] of commands) {
        expect([name, codeOf(await person.socket.ask(name, payload))]).toEqual([name, code]);
      }
    }
    for (const { socket } of [host, second]) {
      for (const [name, payload] of commands.slice(0, 4)) {
        expect([name, codeOf(await socket.ask(name, payload))]).toEqual([name, 'ok']);
      }
    }
    for (const [n, person] of [host, second, player, spectator].entries()) {
      const { self } = await person.socket.must('room:rename', { roomId, nickname: `New ${n}` });
      expect(self).toMatchObject({ userId: person.userId, nickname: `New ${n}` });
    }
    for (const { socket } of [banned, stranger]) {
      expect(codeOf(await socket.ask('room:rename', { roomId, nickname: 'x' }))).toBe(
        'not_in_room',
      );
    }
    const { members } = await host.socket.must('room:members', { roomId });
    const names = members.map(({ nickname, role }) => `${nickname} ${role}`).sort();
    expect(names).toEqual([
      'New 0 host',
      'New 1 host',
      'New 2 player',
      'New 3 spectator',
      'Victor player',
    ]);
  });

  it('suggests a nickname where one is taken, which is free', async () => {
    const { pin, roomId, player } = await fullRoom();
    const other = await openSocket(nodes[0].url, 'paula');
    const taken = await other.socket.ask('room:join', { pin });
    expect(taken).toMatchObject({ error: { code: 'nickname_taken', suggestion: 'paula 2' } });
    await other.socket.must('room:join', { pin, nickname: 'paula 2' });
    const again = await other.socket.ask('room:rename', { roomId, nickname: 'PAULA 2' });
    expect(codeOf(again)).toBe('ok');
    const wish = { roomId, nickname: 'Paula 2' };
    expect(await player.socket.ask('room:rename', wish)).toMatchObject({
      error: { code: 'nickname_taken', suggestion: 'Paula 3' },
    });
  });

  it('silences who is muted on every device, and lets them listen', async () => {
    const { host, pin, player, roomId } = await fullRoom();
    const device = { socket: await new RawSocket(nodes[0].url, { token: player.token }).greeted() };
    await device.socket.must('room:join', { pin });
    await host.socket.must('room:mute', { roomId, userId: player.userId, muted: true });
    for (const { socket } of [player, device]) {
      const chat = { roomId, type: 'chat', payload: 'hi' };
      expect(codeOf(await socket.ask('room:send', chat))).toBe('muted');
      expect(codeOf(await socket.ask('room:send', { ...chat, channel: 'host' }))).toBe('muted');
      expect(codeOf(await socket.ask('room:signal', chat))).toBe('muted');
      expect(codeOf(await socket.ask('room:rename', { roomId, nickname: 'hi' }))).toBe('muted');
    }
    await host.socket.must('room:send', { roomId, type: 'chat', payload: 'listen' });
    await until(() => player.socket.seen('room:entry').length === 1);
    await until(() => device.socket.seen('room:entry').length === 1);
    await host.socket.must('room:mute', { roomId, userId: player.userId, muted: false });
    await player.socket.must('room:send', { roomId, type: 'chat', payload: 'thanks' });
  });

  it('gives who becomes a host what hosts hear, and takes it from who is none any more', async () => {
    const { handle, pin, roomId } = await openRoom(await newPerson(nodes[0].url, 'Hugo'));
    const person = await newPerson(nodes[1].url, 'Paula');
    const seat = await person.client.joinRoom({ pin });
    const guest = await enter(nodes[0], 'Gus', { pin });
    await guest.socket.must('room:send', { roomId, channel: 'host', type: 'answer', payload: 1 });
    await handle.grantHost(person.userId);
    // The library notices, and fetches what hosts have heard before.
    await until(() => seat.isHost && seat.entries('host').length === 1);
    expect(seat.entries('log').some(({ type }) => type === 'host')).toBe(true);
    expect((await seat.rename('Paul')).nickname).toBe('Paul');
    const room = await seat.revokeHost(handle.self.userId);
    expect(room.hostIds).toEqual([person.userId]);
    await until(() => !handle.isHost);
    await guest.socket.must('room:send', { roomId, channel: 'host', type: 'answer', payload: 2 });
    await until(() => seat.entries('host').length === 2);
    expect(handle.entries('host').some(({ payload }) => payload === 2)).toBe(false);
    expect(await refusal(handle.history({ channel: 'host' }))).toBe('forbidden');
    expect(await refusal(seat.revokeHost(person.userId))).toBe('conflict');
    await seat.transferHost(handle.self.userId);
    await until(() => handle.isHost && !seat.isHost);
  });

  it('tells nobody from where anybody comes, hosts neither', async () => {
    const { host, pin, player, roomId } = await fullRoom();
    await host.socket.must('room:update', { roomId, settings: { approval: true } });
    const late = await openSocket(nodes[1].url, 'Late');
    expect(codeOf(await late.socket.ask('room:join', { pin }))).toBe('waiting_for_host');
    await until(() => host.socket.seen('room:waiting').length > 0);
    await host.socket.must('room:kick', {
      roomId,
      userId: late.userId,
      ban: true,
      banAddress: true,
    });
    const headers = { authorization: `Bearer ${host.token}` };
    const exported = await fetch(`${nodes[0].url}/api/rooms/${roomId}/export.ndjson`, { headers });
    const said = [
      ...[host, player, late].flatMap(({ socket }) => socket.events),
      await host.socket.must('room:members', { roomId }),
      await host.socket.must('room:history', { roomId, channel: 'log', limit: 200 }),
      await host.socket.must('room:join', { roomId }),
      (await call(`${nodes[0].url}/api/rooms/${roomId}`, { token: host.token })).text,
      await exported.text(),
    ];
    expect(JSON.stringify(said)).toContain(late.userId);
    expect(JSON.stringify(said)).not.toMatch(/127\.0\.0\.1|::1/);
  });

  it('keeps out everybody new from a banned address, also after Redis has lost its data', async () => {
    const { host, hostKey, pin, player, roomId } = await fullRoom();
    const ban = { roomId, userId: player.userId, ban: true };
    expect(
      codeOf(
        await host.socket.ask('room:kick', { roomId, userId: player.userId, banAddress: true }),
      ),
    ).toBe('bad_request');
    await host.socket.must('room:kick', { ...ban, banAddress: true });
    // All of this test comes from one address.
    const late = await openSocket(nodes[1].url, 'Late');
    expect(codeOf(await late.socket.ask('room:join', { pin }))).toBe('banned');
    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    await until(async () => codeOf(await late.socket.ask('room:join', { roomId })) === 'banned');
    await host.socket.must('room:send', { roomId, type: 'chat', payload: 'still here' });
    await late.socket.must('room:join', { roomId, hostKey });
  });
});
