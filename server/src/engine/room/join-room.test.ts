import { expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import { LocalRooms } from '../fanout/local-rooms.js';
import type { LocalSeat } from '../fanout/local-seat.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { OwedWork } from '../runtime/owed-work.js';
import { type JoiningSocket, type JoinParts, RoomJoiner } from './join-room.js';
import { RoomLeaver } from './leave-room.js';
import { type SnapshotParts, SnapshotReader } from './read-snapshot.js';
import { type RoomRecord, toRoom } from './room-record.port.js';
import { DEFAULT_SETTINGS } from './room-settings.js';

const ROOM: RoomRecord = {
  id: 'room-7f',
  pin: '123456',
  title: '',
  createdBy: 'host',
  hostIds: ['host'],
  locked: true,
  capacity: 1,
  settings: DEFAULT_SETTINGS,
  passcodeHash: null,
  rev: 1,
  createdAt: Date.now(),
  ttlMs: 60_000,
  maxUntil: Date.now() + 60_000,
  closedAt: null,
  closeReason: null,
};

/** A node whose store has just lost its data, with these people still on the line. */
async function nodeWith(...userIds: string[]) {
  const stores = createMemoryStores({ clock: systemClock, channelKeep: 10, backlogEntries: 100 });
  const put = {
    epochFloor: 0,
    lastIds: new Map(),
    closedTtlMs: 0,
    isNew: false,
    bans: [],
    state: null,
  };
  await stores.rooms.put(ROOM, put);
  const seats = userIds.map(
    (userId): LocalSeat => ({
      userId,
      life: 'life',
      nickname: userId,
      network: 'n',
      role: userId === 'host' ? 'host' : 'player',
      muted: userId === 'muted',
      holder: { onRemoved() {} },
      socket: { id: `socket of ${userId}`, emit() {}, sendFrame() {}, leaveTopic() {} },
    }),
  );
  const held = new Map(seats.map((seat) => [seat.socket.id, seat]));
  const localRooms: Pick<LocalRooms, 'seat' | 'stand'> = {
    seat: (_roomId, socketId) => held.get(socketId),
    stand: (_roomId, socketId) => void held.delete(socketId),
  };
  const owed = new OwedWork(systemClock, silentLogger);
  const leaver = new RoomLeaver(stores.members, localRooms as LocalRooms, owed, 0);
  const parts: Pick<JoinParts, 'members' | 'localRooms' | 'leaver'> = {
    members: stores.members,
    localRooms: localRooms as LocalRooms,
    leaver,
  };
  const joiner = new RoomJoiner(parts as JoinParts);
  const members = async () => {
    const list = await stores.members.list(ROOM.id, { cursor: null, limit: 10 });
    return list?.members.map(({ muted, role, userId }) => `${userId} ${role} ${muted}`);
  };
  const drop = (userId: string) =>
    leaver.drop({ roomId: ROOM.id, userId, life: 'life', socketId: `socket of ${userId}` });
  /** The same socket takes another seat; false: it had none any more. */
  const again = (userId: string) => {
    const socketId = `socket of ${userId}`;
    const seat = held.get(socketId);
    if (seat) held.set(socketId, { ...seat });
    return seat !== undefined;
  };
  return { again, drop, joiner, leaver, members, seats, stores };
}

it('people whose places were lost get them back as they had them, past a locked and full door', async () => {
  const { joiner, members, seats } = await nodeWith('host', 'player', 'muted');
  await joiner.restoreSeats(ROOM.id, seats);
  expect(await members()).toEqual(['host host false', 'player player false', 'muted player true']);
});

it('who hangs up while places are given back does not stay in the room', async () => {
  const { drop, joiner, members, seats } = await nodeWith('host', 'early', 'late');
  await drop('early');
  const restoring = joiner.restoreSeats(ROOM.id, seats);
  // Gives up a seat that the store may not have yet.
  await drop('host');
  await restoring;
  expect(await members()).toEqual(['late player false']);
});

it('who joins once more while places are given back keeps the new one', async () => {
  const { again, joiner, members, seats } = await nodeWith('host', 'early', 'late');
  again('early');
  const restoring = joiner.restoreSeats(ROOM.id, seats);
  again('host');
  again('late');
  await restoring;
  expect(await members()).toEqual(['host host false', 'early player false', 'late player false']);
  expect(['host', 'early', 'late'].map(again)).toEqual([true, true, true]);
});

it('who is made a player while the answer to the join is put together stays one', async () => {
  const stores = createMemoryStores({ clock: systemClock, channelKeep: 10, backlogEntries: 100 });
  const hosts = { ...ROOM, hostIds: ['host', 'boss'], locked: false };
  const put = { epochFloor: 0, lastIds: new Map(), closedTtlMs: 0, isNew: true, bans: [] };
  await stores.rooms.put(hosts, { ...put, state: null });
  const localRooms = new LocalRooms(stores.bus, {
    broadcaster: { broadcast() {} },
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    sources: {
      rights: async (roomId, userIds) => {
        const rights = await stores.members.rights(roomId, userIds);
        if (!rights) return null;
        const roles = new Map(rights.members.map(({ role, userId }) => [userId, role]));
        return { ...rights.room, room: toRoom(rights.room), roles };
      },
      restoreSeats: async () => {},
      waiting: async () => null,
      tops: (roomId) => stores.feed.tops(roomId),
      missing: async () => [],
    },
  });
  const sits = () => localRooms.seat(ROOM.id, 'socket');
  const history = {
    async read() {
      const change = { roomId: ROOM.id, userId: 'host', action: 'revoke' } as const;
      await stores.people.changeHost({ ...change, byUserId: 'boss' });
      await expect.poll(() => sits()?.role).toBe('player');
      return { entries: [], more: false };
    },
  } as unknown as SnapshotParts['history'];
  const parts: Partial<JoinParts> = {
    ...stores,
    snapshots: new SnapshotReader({ ...stores, history }),
    localRooms,
    directory: { noteFound() {} } as unknown as JoinParts['directory'],
    passcodes: { check: async () => ({ hash: null }) } as unknown as JoinParts['passcodes'],
    leaver: { stays() {} } as unknown as JoinParts['leaver'],
    life: () => 'life',
  };
  const nothing = () => {};
  const socket = { id: 'socket', emit: nothing, sendFrame: nothing, joinTopic: nothing };
  const caller = { userId: 'host', nickname: 'Hugo', network: 'n' } as Parameters<
    RoomJoiner['join']
  >[0];
  const callbacks = { onFound: nothing, onRemoved: nothing, onWaiting: nothing, onWaited: nothing };
  const wish = { roomId: ROOM.id, since: { room: '0-0' } };
  const { answer } = await new RoomJoiner(parts as JoinParts).join(
    caller,
    socket as unknown as JoiningSocket,
    wish,
    callbacks,
  );
  expect(sits()?.role).toBe('player');
  expect(answer.self.role).toBe('player');
  expect(Object.keys(answer.channels)).toEqual(['room', 'user:host']);
});

it('who is kicked while joining once more is looked up again, and hears nothing', async () => {
  const { leaver, seats, stores } = await nodeWith('host');
  const [old] = seats;
  if (!old) throw new Error('The host sits here.');
  const refreshed: string[] = [];
  let held = old;
  const localRooms = {
    seat: () => held,
    // The kick was looked up while the seat was the one before.
    async sit(_roomId: string, seat: LocalSeat) {
      const kick = { roomId: ROOM.id, userId: 'host', ban: false, network: null, byUserId: null };
      await stores.members.kick(kick);
      held = seat;
    },
    refresh: async (roomId: string) => void refreshed.push(roomId),
    waiters: { isWaiting: () => false, leave() {} },
  };
  const parts = {
    ...stores,
    leaver,
    localRooms,
    snapshots: new SnapshotReader(stores as unknown as SnapshotParts),
    directory: { noteFound() {} },
    passcodes: { check: async () => ({ hash: null }) },
    life: () => 'life',
  };
  const joiner = new RoomJoiner(parts as unknown as JoinParts);
  const caller = { userId: 'host', nickname: 'Host', network: 'n' } as Parameters<
    RoomJoiner['join']
  >[0];
  const socket = { ...old.socket, joinTopic() {} } as unknown as JoiningSocket;
  const callbacks = { onFound() {}, onRemoved() {}, onWaiting() {}, onWaited() {} };
  const joining = joiner.join(caller, socket, { roomId: ROOM.id }, callbacks);
  await expect(joining).rejects.toMatchObject({ code: 'not_in_room' });
  expect(refreshed).toEqual([ROOM.id]);
});
