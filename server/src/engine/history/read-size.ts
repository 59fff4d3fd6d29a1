import type { ArchiveRow } from './entry-archive.port.js';

/** Channels read together, and entries taken of each, at most. */
const CHANNELS = 64;
const ENTRIES_PER_CHANNEL = 500;
const MOST = CHANNELS * ENTRIES_PER_CHANNEL;
/** Entries of the first read: 8 channels with 50 each. */
const FIRST = 400;
/** Entries for which one more channel is worth reading along. */
const PER_CHANNEL = 50;
/** What a read should bring: live commands wait behind it on the same connection. */
const TARGET_BYTES = 2_000_000;
/** Of an entry's other fields. */
const ROW_BYTES = 250;

/**
 * How much the next read of waiting entries may ask for. Grows while the replies are small, follows
 * the size of the last rows, and halves when a read did not come through.
 */
export class ReadSize {
  #entries = FIRST;

  /** How many channels go into one read. */
  get channels(): number {
    return Math.min(CHANNELS, Math.ceil(this.#entries / PER_CHANNEL));
  }

  /** Entries of each channel in a read of so many. */
  limitFor(channels: number): number {
    const share = Math.floor(this.#entries / Math.max(1, channels));
    return Math.max(1, Math.min(ENTRIES_PER_CHANNEL, share));
  }

  /** A read brought these rows. */
  learn(rows: readonly ArchiveRow[]): void {
    let bytes = 0;
    for (const row of rows) bytes += row.payload.length + ROW_BYTES;
    const grown = bytes <= TARGET_BYTES / 2 ? this.#entries * 2 : this.#entries;
    const fitting = bytes === 0 ? MOST : Math.floor((TARGET_BYTES * rows.length) / bytes);
    this.#entries = Math.max(1, Math.min(grown, fitting, MOST));
  }

  /** A read did not come through. */
  halve(): void {
    this.#entries = Math.max(1, Math.floor(this.#entries / 2));
  }

  /** After an outage nobody knows how large what has piled up is. */
  startAgain(): void {
    this.#entries = Math.min(this.#entries, FIRST);
  }
}
