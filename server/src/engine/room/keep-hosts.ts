import type { OwedWork } from '../runtime/owed-work.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomStore } from './room-store.port.js';

export interface HostKeeping {
  readonly rooms: RoomStore;
  readonly archive: RoomArchive;
  readonly owed: OwedWork;
}

/**
 * Who has become a host, or is none any more, stays so: also when the store loses its data. Where the
 * archive does not answer, it learns of it as soon as it does.
 */
export async function keepHosts(
  { archive, owed, rooms }: HostKeeping,
  roomId: string,
): Promise<void> {
  await owed.attempt(`hosts ${roomId}`, async () => {
    const room = await rooms.get(roomId);
    if (room) await archive.saveRoom(room);
  });
}
