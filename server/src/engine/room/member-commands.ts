import type { CommandPayload, Member, Room } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import type { RateLimiters } from '../runtime/rate-limiter.port.js';
import type { RoomAccess } from './access.js';
import { inStore } from './in-store.js';
import { type HostKeeping, keepHosts } from './keep-hosts.js';
import type { HostRequest, MuteRequest, People } from './people.port.js';
import type { RoomDirectory } from './room-directory.js';
import { toRoom } from './room-record.port.js';
import { nicknameTaken } from './suggest-nickname.js';
import { nicknameForms, normaliseNickname } from './text.js';

export interface MemberCommandParts extends HostKeeping {
  readonly access: RoomAccess;
  readonly people: People;
  readonly directory: RoomDirectory;
  readonly limiters: Pick<RateLimiters, 'renames'>;
}

/** What members change about themselves, and hosts about members. */
export class MemberCommands {
  readonly #parts: MemberCommandParts;

  constructor(parts: MemberCommandParts) {
    this.#parts = parts;
  }

  /** Another nickname in this room; `nickname_taken` suggests one. */
  async rename(
    caller: Caller,
    { nickname, roomId }: CommandPayload<'room:rename'>,
  ): Promise<{ self: Member }> {
    const { access, directory, limiters, people } = this.#parts;
    // Whoever sits here is a member, also where the store has just lost its data.
    await access.of(caller, roomId);
    // Everybody is told, and the log of the room keeps it.
    await limiters.renames.take(`${roomId}:${caller.userId}`);
    const forms = nicknameForms(normaliseNickname(nickname));
    const request = { roomId, userId: caller.userId, ...forms };
    const outcome = await inStore(directory, roomId, () => people.rename(request));
    if (outcome.kind === 'renamed') return { self: outcome.self };
    if (outcome.code === 'nickname_taken') throw await nicknameTaken(people, request);
    throw new AppError(outcome.code);
  }

  async mute(
    caller: Caller,
    { muted, roomId, userId }: CommandPayload<'room:mute'>,
  ): Promise<void> {
    const { access, directory, people } = this.#parts;
    await access.ofHost(caller, roomId);
    const request: MuteRequest = { roomId, userId, muted, byUserId: caller.userId };
    const outcome = await inStore(directory, roomId, () => people.mute(request));
    if (outcome.kind === 'done') return;
    const isHost = outcome.code === 'conflict';
    throw new AppError(outcome.code, isHost ? 'A host cannot be muted.' : undefined);
  }

  /** Makes hosts, and players of them; the archive learns of it. */
  async changeHost(caller: Caller, wish: CommandPayload<'room:host'>): Promise<{ room: Room }> {
    const { access, directory, people } = this.#parts;
    await access.ofHost(caller, wish.roomId);
    const request: HostRequest = { ...wish, byUserId: caller.userId };
    const outcome = await inStore(directory, wish.roomId, () => people.changeHost(request));
    if (outcome.kind === 'refused') {
      const isLast = outcome.code === 'conflict';
      throw new AppError(
        outcome.code,
        isLast ? 'A room keeps at least one host: transfer it instead.' : undefined,
      );
    }
    await keepHosts(this.#parts, wish.roomId);
    return { room: toRoom(outcome.room) };
  }
}
