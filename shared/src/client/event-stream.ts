import type { ClientClock } from './client-clock.js';
import { PinroomError } from './errors.js';

/** Lines may end in any of three ways; a `\r` at the end of a piece may be half of one. */
const LINE_END = /\r\n|\n|\r(?!$)/;
/** An event is one entry of the log: what goes on for longer is something else, and would fill the memory. */
const LONGEST = 1_048_576;

/** Takes Server-Sent Events apart, as the pieces of their text come. */
export class EventText {
  #rest = '';
  #data: string[] = [];
  #length = 0;

  /** Whether it goes on for longer than events do. */
  get isEndless(): boolean {
    return this.#rest.length + this.#length > LONGEST;
  }

  /** The data of the events that this piece completes. Comments and other fields mean nothing here. */
  push(piece: string): string[] {
    const lines = (this.#rest + piece).split(LINE_END);
    this.#rest = lines.pop() ?? '';
    const events: string[] = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) events.push(this.#data.join('\n'));
        this.#data = [];
        this.#length = 0;
      } else if (line === 'data' || line.startsWith('data:')) {
        this.#data.push(line.slice(5).replace(/^ /, ''));
        this.#length += line.length;
      }
    }
    return events;
  }
}

/**
 * The data of the events in a body, until it ends. One that is silent for `silenceMs`, comments
 * included, counts as lost: `offline`, as does one that breaks off.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  clock: ClientClock,
  silenceMs: number,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const text = new EventText();
  try {
    for (;;) {
      const { done, value } = await readInTime(reader, clock, silenceMs);
      if (done) return;
      yield* text.push(decoder.decode(value, { stream: true }));
      if (text.isEndless) throw new PinroomError('unavailable', 'The stream holds no events.');
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function readInTime(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  clock: ClientClock,
  silenceMs: number,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  // The read that waits ends with it.
  const stop = clock.after(silenceMs, () => void reader.cancel().catch(() => {}));
  try {
    return await reader.read();
  } catch {
    throw new PinroomError('offline');
  } finally {
    stop();
  }
}
