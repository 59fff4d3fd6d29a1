import type { Room } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import { systemClock } from '../runtime/clock.js';
import type { RoomAccess } from './access.js';
import type { RoomCloser } from './close-room.js';
import { HostCommands } from './host-commands.js';
import type { RoomArchive } from './room-archive.port.js';
import { DEFAULT_SETTINGS } from './room-settings.js';

const ROOM_ID = '01890000-0000-7000-8000-0000000000aa';

async function openCommands() {
  const stores = createMemoryStores({ clock: systemClock, channelKeep: 10, backlogEntries: 100 });
  await stores.rooms.put(
    {
      id: ROOM_ID,
      pin: '123456',
      title: '',
      createdBy: 'host',
      hostIds: ['host'],
      locked: false,
      capacity: 10,
      settings: DEFAULT_SETTINGS,
      rev: 1,
      createdAt: 0,
      ttlMs: 1_000_000,
      maxUntil: Number.MAX_SAFE_INTEGER,
      closedAt: null,
      closeReason: null,
    },
    { epochFloor: 0, lastIds: new Map(), closedTtlMs: 0, isNew: true, bans: [], state: null },
  );
  const access: Pick<RoomAccess, 'ofHost'> = {
    async ofHost() {
      const room = await stores.rooms.get(ROOM_ID);
      if (!room) throw new Error('the room is gone');
      // What is read is acted on later, when others may have changed it.
      await systemClock.sleep(1);
      return { room, role: 'host', muted: false, nickname: null };
    },
  };
  const archive: Pick<RoomArchive, 'saveRoom'> = { async saveRoom() {} };
  const commands = new HostCommands({
    access: access as RoomAccess,
    rooms: stores.rooms,
    archive: archive as RoomArchive,
    closer: {} as RoomCloser,
  });
  return { commands, stores };
}

describe('changing a room', () => {
  it('keeps what two hosts change at the same time', async () => {
    const { commands, stores } = await openCommands();
    const caller = { kind: 'application' } as const;
    const changes = [
      { playersMaySend: false },
      { slowModeSeconds: 5 },
      { hostGraceSeconds: 7 },
      { typesByRole: { player: ['answer'] } },
    ];
    const answers = await Promise.all(
      changes.map((settings) => commands.update(caller, { roomId: ROOM_ID, settings })),
    );
    expect(new Set(answers.map(({ room }: { room: Room }) => room.rev)).size).toBe(4);
    expect((await stores.rooms.get(ROOM_ID))?.settings).toMatchObject({
      playersMaySend: false,
      slowModeSeconds: 5,
      hostGraceSeconds: 7,
      typesByRole: { player: ['answer'] },
    });
  });
});
