/** An entry's frame ends with its number in the room, in so many digits. */
const DIGITS = 7;
const ZERO = 0x30;

/** What is joined. */
export interface Joined {
  readonly id: string;
  /** Null: it is joined by its id. */
  readonly pin: string | null;
}

/** What somebody says. */
export interface Words {
  readonly roomId: string;
  readonly key: string;
  /** The entry's number in the room; see `entryDigits`. */
  readonly digits: string;
}

/** Somebody in a room who looks at as little of what comes as it takes to know that all is right. */
export abstract class RoomMember {
  /** Entries that came. */
  received = 0;
  /** Of the order in which they came: who saw the same has the same. */
  order = 0;
  #heard: ((number: number) => void) | null = null;

  /** Joins a room; `heard` gets the number of each entry that comes there. */
  async join(room: Joined, heard: ((number: number) => void) | null): Promise<void> {
    this.#heard = heard;
    await this.enter(room);
  }

  protected abstract enter(room: Joined): Promise<void>;

  /** Says something to the room; `done` gets null, or the code of a refusal. */
  abstract say(words: Words, done: (refusal: string | null) => void): void;

  abstract close(): void;

  /** An entry has come, with the last of its digits before `end`. */
  protected entry(frame: Buffer, end: number): void {
    let number = 0;
    for (let at = end - DIGITS; at < end; at++) number = number * 10 + (frame[at] ?? 0) - ZERO;
    this.received++;
    this.order = (Math.imul(this.order, 31) + number) | 0;
    this.#heard?.(number);
  }
}

/** The number of an entry, as the frame's end has it. */
export function entryDigits(number: number): string {
  return String(number).padStart(DIGITS, '0');
}

/** What all say, beside the entry's number. */
export const TEXT = 'What everybody in the room gets to read';
