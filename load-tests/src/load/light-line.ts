import type { OpenSocket, SocketLine } from '@pinroom/client';
import WebSocket from 'ws';
import { HeardFrames } from './heard-frames.js';

const HANDSHAKE_MS = 10_000;
const SWEEP_MS = 1_000;

type Listener = (name: string, payload: unknown) => void;

/**
 * Sockets for the client library that speak Engine.IO and Socket.IO over a bare WebSocket: the same
 * frames as socket.io-client's, at a fraction of its memory and CPU. What many of them hear is parsed
 * once, and the same object for all.
 */
export class LightLines {
  readonly #frames = new HeardFrames();
  readonly #lines = new Set<LightLine>();
  #sweep: NodeJS.Timeout | undefined;

  readonly open: OpenSocket = (url, auth): LightLine => {
    const line: LightLine = new LightLine(url, auth, this.#frames, () => this.#lines.delete(line));
    this.#lines.add(line);
    this.#sweep ??= setInterval(() => this.#look(), SWEEP_MS).unref();
    return line;
  };

  close(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** One timer for all of them: the server pings, and who is not pinged any more is alone. */
  #look(): void {
    const now = performance.now();
    for (const line of this.#lines) line.look(now);
  }
}

/** One connection. */
export class LightLine implements SocketLine {
  readonly socket: WebSocket;
  readonly #auth: () => { token: string };
  readonly #frames: HeardFrames;
  readonly #onGone: () => void;
  #listener: Listener | null = null;
  readonly #acks = new Map<number, (answer: unknown) => void>();
  #next = 0;
  /** By Engine.IO. */
  #isGreeted = false;
  /** To Socket.IO's namespace. */
  #isConnected = false;
  #isOver = false;
  #pingedAt = Number.POSITIVE_INFINITY;
  #silenceMs = Number.POSITIVE_INFINITY;

  constructor(url: string, auth: () => { token: string }, frames: HeardFrames, onGone: () => void) {
    this.#auth = auth;
    this.#frames = frames;
    this.#onGone = onGone;
    const address = new URL('/socket.io/?EIO=4&transport=websocket', url);
    address.protocol = address.protocol.replace('http', 'ws');
    this.socket = new WebSocket(address, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      // The server under test is trusted with its UTF-8.
      skipUTF8Validation: true,
    });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.#hear(data.toString());
    });
    this.socket.on('error', () => this.#lost('transport error'));
    this.socket.on('close', () => this.#lost('transport close'));
  }

  onEvent(listener: Listener): void {
    this.#listener = listener;
  }

  emit(name: string, payload: unknown, ack: (answer: unknown) => void): void {
    const id = this.#next++;
    this.#acks.set(id, ack);
    this.#send(`42${id}${JSON.stringify([name, payload])}`);
  }

  close(): void {
    this.#listener = null;
    if (this.#isConnected) this.#send('41');
    this.#end();
    this.socket.close();
  }

  /** Gives up a connection over which no ping has come for too long. */
  look(now: number): void {
    if (now - this.#pingedAt > this.#silenceMs) this.#lost('ping timeout');
  }

  #hear(frame: string): void {
    switch (frame.charCodeAt(0)) {
      case 0x30: // Engine.IO: open
        this.#greet(frame);
        break;
      case 0x32: // ping
        this.#pingedAt = performance.now();
        this.#send('3');
        break;
      case 0x34: // message
        this.#message(frame);
        break;
      case 0x31: // close
        this.#lost('transport close');
        break;
    }
  }

  #greet(frame: string): void {
    const { pingInterval, pingTimeout } = JSON.parse(frame.slice(1)) as {
      pingInterval: number;
      pingTimeout: number;
    };
    this.#isGreeted = true;
    this.#silenceMs = pingInterval + pingTimeout;
    this.#pingedAt = performance.now();
    this.#send(`40${JSON.stringify(this.#auth())}`);
  }

  /** Socket.IO's packets, in its one namespace and without binary parts. */
  #message(frame: string): void {
    switch (frame.charCodeAt(1)) {
      case 0x30: // connected
        this.#isConnected = true;
        break;
      case 0x31: // disconnected by the server
        this.#lost('io server disconnect');
        break;
      case 0x32: {
        const event = this.#frames.event(frame);
        this.#listener?.(event.name, event.payload);
        break;
      }
      case 0x33: {
        const start = frame.indexOf('[');
        const id = Number(frame.slice(2, start));
        const ack = this.#acks.get(id);
        this.#acks.delete(id);
        ack?.(this.#frames.answer(frame.slice(start)));
        break;
      }
      case 0x34: {
        const { data } = JSON.parse(frame.slice(2)) as { data?: unknown };
        this.#listener?.('connect_error', data);
        break;
      }
    }
  }

  #lost(reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.socket.close();
    if (this.#isGreeted) this.#listener?.('disconnect', reason);
    else this.#listener?.('connect_error', undefined);
  }

  #end(): void {
    this.#isOver = true;
    this.#isConnected = false;
    this.#acks.clear();
    this.#pingedAt = Number.POSITIVE_INFINITY;
    this.#onGone();
  }

  #send(frame: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }
}
