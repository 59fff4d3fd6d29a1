import { parseEntryId } from '@pinroom/client/contract';
import type { EntryArchive } from '../history/entry-archive.port.js';
import type { Clock } from '../runtime/clock.js';
import { KeyedFlights } from '../runtime/keyed-flights.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { rateLimited } from '../runtime/rate-limited.js';
import { RecentMap } from '../runtime/recent-map.js';
import type { PinLookup, PinRegistry, PinSeeker } from './pin-registry.port.js';
import type { PinWatch } from './pin-watch.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomBanArchive } from './room-ban-archive.port.js';
import type { LiveRoom, RoomRecord } from './room-record.port.js';
import type { RoomStateArchive } from './room-state-archive.port.js';
import type { RoomStore } from './room-store.port.js';

/** How long a closed room stays in the store after somebody asked for it. */
const CLOSED_TTL_MS = 3_600_000;
/** One node rebuilds the PIN index at a time; after this long another may try. */
const REBUILD_LOCK_MS = 15_000;
/** Every look-up in an incomplete index asks for a rebuild; a node tries no more often than this. */
const REBUILD_PAUSE_MS = 1_000;
const MAX_ARCHIVED_PINS = 1_000;
/** A room this young with nothing archived may be one whose opening never came to writing it. */
const OPENING_MS = 60_000;

export interface DirectoryParts {
  readonly rooms: RoomStore;
  readonly pins: PinRegistry;
  readonly watch: Pick<PinWatch, 'note'>;
  readonly archive: RoomArchive;
  readonly bans: RoomBanArchive;
  readonly states: Pick<RoomStateArchive, 'findState'>;
  readonly entries: EntryArchive;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const TOO_MANY_PINS = {
  session: 'Too many wrong PINs. Have another look at the PIN, and wait a little.',
  address: 'Too many wrong PINs come from your network. Wait a little, and try again.',
} as const;

/** Finds rooms: in the store first, then in the archive and back into the store (cache-aside). */
export class RoomDirectory {
  readonly #parts: DirectoryParts;
  readonly #loads = new KeyedFlights<string, LiveRoom | null>();
  readonly #pinLoads = new KeyedFlights<string, string | null>();
  /** What the archive said of PINs a moment ago, while the index is not complete. */
  readonly #archivedPins = new RecentMap<{ roomId: string | null; until: number }>(
    MAX_ARCHIVED_PINS,
  );
  #nextRebuildAt = 0;

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  /** The room by its id, open or closed; null: there never was one. */
  async byId(roomId: string): Promise<LiveRoom | null> {
    const { metrics, rooms } = this.#parts;
    const kept = await rooms.get(roomId);
    const room = kept ?? (await this.restore(roomId));
    const source = kept ? 'redis' : room ? 'archive' : 'none';
    metrics.count('pinroom_store_reads_total', { what: 'room', source });
    return room;
  }

  /** The open room that has the PIN; null: none. Rejects with `rate_limited` after too many wrong ones of the seeker. */
  async byPin(pin: string, seeker?: PinSeeker): Promise<LiveRoom | null> {
    const roomId = await this.idByPin(pin, seeker);
    const room = roomId === null ? null : await this.byId(roomId);
    return room && room.closedAt === null && room.pin === pin ? room : null;
  }

  /** Likewise its id; whoever goes on with it has to look whether the room is open and has the PIN still. */
  async idByPin(pin: string, seeker?: PinSeeker): Promise<string | null> {
    const { metrics, pins, watch } = this.#parts;
    const found = await pins.lookup(pin, seeker);
    if (found.kind === 'refused') {
      watch.note('refused');
      const { by, retryAfterMs } = found;
      throw rateLimited(metrics, `pins_of_${by}`, retryAfterMs, TOO_MANY_PINS[by]);
    }
    const roomId = await this.#behind(pin, found);
    watch.note(roomId === null ? 'missed' : 'found', seeker?.sessionId);
    return roomId;
  }

  async #behind(pin: string, found: PinLookup): Promise<string | null> {
    if (found.kind !== 'unknown') return found.kind === 'room' ? found.roomId : null;
    // The index went with the data of Redis: the archive answers until it is rebuilt.
    this.rebuildPinsSoon();
    return this.#pinLoads.run(pin, () => this.#archivedPin(pin));
  }

  /** Brings a room that the store does not have back from the archive; null: unknown there too. */
  restore(roomId: string): Promise<LiveRoom | null> {
    return this.#loads.run(roomId, async () => {
      const record = await this.#parts.archive.findRoom(roomId);
      if (!record) return null;
      await this.#putBack(record);
      return this.#parts.rooms.get(roomId);
    });
  }

  /** Makes the PIN index complete for this life of the data, unless it is or somebody is at it. */
  async rebuildPins(): Promise<void> {
    const { pins, archive, clock, logger } = this.#parts;
    if ((await pins.completeSince()) !== null) return;
    // Given back when the rebuild ends or fails, so that the next one need not wait.
    await using lease = await pins.lockRebuild(REBUILD_LOCK_MS);
    if (lease === null) return;
    const inUse = await archive.listPins(clock.now());
    for (let start = 0; start < inUse.length; start += 1_000) {
      await pins.fill(inUse.slice(start, start + 1_000));
    }
    await pins.markComplete();
    logger.info({ pins: inUse.length }, 'the PIN index is complete');
  }

  /** The same, in the background. */
  rebuildPinsSoon(): void {
    const now = this.#parts.clock.now();
    if (now < this.#nextRebuildAt) return;
    this.#nextRebuildAt = now + REBUILD_PAUSE_MS;
    this.rebuildPins().catch((fault: unknown) => {
      this.#parts.logger.warn({ err: fault }, 'could not rebuild the PIN index');
    });
  }

  /** What opens meanwhile is in the index at once, so an answer may be remembered for a moment. */
  async #archivedPin(pin: string): Promise<string | null> {
    const { archive, clock } = this.#parts;
    const known = this.#archivedPins.peek(pin);
    if (known && clock.now() < known.until) return known.roomId;
    const roomId = (await archive.findRoomByPin(pin))?.id ?? null;
    this.#archivedPins.set(pin, { roomId, until: clock.now() + REBUILD_PAUSE_MS });
    return roomId;
  }

  async #putBack(record: RoomRecord): Promise<void> {
    const { bans: archive, clock, entries, rooms, states } = this.#parts;
    const [lastIds, bans, state] = await Promise.all([
      entries.lastIds(record.id),
      archive.listBans(record.id),
      states.findState(record.id),
    ]);
    const isYoung = clock.now() - record.createdAt < OPENING_MS;
    let epochFloor = 0;
    for (const id of lastIds.values()) {
      epochFloor = Math.max(epochFloor, parseEntryId(id)?.epoch ?? 0);
    }
    await rooms.put(record, {
      epochFloor,
      lastIds,
      bans,
      state,
      closedTtlMs: CLOSED_TTL_MS,
      isNew: isYoung && record.closedAt === null && lastIds.size === 0 && state === null,
    });
  }
}
