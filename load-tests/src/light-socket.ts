import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;
const LONG = 126;
const LONGEST = 127;
const CONNECT_MS = 30_000;
/** From the open connection to the greeting. */
const GREETING_MS = 60_000;
const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket';
/** What the system hands over at once; one for all sockets, since it is read before the next one is. */
const SHARED = Buffer.allocUnsafeSlow(256 * 1_024);

/**
 * A WebSocket that costs next to nothing, so that a thousand of them cost less than the server that
 * they measure: it hands frames on as bytes, and answers pings: Engine.IO's, and those of WebSocket.
 */
export class LightSocket {
  /** All that has come, the handshake included. */
  bytes = 0;
  /** Gets each message; the bytes are valid during the call only. */
  onFrame: (frame: Buffer) => void;
  readonly #socket: Socket;
  /** The start of a frame whose end has not come. */
  #rest: Buffer | null = null;
  #isOpen = false;
  #opened: () => void = () => {};

  private constructor(socket: Socket, onFrame: (frame: Buffer) => void) {
    this.#socket = socket;
    this.onFrame = onFrame;
  }

  /** Connects, without a word of Engine.IO or Socket.IO so far; `path` for servers that speak neither. */
  static open(
    url: string,
    onFrame: (frame: Buffer) => void,
    path = SOCKET_IO,
  ): Promise<LightSocket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      // Spares each read a buffer of its own and the stream around it.
      const onread = {
        buffer: SHARED,
        callback: (length: number) => {
          light.#read(SHARED.subarray(0, length));
          return true;
        },
      };
      const socket = connect({ port: Number(port), host: hostname, onread });
      const light = new LightSocket(socket, onFrame);
      light.#opened = () => {
        clearTimeout(timer);
        resolve(light);
      };
      const timer = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_MS);
      socket.setNoDelay(true);
      socket.once('connect', () => {
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
            'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
            `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
        );
      });
      socket.on('error', reject);
      socket.on('close', () => {
        clearTimeout(timer);
        reject(new Error('the server closed the connection'));
      });
    });
  }

  /** Connects and shows the server what it wants to see. Resolves once it greets; rejects with its refusal. */
  static async enter(url: string, auth: object): Promise<LightSocket> {
    let [greet, refuse] = [() => {}, (_why: string) => {}];
    const greeted = new Promise<void>((resolve, reject) => {
      greet = resolve;
      refuse = (why) => reject(new Error(why));
    });
    const socket = await LightSocket.open(url, (frame) => {
      if (frame.includes('session:ready')) greet();
      else if (frame.subarray(0, 2).toString() === '44') refuse(frame.toString());
    });
    socket.#socket.once('close', () => refuse('the server closed the connection'));
    // What Engine.IO says first may wait unread: nothing of it is needed.
    socket.send(`40${JSON.stringify(auth)}`);
    const timer = setTimeout(() => refuse(`no greeting within ${GREETING_MS} ms`), GREETING_MS);
    try {
      await greeted;
      return socket;
    } catch (fault) {
      socket.close();
      throw fault;
    } finally {
      clearTimeout(timer);
    }
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  sendBytes(bytes: Buffer): void {
    this.#write(BINARY, bytes);
  }

  #write(kind: number, body: Buffer): void {
    const isLong = body.length >= LONG;
    const head = Buffer.alloc(isLong ? 8 : 6);
    head[0] = kind;
    // The mask is all zero: it changes nothing.
    head[1] = 0x80 | (isLong ? LONG : body.length);
    if (isLong) head.writeUInt16BE(body.length, 2);
    this.#socket.write(Buffer.concat([head, body]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.bytes += chunk.length;
    let data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#isOpen) data = this.#shakeHands(data);
    const left = this.#isOpen ? this.#frames(data) : data;
    this.#rest = left.length === 0 ? null : Buffer.from(left);
  }

  /** Answers what comes after the server's answer, or all of it where that is not complete. */
  #shakeHands(data: Buffer): Buffer {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return data;
    if (!data.subarray(0, end).includes(' 101 ')) {
      this.#socket.destroy(new Error(data.subarray(0, end).toString().split('\r\n')[0]));
      return data;
    }
    this.#isOpen = true;
    this.#opened();
    return data.subarray(end + 4);
  }

  /** Hands the whole frames over; answers what is left. */
  #frames(data: Buffer): Buffer {
    let at = 0;
    for (;;) {
      const size = data[at + 1] ?? 0;
      let head = 2;
      if (size === LONG) head = 4;
      if (size === LONGEST) head = 10;
      if (data.length < at + head) break;
      let length = size;
      if (size === LONG) length = data.readUInt16BE(at + 2);
      if (size === LONGEST) length = Number(data.readBigUInt64BE(at + 2));
      const end = at + head + length;
      if (data.length < end) break;
      const kind = data[at];
      if (kind === TEXT || kind === BINARY) this.#frame(data.subarray(at + head, end));
      else if (kind === PING) this.#write(PONG, data.subarray(at + head, end));
      at = end;
    }
    return at === 0 ? data : data.subarray(at);
  }

  #frame(frame: Buffer): void {
    if (frame.length === 1 && frame[0] === 0x32) this.send('3');
    else this.onFrame(frame);
  }
}
