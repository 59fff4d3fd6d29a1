import { LightSocket } from './light-socket.js';
import { pause } from './waiting.js';

const ACK = '43';
const EVENT = Buffer.from('42["room:presence",');
const TOP = Buffer.from('42["room:top",');
const ANSWER_MS = 60_000;
/** As the client library does it. */
const TRIES = 40;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const SETTLE_MS = 1_000;
const SPREAD_MS = 2_000;

interface Answer {
  readonly ok: boolean;
  readonly data?: { readonly memberCount: number; readonly presenceVersion: number };
  readonly error?: { readonly code: string; readonly retryAfterMs?: number };
}

interface Presence {
  readonly version: number;
  readonly memberCount: number;
}

/** A player who is there, and counts what it hears of the others. */
export class LightMember {
  readonly socket: LightSocket;
  version = -1;
  memberCount = 0;
  /** Presence events. */
  events = 0;
  /** Commands that had to be sent again. */
  retries = 0;
  /** Joins because `room:top` told of a version that no event brought, as the client library does it. */
  reloads = 0;
  #pin: string | null = null;
  #isDoubtful = false;
  #next = 0;
  readonly #asked = new Map<number, (answer: Answer) => void>();

  private constructor(socket: LightSocket) {
    this.socket = socket;
    socket.onFrame = (frame) => this.#hear(frame);
  }

  /** Connects with an access token. */
  static async connect(url: string, token: string): Promise<LightMember> {
    return new LightMember(await LightSocket.enter(url, { token }));
  }

  /** Joins, as often as it takes. */
  async join(pin: string): Promise<void> {
    const { data } = await this.#must('room:join', { pin });
    this.#pin = pin;
    if (!data) return;
    if (data.presenceVersion > this.version) {
      this.version = data.presenceVersion;
      this.memberCount = data.memberCount;
    }
  }

  async leave(roomId: string): Promise<void> {
    this.#pin = null;
    await this.#must('room:leave', { roomId, everywhere: true });
    this.version = -1;
    this.memberCount = 0;
  }

  async #must(name: string, payload: object): Promise<Answer> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = await this.#ask(name, payload);
      if (answer.ok) return answer;
      this.retries++;
      const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      await pause((answer.error?.retryAfterMs ?? 0) + Math.random() * wait);
    }
    throw new Error(`${name} was refused ${TRIES} times.`);
  }

  #ask(name: string, payload: object): Promise<Answer> {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${name}`)), ANSWER_MS);
      this.#asked.set(number, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.socket.send(`42${number}${JSON.stringify([name, payload])}`);
    });
  }

  #hear(frame: Buffer): void {
    if (frame.subarray(0, EVENT.length).equals(EVENT)) {
      this.#presence(bodyOf(frame, EVENT));
      return;
    }
    if (frame.subarray(0, TOP.length).equals(TOP)) {
      const { presenceVersion } = bodyOf<{ presenceVersion: number }>(frame, TOP);
      if (presenceVersion > this.version) void this.#reload(presenceVersion);
      return;
    }
    const start = frame.indexOf('[');
    if (frame.subarray(0, 2).toString() !== ACK || start < 0) return;
    const number = Number(frame.subarray(2, start).toString());
    const [answer] = JSON.parse(frame.subarray(start).toString()) as [Answer];
    this.#asked.get(number)?.(answer);
    this.#asked.delete(number);
  }

  /** Most of what seems to be missing is on its way. */
  async #reload(version: number): Promise<void> {
    if (this.#isDoubtful) return;
    this.#isDoubtful = true;
    await pause(SETTLE_MS + Math.random() * SPREAD_MS);
    this.#isDoubtful = false;
    if (this.#pin === null || this.version >= version) return;
    this.reloads++;
    await this.join(this.#pin).catch(() => undefined);
  }

  #presence({ memberCount, version }: Presence): void {
    this.events++;
    if (version <= this.version) return;
    this.version = version;
    this.memberCount = memberCount;
  }
}

function bodyOf<T>(frame: Buffer, head: Buffer): T {
  return JSON.parse(frame.subarray(head.length, -1).toString()) as T;
}
