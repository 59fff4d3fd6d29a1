import type { CommandPayload } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import { hostedRoom, type RoomAccess } from './access.js';
import { inStore } from './in-store.js';
import { type HostKeeping, keepHosts } from './keep-hosts.js';
import type { MemberStore } from './member-store.port.js';
import type { People } from './people.port.js';
import type { RoomBanArchive } from './room-ban-archive.port.js';
import type { RoomDirectory } from './room-directory.js';

export interface KickParts extends HostKeeping {
  readonly access: RoomAccess;
  readonly members: MemberStore;
  readonly people: Pick<People, 'networkOf'>;
  readonly bans: RoomBanArchive;
  readonly directory: RoomDirectory;
  readonly clock: Clock;
}

/** Removes members against their will, and keeps out who is banned. */
export class MemberKicker {
  readonly #parts: KickParts;

  constructor(parts: KickParts) {
    this.#parts = parts;
  }

  async kick(
    caller: Caller | ApplicationCaller,
    { roomId, userId, ban = false, banAddress = false }: CommandPayload<'room:kick'>,
  ): Promise<void> {
    const { access, bans, clock, directory, members, people } = this.#parts;
    await hostedRoom(access, caller, roomId);
    const byUserId = caller.kind === 'user' ? caller.userId : null;
    if (userId === byUserId) throw new AppError('bad_request', 'Leave the room instead.');
    if (banAddress && !ban) throw new AppError('bad_request', '`banAddress` goes with `ban`.');
    const network = banAddress ? await people.networkOf(roomId, userId) : null;
    // The archive first: from the moment the store knows of the ban, a loss of its data may happen.
    if (ban) await bans.saveBan(roomId, { userId, network }, clock.now());
    const request = { roomId, userId, ban, network, byUserId };
    const outcome = await inStore(directory, roomId, () => members.kick(request));
    if (outcome.kind === 'refused') throw new AppError(outcome.code);
    if (outcome.wasHost) await keepHosts(this.#parts, roomId);
  }

  /**
   * The store's data has begun a new life, and may lack the newest bans: what is known already stays
   * as it is. Where the archive does not answer, it is done as soon as it does.
   */
  async repeatBans(roomId: string): Promise<void> {
    const { bans, members, owed } = this.#parts;
    await owed.attempt(`bans ${roomId}`, async () => {
      for (const ban of await bans.listBans(roomId)) {
        await members.kick({ roomId, ...ban, ban: true, byUserId: null });
      }
    });
  }
}
