import type { CommandPayload } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import { hostedRoom, type RoomAccess } from './access.js';
import type { WaitingList } from './waiting-list.port.js';

/** Lets those in who wait at a room's door, or not. */
export class DoorKeeper {
  readonly #access: RoomAccess;
  readonly #waiting: WaitingList;

  constructor(access: RoomAccess, waiting: WaitingList) {
    this.#access = access;
    this.#waiting = waiting;
  }

  async admit(
    caller: Caller | ApplicationCaller,
    decision: CommandPayload<'room:admit'>,
  ): Promise<void> {
    await hostedRoom(this.#access, caller, decision.roomId);
    const outcome = await this.#waiting.decide(decision);
    if (outcome === 'absent') throw new AppError('room_not_found');
    if (outcome !== 'decided') throw new AppError(outcome);
  }
}
