import { EventEmitter } from 'node:events';
import {
  type AuthContext,
  type Client,
  type ClientPrivate,
  ClientState,
  getMessageBytes,
  matchMaker,
  Protocol,
  Transport,
} from '@colyseus/core';
import {
  loadUws,
  type UwsPeerRequest,
  type UwsPeerResponse,
  type UwsPeerSocket,
} from './load-uws.js';

// Colyseus on the same uWebSockets.js as all. Its own package for that, which cannot be installed from a
// registry alone and brings Express along, does the same with each message and each join.

interface Visit {
  readonly url: string;
  readonly sessionId: string;
  readonly about: AuthContext;
}

/** As Colyseus' rooms want it: with the events of a socket. */
class Wrapper extends EventEmitter {
  readonly socket: UwsPeerSocket;

  constructor(socket: UwsPeerSocket) {
    super();
    this.socket = socket;
  }
}

const OPEN = 1;
const CLOSED = 3;

class UwsClient implements Client, ClientPrivate {
  readonly id: string;
  readonly sessionId: string;
  readonly ref: Wrapper;
  state = ClientState.JOINING;
  readyState = OPEN;
  reconnectionToken = '';
  _enqueuedMessages: Uint8Array[] = [];
  _afterNextPatchQueue: ClientPrivate['_afterNextPatchQueue'] = [];
  _joinedAt = 0;

  constructor(sessionId: string, ref: Wrapper) {
    this.id = sessionId;
    this.sessionId = sessionId;
    this.ref = ref;
    ref.on('close', () => {
      this.readyState = CLOSED;
    });
  }

  send(type: unknown, message?: unknown): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA, `${type}`, message));
  }

  sendBytes(type: string | number, bytes: Uint8Array): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA_BYTES, type, undefined, bytes));
  }

  enqueueRaw(data: Uint8Array): void {
    if (this.state === ClientState.JOINING) this._enqueuedMessages.push(data);
    else this.raw(data);
  }

  raw(data: Uint8Array): void {
    if (this.readyState === OPEN) this.ref.socket.send(data, true, false);
  }

  error(code: number, message = ''): void {
    this.raw(getMessageBytes[Protocol.ERROR](code, message));
  }

  leave(): void {
    if (this.readyState === OPEN) this.ref.socket.close();
  }

  close(): void {
    this.leave();
  }
}

/** `onPort` gets the port where it listens. */
export class UwsTransport extends Transport {
  readonly #uws = loadUws();
  readonly #app = this.#uws.App();
  readonly #wrappers = new WeakMap<UwsPeerSocket, Wrapper>();
  readonly #onPort: (port: number) => void;

  constructor(onPort: (port: number) => void) {
    super();
    this.#onPort = onPort;
    this.#app.ws('/*', {
      idleTimeout: 120,
      maxBackpressure: 1_024 * 1_024,
      upgrade: (response, request, context) => {
        const visit = {
          url: request.getUrl(),
          sessionId: new URLSearchParams(request.getQuery()).get('sessionId') ?? '',
          about: aboutOf(request),
        };
        const asked = ['key', 'protocol', 'extensions'] as const;
        const [key, protocol, extensions] = asked.map((name) =>
          request.getHeader(`sec-websocket-${name}`),
        );
        response.upgrade(visit, key ?? '', protocol ?? '', extensions ?? '', context);
      },
      open: (socket) => void this.#opened(socket as UwsPeerSocket & Visit),
      close: (socket) => void this.#wrappers.get(socket)?.emit('close'),
      message: (socket, message) =>
        void this.#wrappers.get(socket)?.emit('message', Buffer.from(message)),
    });
    this.#app.post('/matchmake/*', (response, request) => {
      const [, , method = '', name = ''] = request.getUrl().split('/');
      const about = aboutOf(request);
      const chunks: Buffer[] = [];
      let isGone = false;
      response.onAborted(() => {
        isGone = true;
      });
      response.onData((chunk, isLast) => {
        chunks.push(Buffer.from(new Uint8Array(chunk)));
        if (!isLast) return;
        void seatOf(method, name, `${Buffer.concat(chunks)}`, about).then((answer) => {
          if (!isGone) answerWith(response, answer);
        });
      });
    });
  }

  listen(port = 0, hostname = '127.0.0.1', _backlog?: number, listening?: () => void): this {
    this.#app.listen(hostname, port, (listenSocket) => {
      listening?.();
      this.#onPort(this.#uws.us_socket_local_port(listenSocket));
    });
    return this;
  }

  shutdown(): void {}

  simulateLatency(): void {}

  async #opened(socket: UwsPeerSocket & Visit): Promise<void> {
    const wrapper = new Wrapper(socket);
    this.#wrappers.set(socket, wrapper);
    const client = new UwsClient(socket.sessionId, wrapper);
    const room = matchMaker.getLocalRoomById(socket.url.split('/')[2] ?? '');
    if (room?.hasReservedSeat(client.sessionId)) await room._onJoin(client, socket.about);
    else client.error(0, 'seat reservation expired.');
  }
}

function aboutOf(request: UwsPeerRequest): AuthContext {
  const headers: Record<string, string> = {};
  request.forEach((name, value) => {
    headers[name] = value;
  });
  return { headers, ip: '127.0.0.1' };
}

function seatOf(method: string, name: string, wish: string, about: AuthContext): Promise<object> {
  return matchMaker.controller
    .invokeMethod(method, name, JSON.parse(wish), about)
    .catch((fault: unknown) => ({ error: `${fault}` }));
}

function answerWith(response: UwsPeerResponse, answer: object): void {
  response.cork(() => {
    for (const [name, value] of Object.entries(matchMaker.controller.DEFAULT_CORS_HEADERS)) {
      response.writeHeader(name, value);
    }
    response.writeHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
}
