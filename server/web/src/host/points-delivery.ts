import { PinroomError, type RoomHandle } from '@pinroom/client';
import { forget, recall, remember } from './tab-memory.js';

type Handle = Pick<RoomHandle, 'id' | 'patchState'>;

interface Parcel {
  /** The round that the points are for. */
  readonly round: string;
  readonly patches: readonly unknown[];
  /** The result that they belong to is out. */
  readonly isDue: boolean;
}

/**
 * Brings the points of a round into the room's state, also across a reload and a lost connection. What they are is
 * fixed before the result is sent, and they go out once it is there: then they are for what everybody has seen.
 */
export class PointsDelivery {
  readonly #handle: Handle;
  readonly #onLost: (fault: unknown) => void;
  #underWay: Promise<void> | null = null;

  /** `onLost` hears of points that will never get there. */
  constructor(handle: Handle, onLost: (fault: unknown) => void) {
    this.#handle = handle;
    this.#onLost = onLost;
  }

  /** For a result that is about to be sent. */
  prepare(round: string, patches: readonly unknown[]): void {
    this.#keep({ round, patches, isDue: false });
  }

  /** The result of this round is there; `isOwn`: it is the one that the points were made for. */
  async settle(round: string, isOwn: boolean): Promise<void> {
    const parcel = this.#parcel;
    if (parcel?.round !== round || parcel.isDue) return;
    if (!isOwn) return this.drop();
    this.#keep({ ...parcel, isDue: true });
    await this.deliver();
  }

  /** Sends what is due. Rejects where that is worth another try. */
  deliver(): Promise<void> {
    this.#underWay ??= this.#send().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** They are wanted no more. */
  drop(): void {
    forget(this.#place);
  }

  async #send(): Promise<void> {
    const parcel = this.#parcel;
    if (!parcel?.isDue) return;
    try {
      for (const patch of parcel.patches) await this.#handle.patchState(patch);
    } catch (fault) {
      if (fault instanceof PinroomError && fault.retry) throw fault;
      this.#onLost(fault);
    }
    if (this.#parcel?.round === parcel.round) this.drop();
  }

  #keep(parcel: Parcel): void {
    remember(this.#place, parcel);
  }

  get #parcel(): Parcel | null {
    const { round, patches, isDue } = (recall(this.#place) ?? {}) as { [field: string]: unknown };
    if (typeof round !== 'string' || !Array.isArray(patches)) return null;
    return { round, patches, isDue: isDue === true };
  }

  get #place(): string {
    return `points:${this.#handle.id}`;
  }
}
