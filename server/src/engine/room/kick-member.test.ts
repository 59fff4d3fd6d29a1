import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import { unavailable } from '../runtime/app-error.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { OwedWork } from '../runtime/owed-work.js';
import type { RoomAccess } from './access.js';
import { MemberKicker } from './kick-member.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomBanArchive } from './room-ban-archive.port.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomRecord } from './room-record.port.js';
import { DEFAULT_SETTINGS } from './room-settings.js';

const ROOM: RoomRecord = {
  id: '01890000-0000-7000-8000-0000000000aa',
  pin: '123456',
  title: '',
  createdBy: 'host',
  hostIds: ['host', 'second'],
  locked: false,
  capacity: 10,
  settings: DEFAULT_SETTINGS,
  passcodeHash: null,
  rev: 1,
  createdAt: 0,
  ttlMs: 1_000_000,
  maxUntil: Number.MAX_SAFE_INTEGER,
  closedAt: null,
  closeReason: null,
};
const APPLICATION: ApplicationCaller = { kind: 'application' };
const HOST: Caller = {
  kind: 'user',
  userId: 'host',
  nickname: 'Host',
  sessionId: 's',
  authorisedUntil: 1,
  sessionExpiresAt: 1,
  sessionEndsBy: 1,
  network: 'n',
};

async function openKicker() {
  const stores = createMemoryStores({ clock: systemClock, channelKeep: 10, backlogEntries: 100 });
  const put = {
    epochFloor: 0,
    lastIds: new Map(),
    closedTtlMs: 0,
    isNew: true,
    bans: [],
    state: null,
  };
  await stores.rooms.put(ROOM, put);
  const join = (userId: string) =>
    stores.members.join({
      roomId: ROOM.id,
      userId,
      life: 'life',
      socketId: userId,
      nickname: userId,
      foldedNickname: userId,
      looks: [],
      role: 'player',
      asHost: false,
      isReturning: false,
      isMuted: false,
      pin: null,
      isAtDoor: true,
      network: 'n',
      passcodeHash: null,
    });
  for (const userId of ['host', 'second', 'player']) await join(userId);
  const banned: string[] = [];
  const saved: string[][] = [];
  const archive = { isAway: false };
  const access: Pick<RoomAccess, 'ofHost'> = {
    async ofHost() {
      const room = await stores.rooms.get(ROOM.id);
      if (!room) throw new Error('the room is gone');
      return { room, role: 'host', muted: false, nickname: null };
    },
  };
  const bans: Pick<RoomBanArchive, 'saveBan'> = {
    async saveBan(_roomId, { userId }) {
      if (archive.isAway) throw unavailable('PostgreSQL');
      banned.push(userId);
    },
  };
  const rows: Pick<RoomArchive, 'saveRoom'> = {
    async saveRoom({ hostIds }) {
      if (archive.isAway) throw unavailable('PostgreSQL');
      saved.push([...hostIds]);
    },
  };
  const owed = new OwedWork(systemClock, silentLogger);
  const kicker = new MemberKicker({
    access: access as RoomAccess,
    members: stores.members,
    people: stores.people,
    bans: bans as RoomBanArchive,
    directory: {} as RoomDirectory,
    rooms: stores.rooms,
    archive: rows as RoomArchive,
    owed,
    clock: systemClock,
  });
  const kick = (caller: Caller | ApplicationCaller, userId: string, ban?: boolean) =>
    kicker.kick(caller, { roomId: ROOM.id, userId, ...(ban === undefined ? {} : { ban }) });
  const members = async () => {
    const list = await stores.members.list(ROOM.id, { cursor: null, limit: 10 });
    return list?.members.map(({ userId }) => userId);
  };
  return { archive, banned, join, kick, members, owed, saved, stores };
}

describe('kicking', () => {
  it('removes a member for a host or an application, and asks nothing of the archive', async () => {
    const { archive, banned, kick, members, saved } = await openKicker();
    archive.isAway = true;
    await kick(HOST, 'player');
    expect(await members()).toEqual(['host', 'second']);
    await expect(kick(APPLICATION, 'player')).rejects.toMatchObject({ code: 'not_found' });
    expect([banned, saved]).toEqual([[], []]);
  });

  it('never removes who asks for it', async () => {
    const { banned, kick, members } = await openKicker();
    await expect(kick(HOST, 'host')).rejects.toMatchObject({ code: 'bad_request' });
    await expect(kick(HOST, 'host', true)).rejects.toMatchObject({ code: 'bad_request' });
    expect(banned).toEqual([]);
    expect(await members()).toHaveLength(3);
  });

  it('bans nobody, and removes nobody, while the archive cannot keep the ban', async () => {
    const { archive, join, kick, members } = await openKicker();
    archive.isAway = true;
    await expect(kick(HOST, 'player', true)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(kick(HOST, 'stranger', true)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await members()).toEqual(['host', 'second', 'player']);
    expect(await join('stranger')).toMatchObject({ kind: 'joined' });
  });

  it('bans a member, and who never was one', async () => {
    const { banned, join, kick, members } = await openKicker();
    await kick(HOST, 'player', true);
    await kick(APPLICATION, 'stranger', true);
    expect(banned).toEqual(['player', 'stranger']);
    expect(await members()).toEqual(['host', 'second']);
    for (const userId of banned) {
      expect(await join(userId)).toEqual({ kind: 'refused', code: 'banned' });
    }
  });

  it('takes a host off the list, in the archive as soon as it answers', async () => {
    const { archive, kick, owed, saved } = await openKicker();
    archive.isAway = true;
    await kick(HOST, 'second');
    expect(saved).toEqual([]);
    archive.isAway = false;
    await owed.stop();
    expect(saved).toEqual([['host']]);
  });

  it('says that a closed room is closed', async () => {
    const { banned, kick, stores } = await openKicker();
    await stores.rooms.close(ROOM.id, 'closed', null);
    await expect(kick(HOST, 'player', true)).rejects.toMatchObject({ code: 'room_closed' });
    expect(banned).toEqual([]);
  });
});
