import { LightSocket } from '../light-socket.js';

const ANSWER_MS = 30_000;
/** An entry's frame ends with its number in the room: `"n":"0000123"}}]`. */
const DIGITS = 7;
const BEHIND_DIGITS = 4;
const BRACKET = 0x5b;
const ACK = 0x33;
const EVENT = 0x32;
const E = 0x65;
const N = 0x6e;
const ZERO = 0x30;

interface Answer {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { readonly code: string };
}

/** What is joined. */
interface Joined {
  readonly id: string;
  /** Null: it is joined by its id. */
  readonly pin: string | null;
}

/** Somebody in a room who looks at as little of what comes as it takes to know that all is right. */
export class BenchMember {
  /** Entries that came. */
  received = 0;
  /** Of the order in which they came: who saw the same has the same. */
  order = 0;
  readonly #socket: LightSocket;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #heard: ((number: number) => void) | null = null;
  #next = 0;

  private constructor(socket: LightSocket) {
    this.#socket = socket;
    socket.onFrame = (frame) => this.#hear(frame);
  }

  /** Connects; with what the server wants to see. Resolves once it is greeted. */
  static async connect(url: string, auth: object): Promise<BenchMember> {
    return new BenchMember(await LightSocket.enter(url, auth));
  }

  /** Joins a room; `heard` gets the number of each entry that comes there. */
  async join(room: Joined, heard: ((number: number) => void) | null): Promise<void> {
    this.#heard = heard;
    await this.ask('room:join', room.pin === null ? { roomId: room.id } : { pin: room.pin });
  }

  ask(name: string, payload: object): Promise<unknown> {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${name}`)), ANSWER_MS);
      this.#asked.set(number, (answer) => {
        clearTimeout(timer);
        if (answer.ok) resolve(answer.data);
        else reject(new Error(`${name}: ${answer.error?.code}`));
      });
      this.#socket.send(`42${number}${JSON.stringify([name, payload])}`);
    });
  }

  /** Says something to the room; the answer is noted there. */
  say(text: string, done: (answer: Answer) => void): void {
    const number = this.#next++;
    this.#asked.set(number, done);
    this.#socket.send(`42${number}["room:send",${text}]`);
  }

  close(): void {
    this.#socket.close();
  }

  #hear(frame: Buffer): void {
    if (frame[1] === EVENT && frame[2] === BRACKET && frame[9] === E && frame[10] === N) {
      this.#entry(frame);
    } else if (frame[1] === ACK) {
      const start = frame.indexOf(BRACKET);
      const number = Number(frame.toString('latin1', 2, start));
      const [answer] = JSON.parse(frame.toString('utf8', start)) as [Answer];
      this.#asked.get(number)?.(answer);
      this.#asked.delete(number);
    }
  }

  #entry(frame: Buffer): void {
    const end = frame.length - BEHIND_DIGITS;
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
