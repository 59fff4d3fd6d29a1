import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const TEXT = 0x81;
const LONG = 126;
const LONGEST = 127;
const CONNECT_MS = 30_000;

/**
 * A WebSocket that costs next to nothing, so that a thousand of them cost less than the server that
 * they measure: it hands frames on as bytes, and answers the pings of Engine.IO.
 */
export class LightSocket {
  /** All that has come, the handshake included. */
  bytes = 0;
  /** Gets each text frame; the bytes are valid during the call only. */
  onFrame: (frame: Buffer) => void;
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;

  private constructor(socket: Socket, onFrame: (frame: Buffer) => void) {
    this.#socket = socket;
    this.onFrame = onFrame;
  }

  /** Connects, without a word of Engine.IO or Socket.IO so far. */
  static open(url: string, onFrame: (frame: Buffer) => void): Promise<LightSocket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      const light = new LightSocket(socket, onFrame);
      const timer = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_MS);
      socket.setNoDelay(true);
      socket.once('connect', () => {
        socket.write(
          `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
            'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
            `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
        );
      });
      socket.on('data', (chunk: Buffer) => {
        light.bytes += chunk.length;
        light.#rest = light.#rest.length === 0 ? chunk : Buffer.concat([light.#rest, chunk]);
        if (!light.#isOpen && light.#shakeHands()) {
          clearTimeout(timer);
          resolve(light);
        }
        if (light.#isOpen) light.#frames();
      });
      socket.on('error', reject);
      socket.on('close', () => {
        clearTimeout(timer);
        reject(new Error('the server closed the connection'));
      });
    });
  }

  send(text: string): void {
    const body = Buffer.from(text);
    const isLong = body.length >= LONG;
    const head = Buffer.alloc(isLong ? 8 : 6);
    head[0] = TEXT;
    // The mask is all zero: it changes nothing.
    head[1] = 0x80 | (isLong ? LONG : body.length);
    if (isLong) head.writeUInt16BE(body.length, 2);
    this.#socket.write(Buffer.concat([head, body]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #shakeHands(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return false;
    if (!this.#rest.subarray(0, end).includes(' 101 ')) {
      this.#socket.destroy(new Error(this.#rest.subarray(0, end).toString().split('\r\n')[0]));
      return false;
    }
    this.#rest = this.#rest.subarray(end + 4);
    this.#isOpen = true;
    return true;
  }

  #frames(): void {
    let data = this.#rest;
    for (;;) {
      const size = data[1] ?? 0;
      let head = 2;
      if (size === LONG) head = 4;
      if (size === LONGEST) head = 10;
      if (data.length < Math.max(2, head)) break;
      let length = size;
      if (size === LONG) length = data.readUInt16BE(2);
      if (size === LONGEST) length = Number(data.readBigUInt64BE(2));
      if (data.length < head + length) break;
      const frame = data.subarray(head, head + length);
      if (data[0] === TEXT) this.#frame(frame);
      data = data.subarray(head + length);
    }
    this.#rest = data;
  }

  #frame(frame: Buffer): void {
    if (frame.length === 1 && frame[0] === 0x32) this.send('3');
    else this.onFrame(frame);
  }
}
