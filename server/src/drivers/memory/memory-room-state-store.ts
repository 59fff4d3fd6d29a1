import { clientFrame, composeFrame } from '../../engine/fanout/frame.port.js';
import type {
  KeptState,
  RoomStateStore,
  StateOutcome,
  StateWrite,
} from '../../engine/room/room-state-store.port.js';
import type { MemoryRoom } from './memory-room.js';
import type { MemoryState } from './memory-state.js';

/** States in the memory of this process. */
export class MemoryRoomStateStore implements RoomStateStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async read(roomId: string): Promise<KeptState | null> {
    return this.#state.room(roomId)?.state ?? null;
  }

  async write({ roomId, userId, base, json, patchJson }: StateWrite): Promise<StateOutcome> {
    const room = this.#state.room(roomId);
    if (!room) return { kind: 'absent' };
    const refusal = refusalOf(room, userId);
    if (refusal) return { kind: 'refused', code: refusal };
    if (base !== room.state.version) return { kind: 'stale', current: room.state };
    const now = this.#state.clock.now();
    const version = base + 1;
    room.state = { version, json };
    room.activeAt = now;
    room.stateWaitsSince ??= now;
    const event = `{"roomId":${JSON.stringify(roomId)},"version":${version},"patch":${patchJson}}`;
    const frame = composeFrame(`t ${room.rev} ${version}`, clientFrame('room:state', event));
    this.#state.publish(roomId, frame);
    return { kind: 'written', version };
  }

  async listUnsaved(tags: readonly string[], limit: number): Promise<string[]> {
    return tags
      .flatMap((tag) => this.#state.roomsOf(tag))
      .filter((room) => room.stateWaitsSince !== null)
      .sort((a, b) => (a.stateWaitsSince ?? 0) - (b.stateWaitsSince ?? 0))
      .slice(0, limit)
      .map((room) => room.id);
  }

  async confirm(roomId: string, version: number | null): Promise<void> {
    const room = this.#state.room(roomId);
    if (!room || room.stateWaitsSince === null) return;
    // A newer one waits behind the others.
    room.stateWaitsSince = room.state.version === version ? null : this.#state.clock.now();
  }
}

type Refusal = Extract<StateOutcome, { kind: 'refused' }>['code'];

function refusalOf(room: MemoryRoom, userId: string | null): Refusal | null {
  if (room.closedAt !== null) return 'room_closed';
  if (userId === null) return null;
  const member = room.members.get(userId);
  if (member) return member.role === 'host' ? null : 'forbidden';
  return room.hostIds.includes(userId) ? null : 'not_in_room';
}
