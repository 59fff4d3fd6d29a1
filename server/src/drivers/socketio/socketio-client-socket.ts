import type { ServerEventName, ServerEvents } from '@pinroom/client/contract';
import type { ClientSocket } from '../../engine/connection/connection-handler.port.js';
import { clientFrame } from '../../engine/fanout/frame.port.js';
import { doorTopic, roomTopic } from '../../engine/fanout/topic.port.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { closeTransport } from './close-transport.js';
import { connectionOf, type EngineConnection, type PinroomSocket } from './engine-io-internals.js';

/** One Socket.IO socket as the engine sees it. */
export class SocketioClientSocket implements ClientSocket {
  readonly id: string;
  readonly #socket: PinroomSocket;
  readonly #connection: EngineConnection;
  readonly #logger: Logger;

  constructor(socket: PinroomSocket, logger: Logger) {
    this.id = socket.id;
    this.#socket = socket;
    this.#connection = connectionOf(socket);
    this.#logger = logger;
  }

  emit<N extends ServerEventName>(event: N, payload: ServerEvents[N]): void {
    if (!this.#isOpen()) return;
    this.#guarded(() => this.#write(clientFrame(event, JSON.stringify(payload))));
  }

  sendFrame(frame: string): void {
    if (!this.#isOpen()) return;
    this.#guarded(() => this.#write(frame));
  }

  joinTopic(roomId: string): void {
    this.#join(roomTopic(roomId));
  }

  leaveTopic(roomId: string): void {
    this.#leave(roomTopic(roomId));
  }

  joinDoor(roomId: string): void {
    this.#join(doorTopic(roomId));
  }

  leaveDoor(roomId: string): void {
    this.#leave(doorTopic(roomId));
  }

  disconnect(): void {
    this.#guarded(() => closeTransport(this.#connection));
  }

  #join(topic: string): void {
    // A closed socket would stay in the adapter's room for ever.
    if (!this.#isOpen()) return;
    this.#guarded(() => void this.#socket.join(topic));
  }

  #leave(topic: string): void {
    if (!this.#isOpen()) return;
    this.#guarded(() => void this.#socket.leave(topic));
  }

  #isOpen(): boolean {
    return this.#socket.connected && this.#connection.readyState === 'open';
  }

  /** Through Engine.IO's own queue, so that the order against acks and broadcasts is kept. */
  #write(frame: string): void {
    this.#connection.write(frame.slice(1), { wsPreEncoded: frame });
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.#logger.error({ err: fault, socketId: this.id }, 'a socket could not be used');
    }
  }
}
