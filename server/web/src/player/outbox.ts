import { type PinroomError, type RoomHandle, randomKey } from '@pinroom/client';
import { type Signal, signal } from '@preact/signals';

/** A text of one's own that is not in the room yet. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  /** Null: it is on its way, or waits for the connection. */
  readonly fault: PinroomError | null;
}

/** One's own texts, from the tap until the room has them. */
export class Outbox {
  readonly items: Signal<readonly Outgoing[]> = signal([]);
  readonly #handle: Pick<RoomHandle, 'send'>;

  constructor(handle: Pick<RoomHandle, 'send'>) {
    this.#handle = handle;
  }

  async send(text: string, key = randomKey()): Promise<void> {
    this.drop(key);
    this.items.value = [...this.items.value, { key, text, fault: null }];
    try {
      await this.#handle.send('text', { text }, { key });
      this.drop(key);
    } catch (fault) {
      this.items.value = this.items.value.map((item) =>
        item.key === key ? { ...item, fault: fault as PinroomError } : item,
      );
    }
  }

  drop(key: string): void {
    this.items.value = this.items.value.filter((item) => item.key !== key);
  }
}
