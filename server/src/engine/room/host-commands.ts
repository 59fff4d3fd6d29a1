import type { CommandPayload, Room } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { TokenSecrets } from '../auth/token-secrets.js';
import { AppError } from '../runtime/app-error.js';
import { hostedRoom, type RoomAccess } from './access.js';
import type { RoomCloser } from './close-room.js';
import { passcodeChange } from './passcodes.js';
import type { RoomArchive } from './room-archive.port.js';
import { toRoom } from './room-record.port.js';
import { changeSettings } from './room-settings.js';
import type { RoomChange, RoomStore } from './room-store.port.js';
import { normaliseLine } from './text.js';
import type { WaitingList } from './waiting-list.port.js';

/** Changes of one room that may cross before a caller is told to try again. */
const MAX_ATTEMPTS = 8;

export interface HostParts {
  readonly access: RoomAccess;
  readonly rooms: RoomStore;
  readonly archive: RoomArchive;
  readonly closer: RoomCloser;
  readonly secrets: TokenSecrets;
  readonly waiting: Pick<WaitingList, 'empty'>;
}

/** What only hosts (and applications) may do. */
export class HostCommands {
  readonly #parts: HostParts;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  async update(
    caller: Caller | ApplicationCaller,
    wish: CommandPayload<'room:update'>,
  ): Promise<{ room: Room }> {
    for (let attempt = 1; ; attempt++) {
      try {
        return { room: await this.#change(caller, wish) };
      } catch (fault) {
        // Somebody else changed the room in between: look at it again and change what is there now.
        const isStale = fault instanceof AppError && fault.code === 'conflict';
        if (!isStale || attempt === MAX_ATTEMPTS) throw fault;
      }
    }
  }

  async close(caller: Caller | ApplicationCaller, roomId: string): Promise<void> {
    const { access, closer } = this.#parts;
    await hostedRoom(access, caller, roomId);
    await closer.close(roomId, caller.kind === 'user' ? caller.userId : null);
  }

  async #change(
    caller: Caller | ApplicationCaller,
    wish: CommandPayload<'room:update'>,
  ): Promise<Room> {
    const { access, archive, rooms, secrets, waiting } = this.#parts;
    const room = await hostedRoom(access, caller, wish.roomId);
    const change: RoomChange = {
      ...(wish.title === undefined ? {} : { title: normaliseLine(wish.title) }),
      ...(wish.locked === undefined ? {} : { locked: wish.locked }),
      ...(wish.capacity === undefined ? {} : { capacity: wish.capacity }),
      ...(wish.settings === undefined
        ? {}
        : {
            settings: changeSettings(room.settings, wish.settings),
            ...passcodeChange(room.id, wish.settings, secrets),
            ifRev: room.rev,
          }),
    };
    if (Object.keys(change).length === 0) return toRoom(room);
    const by = caller.kind === 'user' ? caller.userId : null;
    const updated = await rooms.update(wish.roomId, change, by);
    if (!updated) throw new AppError('room_not_found');
    await archive.saveRoom(updated);
    // The door is open: who still waits is told to ask again.
    if (wish.settings?.approval === false) await waiting.empty(wish.roomId, null);
    return toRoom(updated);
  }
}
