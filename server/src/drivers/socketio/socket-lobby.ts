import type { ConnectionHandler } from '../../engine/connection/connection-handler.port.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { closeTransport } from './close-transport.js';
import { commandListener } from './command-listener.js';
import { connectionOf, type PinroomSocket, takeEvents } from './engine-io-internals.js';
import { SocketioClientSocket } from './socketio-client-socket.js';

/** Introduces every accepted socket to the engine, and tells it when the socket is gone. */
export class SocketLobby {
  readonly #handler: () => ConnectionHandler;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #onCommand: ReturnType<typeof commandListener>;
  readonly #farewells = new Set<Promise<void>>();
  #sockets = 0;

  constructor(handler: () => ConnectionHandler, { logger, metrics }: LobbyOptions) {
    this.#handler = handler;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#onCommand = commandListener(logger);
  }

  /** A client was accepted. */
  enter(socket: PinroomSocket): void {
    const { caller } = socket.data;
    try {
      if (!caller) throw new Error('a socket without a caller');
      const client = new SocketioClientSocket(socket, this.#logger);
      socket.data.client = client;
      socket.data.connection = this.#handler().connected(caller, client);
    } catch (fault) {
      this.#logger.error({ err: fault }, 'a client could not be taken on');
      closeTransport(connectionOf(socket));
      return;
    }
    this.#count(1);
    takeEvents(socket, this.#onCommand);
    // Closed while it was taken on: uWebSockets.js says so at once, before anybody listened.
    if (socket.disconnected) this.#leave(socket);
    else socket.on('disconnect', () => this.#leave(socket));
  }

  /** Resolves when the engine has let go of every socket that left. */
  async empty(): Promise<void> {
    while (this.#farewells.size > 0) await Promise.all(this.#farewells);
  }

  #leave(socket: PinroomSocket): void {
    // A client may say goodbye and keep the connection, which natively still hears its topics.
    closeTransport(connectionOf(socket));
    this.#count(-1);
    const farewell = this.#sayGoodbye(socket).finally(() => this.#farewells.delete(farewell));
    this.#farewells.add(farewell);
  }

  async #sayGoodbye(socket: PinroomSocket): Promise<void> {
    try {
      await socket.data.connection?.closed();
    } catch (fault) {
      this.#logger.error({ err: fault }, 'a client could not be let go');
    }
  }

  #count(change: number): void {
    this.#sockets += change;
    this.#metrics.set('pinroom_sockets', this.#sockets);
  }
}

interface LobbyOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
}
