import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { RoomStateArchive, StateToSave } from './room-state-archive.port.js';
import type { RoomStateStore } from './room-state-store.port.js';

/** With the write behind it a state is archived within about a second. */
const EVERY_MS = 800;
/** Rooms listed in a round. */
const LISTED = 500;
/** States in one insert: together they are at most a few megabytes. */
const AT_ONCE = 25;

export interface StateArchiverParts {
  readonly states: Pick<RoomStateStore, 'read' | 'listUnsaved' | 'confirm'>;
  readonly archive: RoomStateArchive;
  /** The tags that this node looks after. */
  readonly tags: () => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Archives the last state of each room, not each version. A crash in between, or a second node on the same
 * tag, only repeats it: the mark of a room goes when the archive has the version that the store has.
 */
export class StateArchiver {
  readonly #parts: StateArchiverParts;
  #loop: Loop | undefined;

  constructor(parts: StateArchiverParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger } = this.#parts;
    const options = { name: 'state-archiver', everyMs: EVERY_MS, clock, logger };
    this.#loop = runLoop(options, async (signal) => (await this.#round(signal)) >= LISTED);
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  /** Archives what waits in these tags now; ends early with the signal. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#round(signal)) >= LISTED);
  }

  /** Archives the room's state as it is now. */
  save(roomId: string): Promise<void> {
    return this.#saveAll([roomId]);
  }

  /** Answers how many rooms were listed. */
  async #round(signal: AbortSignal): Promise<number> {
    const { states, tags } = this.#parts;
    const roomIds = await states.listUnsaved(tags(), LISTED);
    for (let start = 0; start < roomIds.length && !signal.aborted; start += AT_ONCE) {
      await this.#saveAll(roomIds.slice(start, start + AT_ONCE));
    }
    return roomIds.length;
  }

  async #saveAll(roomIds: readonly string[]): Promise<void> {
    const { archive, clock, states } = this.#parts;
    const found = await Promise.all(
      roomIds.map(async (roomId) => ({ roomId, state: await states.read(roomId) })),
    );
    const at = clock.now();
    // A state that was never changed is nothing to keep.
    const toSave = found.flatMap(({ roomId, state }): StateToSave[] =>
      state && state.version > 0 ? [{ roomId, ...state, at }] : [],
    );
    if (toSave.length > 0) await archive.saveStates(toSave);
    await Promise.all(
      found.map(({ roomId, state }) => states.confirm(roomId, state?.version ?? null)),
    );
  }
}
