import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { Caller } from '../../engine/auth/caller.port.js';
import type {
  ClientConnection,
  ClientSocket,
} from '../../engine/connection/connection-handler.port.js';
import type { UwsWebSocket } from './uws-native.js';

/**
 * Members of Socket.IO and Engine.IO that this driver needs and that their types do not show, all
 * in one place; the contract tests of the transport break when one of them changes.
 */

/** What a socket carries; functions only, so that nothing of it can be serialised. */
export interface SocketData {
  caller?: Caller;
  client?: ClientSocket;
  connection?: ClientConnection;
}

export type PinroomServer = Server<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>;

export type PinroomSocket = Socket<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>;

/** An event of a client, as the decoder hands it on. */
export interface EventPacket {
  /** Absent: the packet ended behind its type. */
  readonly data?: readonly [name: unknown, payload?: unknown];
  /** Of the acknowledgement; absent where none is wanted. */
  readonly id?: number;
}

/** Where Socket.IO hands a socket its events (4.8), before it makes acknowledging functions. */
interface EventTaker {
  onevent(packet: EventPacket): void;
}

/** From now on the events of this socket go there and nowhere else. */
export function takeEvents(
  socket: PinroomSocket,
  onEvent: (this: PinroomSocket, packet: EventPacket) => void,
): void {
  (socket as unknown as EventTaker).onevent = onEvent;
}

/** How a message is handed over already encoded. */
export interface EncodedMessage {
  /** The whole text frame; read by the transport on uWebSockets.js. */
  readonly wsPreEncoded?: string;
  /** The parts of the whole WebSocket frame; read by the transport on `ws`. */
  readonly wsPreEncodedFrame?: readonly Uint8Array[];
}

/** A `ws` WebSocket, as far as it is needed here. */
export interface NodeWebSocket {
  readonly bufferedAmount: number;
  terminate(): void;
  /** `close`: the TCP connection is gone, not just the goodbye said. */
  once(event: 'close', listener: () => void): unknown;
}

/** A transport connection of Engine.IO. */
export interface EngineConnection {
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed';
  readonly writeBuffer: readonly unknown[];
  readonly transport: { readonly socket: UwsWebSocket | NodeWebSocket };
  request: object | null;
  /** `text` is the message without Engine.IO's own leading type digit. */
  write(text: string, options?: EncodedMessage): unknown;
  close(discard?: boolean): void;
  on(event: 'packetCreate', listener: (packet: EnginePacket) => void): unknown;
  on(event: 'flush' | 'close', listener: () => void): unknown;
}

export interface EnginePacket {
  readonly data?: string | Uint8Array;
  readonly options: EncodedMessage;
}

export interface EngineServer {
  readonly clients: { readonly [id: string]: EngineConnection };
  on(event: 'connection', listener: (connection: EngineConnection) => void): unknown;
}

export function engineOf(io: PinroomServer): EngineServer {
  return io.engine as unknown as EngineServer;
}

export function connectionOf(socket: PinroomSocket): EngineConnection {
  return socket.conn as unknown as EngineConnection;
}
