import { LightSocket } from '../light-socket.js';
import { type Joined, RoomMember, TEXT, type Words } from './room-member.js';

const ANSWER_MS = 30_000;
/** An entry's frame ends with `"n":"0000123"}}]`. */
const BEHIND_DIGITS = 4;
const BRACKET = 0x5b;
const ACK = 0x33;
const EVENT = 0x32;
const E = 0x65;
const N = 0x6e;

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

/** A member who speaks Socket.IO, or as much of it as it takes. */
export class BenchMember extends RoomMember {
  readonly #socket: LightSocket;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #next = 0;

  private constructor(socket: LightSocket) {
    super();
    this.#socket = socket;
    socket.onFrame = (frame) => this.#hear(frame);
  }

  /** Connects; with what the server wants to see. Resolves once it is greeted. */
  static async connect(url: string, auth: object): Promise<BenchMember> {
    return new BenchMember(await LightSocket.enter(url, auth));
  }

  protected enter({ id, pin }: Joined): Promise<void> {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nobody lets it in')), ANSWER_MS);
      this.#asked.set(number, ({ ok, error }) => {
        clearTimeout(timer);
        if (ok) resolve();
        else reject(new Error(`room:join: ${error?.code}`));
      });
      const wish = pin === null ? { roomId: id } : { pin };
      this.#socket.send(`42${number}${JSON.stringify(['room:join', wish])}`);
    });
  }

  say({ roomId, key, digits }: Words, done: (refusal: string | null) => void): void {
    const number = this.#next++;
    this.#asked.set(number, ({ ok, error }) => done(ok ? null : (error?.code ?? '')));
    this.#socket.send(
      `42${number}["room:send",{"roomId":"${roomId}","type":"chat","key":"${key}",` +
        `"payload":{"text":"${TEXT}","n":"${digits}"}}]`,
    );
  }

  close(): void {
    this.#socket.close();
  }

  #hear(frame: Buffer): void {
    if (frame[1] === EVENT && frame[2] === BRACKET && frame[9] === E && frame[10] === N) {
      this.entry(frame, frame.length - BEHIND_DIGITS);
    } else if (frame[1] === ACK) {
      const start = frame.indexOf(BRACKET);
      const number = Number(frame.toString('latin1', 2, start));
      const [answer] = JSON.parse(frame.toString('utf8', start)) as [Answer];
      this.#asked.get(number)?.(answer);
      this.#asked.delete(number);
    }
  }
}
