import type { RequestListener } from 'node:http';
import { Server } from 'socket.io';
import { Encoder } from 'socket.io-parser';
import type { ConnectionHandler } from '../../engine/connection/connection-handler.port.js';
import type { FanoutBus } from '../../engine/fanout/fanout-bus.port.js';
import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import { invariant } from '../../engine/runtime/app-error.js';
import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { boundedDecoder } from './bounded-decoder.js';
import { withDeadline } from './call-deadline.js';
import type { AddressOf } from './client-address.js';
import { closeTransport } from './close-transport.js';
import { ConnectionCount } from './connection-count.js';
import { type EngineConnection, engineOf, type PinroomServer } from './engine-io-internals.js';
import { answering, type FetchHandler, type HeaderFields } from './fetch-handler.js';
import { authentication } from './handshake.js';
import type { ListenAddress, Listener } from './listener.js';
import { chooseTransport, type TransportChoice } from './load-uws.js';
import { NodeListener } from './node-listener.js';
import type { OriginCheck } from './origin-gate.js';
import { type ShardClients, ShardedFanoutBus } from './sharded-fanout-bus.js';
import { SocketLobby } from './socket-lobby.js';
import { UwsListener } from './uws-listener.js';
import { WsEngine } from './ws-engine.js';

export interface SocketServerOptions {
  /** `uws` fails, with the reasons, where uWebSockets.js does not load; `auto` falls back to `ws`. */
  readonly transport: TransportChoice;
  /** The longest packet that is parsed. */
  readonly maxPayloadBytes: number;
  /** Unsent bytes at which a socket is slow and is cut. */
  readonly maxBufferedBytes: number;
  /** How long a client may stop reading an answer over HTTP; default 30 s. */
  readonly stallMs?: number;
  readonly isOriginAllowed: OriginCheck;
  readonly addressOf: AddressOf;
  /** Sockets that one network may have open. */
  readonly socketsPerNetwork: number;
  /** Name of the cookie that holds a refresh token. */
  readonly refreshCookie: string;
  /** What every answer gets that does not come from the fetch handler. */
  readonly answerHeaders: HeaderFields;
  /** Absent: one node alone, whose bus comes from elsewhere. */
  readonly redis?: ShardClients;
  /** Used where the transport is `ws`. */
  readonly createNodeListener: (fetch: FetchHandler) => RequestListener;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Who answers what comes in. */
export interface SocketServerHandlers {
  readonly handler: ConnectionHandler;
  readonly fetch: FetchHandler;
}

/** Over how many steps, and how far apart, connections are closed. */
export interface ClosingPace {
  readonly batches: number;
  readonly pauseMs: number;
}

export const SOCKET_PATH = '/socket.io/';

/** Up to here an oversized packet is still received, so that it can be answered with a code. */
const MIN_FRAME_BYTES = 1_310_720;
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
const CONNECT_MS = 5_000;
const CLOSE_GRACE_MS = 2_000;

/** What the server is made of; see `prepareSocketServer`. */
interface ServerParts {
  readonly io: PinroomServer;
  readonly listener: Listener;
  readonly lobby: SocketLobby;
  readonly shards: ShardedFanoutBus | null;
  readonly engine: HandlerSlot;
  readonly answerHeaders: HeaderFields;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The engine comes after the server that serves it. */
interface HandlerSlot {
  handler: ConnectionHandler | null;
}

/** The server for sockets and HTTP. */
export class SocketServer implements AsyncDisposable {
  /** Null without Redis. */
  readonly bus: FanoutBus | null;
  readonly #parts: ServerParts;
  #port = 0;
  #closing: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    this.bus = parts.shards;
    this.#parts = parts;
  }

  /** What carries the sockets. */
  get transport(): 'uws' | 'ws' {
    return this.#parts.listener.transport;
  }

  /** 0 until it listens. */
  get port(): number {
    return this.#port;
  }

  get broadcaster(): LocalBroadcaster {
    return this.#parts.listener.broadcaster;
  }

  /** Resolves with the port. Rejects with a clear error when it is taken. Once. */
  async listen(address: ListenAddress, handlers: SocketServerHandlers): Promise<number> {
    const { engine, listener } = this.#parts;
    engine.handler = handlers.handler;
    this.#port = await listener.listen(address, answering(handlers.fetch, this.#parts));
    return this.#port;
  }

  /** No new connections; those that are there go on. Can be repeated. */
  stopAccepting(): void {
    this.#parts.listener.stopAccepting();
  }

  /** Closes every transport, so that the clients come back (elsewhere) by themselves. */
  async closeAllTransports({ batches, pauseMs }: ClosingPace): Promise<void> {
    const connections = this.#connections();
    const size = Math.max(1, Math.ceil(connections.length / batches));
    for (let start = 0; start < connections.length; start += size) {
      if (start > 0) await systemClock.sleep(pauseMs);
      for (const connection of connections.slice(start, start + size)) closeTransport(connection);
    }
    // Those that came in meanwhile.
    for (const connection of this.#connections()) closeTransport(connection);
  }

  /**
   * Stops listening, closes every connection and waits (within a bound) until the engine has said
   * goodbye to all clients. Can be repeated.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { io, listener, lobby, shards, logger } = this.#parts;
    this.stopAccepting();
    for (const connection of this.#connections()) closeTransport(connection);
    try {
      await withDeadline(lobby.empty(), CLOSE_GRACE_MS, () => new Error('goodbyes hang'));
    } catch (fault) {
      logger.warn({ err: fault }, 'not every client was let go in time');
    }
    // Waits for the HTTP server too, which the listener knows how to end.
    const ioClosed = io.close();
    await listener.close(CLOSE_GRACE_MS);
    await withDeadline(ioClosed, CLOSE_GRACE_MS, () => new Error('Socket.IO does not close'));
    await shards?.close();
  }

  #connections(): EngineConnection[] {
    return Object.values(engineOf(this.#parts.io).clients);
  }
}

/**
 * Builds the server without listening: the engine is built on its broadcaster and bus, and the
 * server then listens with the engine's handlers. With Redis, it subscribes to the adapter's own
 * channels at once. One server at a time in a process.
 */
export function prepareSocketServer(options: SocketServerOptions): SocketServer {
  const { logger, metrics } = options;
  const { uws, reasons } = chooseTransport(options.transport);
  const shards = options.redis ? new ShardedFanoutBus(options.redis, logger) : null;
  const io = createIo(options, shards);
  const onSlow = () => metrics.count('pinroom_slow_consumers_total');
  const connections = new ConnectionCount(options.socketsPerNetwork);
  const isFull = (address: string) => {
    const isReached = connections.isFull(address);
    if (isReached) metrics.count('pinroom_rate_limited_total', { limit: 'connections' });
    return isReached;
  };
  const listener = uws
    ? new UwsListener(io, { ...options, isFull, uws, onSlow })
    : new NodeListener(io, { ...options, isFull, path: SOCKET_PATH, onSlow });
  connections.watch(engineOf(io), listener.transport);
  if (reasons.length > 0) {
    // Only where none loads does it make a difference.
    const log = uws ? logger.debug : logger.info;
    log.call(
      logger,
      { reasons, transport: listener.transport },
      'not every uWebSockets.js build loads',
    );
  }
  const engine: HandlerSlot = { handler: null };
  const handler = () => {
    invariant(engine.handler, 'nobody arrives before the server listens');
    return engine.handler;
  };
  const lobby = new SocketLobby(handler, { logger, metrics });
  io.use(authentication({ ...options, handler }));
  io.on('connection', (socket) => lobby.enter(socket));
  const { answerHeaders } = options;
  return new SocketServer({ io, listener, lobby, shards, engine, answerHeaders, logger, metrics });
}

/** Builds the server and listens. Leaves nothing behind when it cannot. */
export async function openSocketServer(
  options: SocketServerOptions & ListenAddress & SocketServerHandlers,
): Promise<SocketServer> {
  const server = prepareSocketServer(options);
  try {
    await server.listen(options, options);
    return server;
  } catch (fault) {
    await server.close();
    throw fault;
  }
}

function createIo(options: SocketServerOptions, shards: ShardedFanoutBus | null): PinroomServer {
  return new Server({
    path: SOCKET_PATH,
    transports: ['websocket'],
    wsEngine: WsEngine,
    allowUpgrades: false,
    serveClient: false,
    allowEIO3: false,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: CONNECT_MS,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: Math.max(options.maxPayloadBytes, MIN_FRAME_BYTES),
    parser: { Encoder, Decoder: boundedDecoder(options.maxPayloadBytes) },
    ...(shards ? { adapter: shards.adapterFactory() } : {}),
  });
}
