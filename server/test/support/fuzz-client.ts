import { WebSocket } from 'ws';
import type { Conversation, Frame } from './fuzz-frames.js';

const DEADLINE_MS = 15_000;

/** What came of a conversation. */
export interface Outcome {
  /** How each command was answered: `ok` or a code. */
  readonly codes: ReadonlyMap<string, number>;
  /** The server ended it. */
  readonly isClosed: boolean;
}

/**
 * Has a conversation with the server at `host`: every question has to be answered, and after the
 * last frames a further question has to be, or the connection to be closed. Rejects when neither comes.
 */
export async function converse(
  host: string,
  token: string,
  { greets, last, questions }: Conversation,
): Promise<Outcome> {
  const line = new Line(host);
  try {
    await line.frame('0{');
    if (greets) {
      line.send(`40${JSON.stringify({ token })}`);
      await line.frame('42["session:ready"');
    }
    for (const [n, { head, args, attachments }] of questions.entries()) {
      line.send(`${head}${n}${args}`);
      for (const binary of attachments) line.send({ binary });
    }
    await line.until(() => line.answers.size === questions.length);
    if (line.isClosed) throw new Error(`closed, with ${line.answers.size} answers`);
    for (const frame of last) line.send(frame);
    const further = questions.length;
    line.send(`42${further}["room:members",{}]`);
    await line.until(() => line.answers.has(further));
    return { codes: counted([...line.answers.values()]), isClosed: line.isClosed };
  } finally {
    line.end();
  }
}

/** A WebSocket that counts answers, and waits without polling. */
class Line {
  /** By the number of the command. */
  readonly answers = new Map<number, string>();
  isClosed = false;
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #changed: () => void = () => {};

  constructor(host: string) {
    this.#socket = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket.on('message', (data) => this.#take(String(data)));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  send(frame: Frame): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (typeof frame === 'string') this.#socket.send(frame);
    else if ('binary' in frame) this.#socket.send(frame.binary, { binary: true });
    else this.#socket.send(frame.brokenText, { binary: false });
  }

  async frame(start: string): Promise<void> {
    await this.until(() => this.#frames.some((frame) => frame.startsWith(start)));
    if (this.isClosed) throw new Error(`closed before ${start}`);
  }

  /** Resolves when it is so, or when the connection is closed. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = `${this.answers.size} answers`;
        reject(new Error(`neither answered nor closed within ${DEADLINE_MS} ms: ${seen}`));
      }, DEADLINE_MS);
      this.#changed = () => {
        if (!this.isClosed && !isSo()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#changed();
    });
  }

  end(): void {
    this.#changed = () => {};
    this.#socket.terminate();
  }

  #take(frame: string): void {
    const ack = /^43(\d+)\[\{"ok":(?:true|false,"error":\{"code":"(\w+)")/.exec(frame);
    if (ack) this.answers.set(Number(ack[1]), ack[2] ?? 'ok');
    else if (frame === '2') this.#socket.send('3');
    else if (this.#frames.length < 10) this.#frames.push(frame.slice(0, 40));
    this.#changed();
  }
}

function counted(codes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
