import type { ServerEvents } from '../events.js';

export type RoomEventName = Extract<keyof ServerEvents, `room:${string}`>;

export interface RoomEvent {
  readonly name: RoomEventName;
  readonly roomId: string;
  readonly payload: unknown;
}

const NAMES: ReadonlySet<string> = new Set<RoomEventName>([
  'room:entry',
  'room:signal',
  'room:presence',
  'room:updated',
  'room:state',
  'room:waiting',
  'room:top',
  'room:left',
  'room:admitted',
]);

/** Events of rooms whose join is not answered yet; beyond it the room's next position tells of them. */
const MAX_KEPT = 1_000;

/**
 * Sorts events by room. Of a room that is being joined by PIN the id is not known yet, and its events
 * may come before the answer: while a join is under way, events of unknown rooms are kept.
 */
export class RoomInbox {
  #joining = 0;
  #kept: RoomEvent[] = [];

  /** The event with its room; null: not about a room. */
  read(name: string, payload: unknown): RoomEvent | null {
    if (!NAMES.has(name) || typeof payload !== 'object' || payload === null) return null;
    const { roomId, room } = payload as { roomId?: unknown; room?: { id?: unknown } };
    const id = roomId ?? room?.id;
    return typeof id === 'string' ? { name: name as RoomEventName, roomId: id, payload } : null;
  }

  keep(event: RoomEvent): void {
    if (this.#joining > 0 && this.#kept.length < MAX_KEPT) this.#kept.push(event);
  }

  /** What was kept of a room, in its order. */
  take(roomId: string): RoomEvent[] {
    const taken = this.#kept.filter((event) => event.roomId === roomId);
    this.#kept = this.#kept.filter((event) => event.roomId !== roomId);
    return taken;
  }

  clear(): void {
    this.#kept = [];
  }

  async whileJoining<T>(join: () => Promise<T>): Promise<T> {
    this.#joining++;
    try {
      return await join();
    } finally {
      this.#joining--;
      if (this.#joining === 0) this.clear();
    }
  }
}
