import type { CommandName } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { codeOf, openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const ROLES = ['host', 'player', 'spectator', 'stranger', 'banned'] as const;
type Role = (typeof ROLES)[number];
type Codes = Readonly<Record<Role, string>>;

const HOSTS_ONLY: Codes = {
  host: 'ok',
  player: 'forbidden',
  spectator: 'forbidden',
  stranger: 'not_in_room',
  banned: 'not_in_room',
};
const MEMBERS: Codes = { ...HOSTS_ONLY, player: 'ok', spectator: 'ok' };
const ANYBODY: Codes = { ...MEMBERS, stranger: 'ok', banned: 'ok' };

interface Place {
  readonly roomId: string;
  readonly pin: string;
  /** A player whom nobody else is. */
  readonly other: string;
}

interface Case {
  readonly payload: (place: Place) => object;
  readonly codes: Codes;
}

/** What each command answers to whom, in a room that is open to all. */
const COMMANDS: Readonly<Record<CommandName, readonly Case[]>> = {
  'room:create': [{ payload: () => ({}), codes: ANYBODY }],
  'room:join': [
    { payload: ({ pin }) => ({ pin }), codes: { ...ANYBODY, banned: 'banned' } },
    { payload: ({ roomId }) => ({ roomId }), codes: { ...ANYBODY, banned: 'banned' } },
  ],
  'room:leave': [{ payload: ({ roomId }) => ({ roomId }), codes: MEMBERS }],
  'room:send': [
    {
      payload: ({ roomId }) => ({ roomId, type: 'chat', payload: 1 }),
      codes: { ...MEMBERS, spectator: 'forbidden' },
    },
    {
      payload: ({ roomId }) => ({ roomId, channel: 'host', type: 'answer', payload: 1 }),
      codes: MEMBERS,
    },
    {
      payload: ({ other, roomId }) => ({
        ...{ roomId, channel: `user:${other}` },
        ...{ type: 'whisper', payload: 1 },
      }),
      codes: HOSTS_ONLY,
    },
  ],
  'room:signal': [
    {
      payload: ({ roomId }) => ({ roomId, type: 'wave', payload: 1 }),
      codes: { ...MEMBERS, spectator: 'forbidden' },
    },
    { payload: ({ roomId }) => ({ roomId, to: 'host', type: 'wave', payload: 1 }), codes: MEMBERS },
    {
      payload: ({ other, roomId }) => ({ roomId, to: `user:${other}`, type: 'wave', payload: 1 }),
      codes: HOSTS_ONLY,
    },
  ],
  'room:history': [
    { payload: ({ roomId }) => ({ roomId }), codes: MEMBERS },
    { payload: ({ roomId }) => ({ roomId, channel: 'host' }), codes: HOSTS_ONLY },
    { payload: ({ roomId }) => ({ roomId, channel: 'log' }), codes: HOSTS_ONLY },
    {
      payload: ({ other, roomId }) => ({ roomId, channel: `user:${other}` }),
      codes: { ...HOSTS_ONLY, host: 'forbidden' },
    },
  ],
  'room:members': [{ payload: ({ roomId }) => ({ roomId }), codes: MEMBERS }],
  'room:update': [
    { payload: ({ roomId }) => ({ roomId, title: 'Mine', locked: true }), codes: HOSTS_ONLY },
  ],
  'room:kick': [
    { payload: ({ other, roomId }) => ({ roomId, userId: other }), codes: HOSTS_ONLY },
    { payload: ({ other, roomId }) => ({ roomId, userId: other, ban: true }), codes: HOSTS_ONLY },
  ],
  'room:host': (['grant', 'transfer'] as const).map((action) => ({
    payload: ({ other, roomId }: Place) => ({ roomId, userId: other, action }),
    codes: HOSTS_ONLY,
  })),
  'room:rename': [
    { payload: ({ roomId }) => ({ roomId, nickname: 'Somebody else' }), codes: MEMBERS },
  ],
  'room:mute': [
    { payload: ({ other, roomId }) => ({ roomId, userId: other, muted: true }), codes: HOSTS_ONLY },
  ],
  'room:state': [{ payload: ({ roomId }) => ({ roomId, patch: { round: 1 } }), codes: HOSTS_ONLY }],
  'room:close': [{ payload: ({ roomId }) => ({ roomId }), codes: HOSTS_ONLY }],
};

describe('on two nodes', () => {
  let nodes: readonly [SpawnedNode, SpawnedNode];
  let sockets: Readonly<Record<Role | 'opener' | 'other', { socket: RawSocket; userId: string }>>;

  beforeAll(async () => {
    const { env } = await startBackends();
    const options = { env: { ...UNLIMITED, ...env } };
    nodes = await Promise.all([spawnNode(options), spawnNode(options)]);
    const [here, there] = nodes;
    sockets = {
      opener: await openSocket(here.url, 'Opener'),
      other: await openSocket(there.url, 'Other'),
      host: await openSocket(there.url, 'Host'),
      player: await openSocket(here.url, 'Player'),
      spectator: await openSocket(there.url, 'Spectator'),
      stranger: await openSocket(here.url, 'Stranger'),
      banned: await openSocket(there.url, 'Banned'),
    };
  });

  /** A room in which everybody has their part. */
  async function newPlace(): Promise<Place> {
    const { banned, host, opener, other, player, spectator } = sockets;
    const { hostKey, room } = await opener.socket.must('room:create', {});
    const roomId = room.id;
    await host.socket.must('room:join', { roomId, hostKey });
    for (const { socket } of [player, other, banned]) await socket.must('room:join', { roomId });
    await spectator.socket.must('room:join', { roomId, role: 'spectator' });
    await host.socket.must('room:kick', { roomId, userId: banned.userId, ban: true });
    const isOut = () =>
      banned.socket.seen<{ roomId: string }>('room:left').some((left) => left.roomId === roomId);
    await until(isOut);
    return { roomId, pin: room.pin ?? '', other: other.userId };
  }

  it.each(Object.keys(COMMANDS) as CommandName[])('%s is for whom it is for', async (name) => {
    for (const { codes, payload } of COMMANDS[name]) {
      const seen: Partial<Record<Role, string>> = {};
      for (const role of ROLES) {
        const wish = payload(await newPlace());
        const { socket } = sockets[role];
        seen[role] = codeOf(await socket.ask(name, wish as { roomId: string }));
      }
      expect(seen).toEqual(codes);
    }
  });
});
