import { LightSocket } from '../light-socket.js';
import { ask } from './ask.js';
import { type Joined, RoomMember, TEXT, type Words } from './room-member.js';

const ANSWER_MS = 30_000;
/** The first byte of a message, both ways. */
const JOIN_ROOM = 10;
const ROOM_DATA = 13;
/** Here differ `room:entry` and `room:sent`, which come behind that byte and their length. */
const LETTER = 7;
const E = 0x65;
const S = 0x73;

/** What Colyseus' matchmaker answers. */
interface Seat {
  readonly sessionId?: string;
  readonly room?: { readonly roomId: string; readonly processId: string };
  readonly error?: string;
}

/** Asks the matchmaker, over HTTP; throws where there is no seat. */
export async function askForSeat(
  url: string,
  wish: string,
  options: object,
): Promise<{ readonly roomId: string; readonly path: string }> {
  const { room, sessionId, error } = await ask<Seat>(`${url}/matchmake/${wish}`, { body: options });
  if (!room) throw new Error(`${wish}: ${error}`);
  const { roomId, processId } = room;
  return { roomId, path: `/${processId}/${roomId}?sessionId=${sessionId}` };
}

/** A member who speaks the protocol of Colyseus: a seat over HTTP, then MessagePack. */
export class ColyseusMember extends RoomMember {
  readonly #url: string;
  /** Answers come in the order of what was said. */
  readonly #said: ((refusal: string | null) => void)[] = [];
  #socket: LightSocket | null = null;
  #template: Template | null = null;
  #entered = () => {};

  /** There is nothing to connect to before it joins. */
  constructor(url: string) {
    super();
    this.#url = url;
  }

  protected async enter({ id }: Joined): Promise<void> {
    const { path } = await askForSeat(this.#url, `joinById/${id}`, {});
    const greeted = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nobody lets it in')), ANSWER_MS);
      this.#entered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#socket = await LightSocket.open(this.#url, (frame) => this.#hear(frame), path);
    await greeted;
    this.#socket.sendBytes(Buffer.of(JOIN_ROOM));
  }

  say({ key, digits }: Words, done: (refusal: string | null) => void): void {
    this.#said.push(done);
    this.#template ??= templateOf(key, digits);
    const { message, places } = this.#template;
    const bytes = Buffer.from(message);
    for (const place of places) bytes.write(digits, place, 'latin1');
    this.#socket?.sendBytes(bytes);
  }

  close(): void {
    this.#socket?.close();
  }

  #hear(frame: Buffer): void {
    if (frame[0] === ROOM_DATA) {
      // The entry's last field is its number, and nothing is behind it.
      if (frame[LETTER] === E) this.entry(frame, frame.length);
      else if (frame[LETTER] === S) this.#said.shift()?.(null);
    } else if (frame[0] === JOIN_ROOM) {
      this.#entered();
    }
  }
}

/** A message to a room, with the places where an entry's digits go. */
interface Template {
  readonly message: Buffer;
  readonly places: readonly number[];
}

function templateOf(key: string, digits: string): Template {
  const payload = map({ text: string(TEXT), n: string(digits) });
  const wish = map({ type: string('chat'), key: string(key), payload });
  const message = Buffer.concat([Buffer.of(ROOM_DATA), string('room:send'), wish]);
  return { message, places: [message.indexOf(digits), message.length - digits.length] };
}

/** As much of MessagePack as it takes. */
function string(text: string): Buffer {
  const head = text.length < 32 ? [0xa0 | text.length] : [0xd9, text.length];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}

function map(fields: Readonly<Record<string, Buffer>>): Buffer {
  const all = Object.entries(fields);
  const pairs = all.flatMap(([name, value]) => [string(name), value]);
  return Buffer.concat([Buffer.of(0x80 | all.length), ...pairs]);
}
