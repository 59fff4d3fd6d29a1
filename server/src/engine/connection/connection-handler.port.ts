import type { ErrorCode, ServerEventName, ServerEvents, WireError } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { ClientInfo } from '../auth/client-info.port.js';

/** One client's socket, as the engine needs it. No method throws; a closed socket ignores calls. */
export interface ClientSocket {
  /** Unique within the process life. */
  readonly id: string;
  /** Sends one event to this client. */
  emit<N extends ServerEventName>(event: N, payload: ServerEvents[N]): void;
  /** Sends a client's frame as it is (see frame.port.ts). */
  sendFrame(clientFrame: string): void;
  /** From now on the socket hears the room's broadcasts on this node. */
  joinTopic(roomId: string): void;
  leaveTopic(roomId: string): void;
  /** From now on the frames of the room's door come to this node; the socket is sent none of them. */
  joinDoor(roomId: string): void;
  leaveDoor(roomId: string): void;
  /** Closes the transport, so that the client reconnects by itself. */
  disconnect(): void;
}

/** What a client shows at its handshake. */
export interface HandshakeCredentials {
  readonly token?: string;
  readonly refreshToken?: string;
  readonly client: ClientInfo;
}

export type CommandResult = { ok: true; data: unknown } | { ok: false; error: WireError };

/** The life of one accepted client. */
export interface ClientConnection {
  /** [CONN-1] Answers every command, known or not, with data or a coded error. Never rejects. */
  command(name: string, payload: unknown): Promise<CommandResult>;
  /** [CONN-5] Answers a command that could not be read with a code; it counts like any other. */
  unreadable(code: ErrorCode): CommandResult;
  /** [CONN-2] The socket is gone; gives up its seats. Called once. Never rejects. */
  closed(): Promise<void>;
}

/** What the transport calls. */
export interface ConnectionHandler {
  /** [CONN-3] Who is on the line; rejects with an AppError that becomes the `connect_error`. */
  authenticate(credentials: HandshakeCredentials): Promise<Caller>;
  /** [CONN-4] A client was accepted: greets it with `session:ready`. */
  connected(caller: Caller, socket: ClientSocket): ClientConnection;
}
