import type {
  KeptState,
  RoomStateStore,
  StateOutcome,
  StateWrite,
} from '../../engine/room/room-state-store.port.js';
import { tagOf } from '../../engine/runtime/random.js';
import { type Resilient, retry } from '../resilience/retry.js';
import { oldestMembers } from './due-members.js';
import * as keys from './keys.js';
import type { RedisAccess } from './redis-access.js';
import { isOutOfMemory } from './redis-faults.js';
import { READS } from './redis-resilience.js';
import { defineScript } from './scripts.js';

export interface RoomStateStoreOptions {
  /** Whether Redis' memory is so full that it takes nothing new for now. */
  readonly isMemoryShort: () => boolean;
}

type Refused = Extract<StateOutcome, { kind: 'refused' }>;

const BACKLOG_FULL: Refused = { kind: 'refused', code: 'backlog_full' };

const readState = defineScript({
  name: 'state-read',
  keys: (roomId: string) => [keys.roomKey(roomId), keys.stateKey(roomId)],
  args: () => [],
  reply: (raw): KeptState | null => {
    const found = raw as [version: string, json: string] | null;
    return found && { version: Number(found[0]), json: found[1] };
  },
});

const writeState = defineScript({
  name: 'state-write',
  keys: ({ roomId }: StateWrite) => [
    keys.roomKey(roomId),
    keys.membersKey(roomId),
    keys.stateKey(roomId),
    keys.unsavedStatesKey(tagOf(roomId)),
  ],
  args: ({ roomId, userId, base, json, patchJson }) => [
    ...keys.roomArgs(roomId),
    userId ?? '',
    base,
    json,
    patchJson,
  ],
  reply: (raw): StateOutcome => {
    const [status = '', version, json = ''] = raw as string[];
    if (status === 'written') return { kind: 'written', version: Number(version) };
    if (status === 'stale') return { kind: 'stale', current: { version: Number(version), json } };
    if (status === 'absent') return { kind: 'absent' };
    return { kind: 'refused', code: status as Refused['code'] };
  },
});

const confirmState = defineScript({
  name: 'state-confirm',
  keys: ({ roomId }: { roomId: string; version: number | null }) => [
    keys.roomKey(roomId),
    keys.unsavedStatesKey(tagOf(roomId)),
  ],
  args: ({ roomId, version }) => [roomId, version ?? ''],
  reply: () => undefined,
});

/** States in Redis: a string each, its version in the room's hash, and per tag a sorted set of the unsaved. */
export class RedisRoomStateStore implements RoomStateStore, Resilient {
  readonly resilience = READS;
  readonly #redis: RedisAccess;
  readonly #options: RoomStateStoreOptions;

  constructor(redis: RedisAccess, options: RoomStateStoreOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  @retry()
  async read(roomId: string): Promise<KeptState | null> {
    return await this.#redis.scripts.run(readState, roomId);
  }

  async write(wish: StateWrite): Promise<StateOutcome> {
    if (this.#options.isMemoryShort()) return BACKLOG_FULL;
    try {
      return await this.#redis.scripts.run(writeState, wish);
    } catch (fault) {
      // Redis refused before it ran the script.
      if (isOutOfMemory(fault)) return BACKLOG_FULL;
      throw fault;
    }
  }

  @retry()
  async listUnsaved(tags: readonly string[], limit: number): Promise<string[]> {
    return await oldestMembers(this.#redis, tags.map(keys.unsavedStatesKey), limit);
  }

  async confirm(roomId: string, version: number | null): Promise<void> {
    await this.#redis.scripts.run(confirmState, { roomId, version });
  }
}
