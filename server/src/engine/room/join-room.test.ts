import { expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import type { LocalRooms } from '../fanout/local-rooms.js';
import type { LocalSeat } from '../fanout/local-seat.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { OwedWork } from '../runtime/owed-work.js';
import { type JoinParts, RoomJoiner } from './join-room.js';
import { RoomLeaver } from './leave-room.js';
import type { RoomRecord } from './room-record.port.js';
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
      onRemoved() {},
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
  return { drop, joiner, members, seats };
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
