import type { FanoutBus } from '../../engine/fanout/fanout-bus.port.js';
import type { MemoryState } from './memory-state.js';

/** Brings the frames of every room to the one node there is; none gets lost. */
export class MemoryFanoutBus implements FanoutBus {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  onFrame(handler: (roomId: string, raw: Uint8Array) => void): void {
    this.#state.onFrame(handler);
  }

  /** Within a process nothing is interrupted. */
  onInterrupted(): void {}

  /** Every room's frames arrive from the beginning. */
  async whenSubscribed(): Promise<void> {}

  async whenAtDoor(): Promise<void> {}

  async publish(roomId: string, raw: Uint8Array): Promise<void> {
    this.#state.publish(roomId, raw);
  }
}
