import { type ServerOptions, WebSocketServer } from 'ws';

/**
 * How long a peer may take to answer that its connection is closed. `ws` waits 30 s, in which a peer
 * that never answers keeps the connection. Not yet in the types of `ws`.
 */
const PATIENCE = { closeTimeout: 1_000 };

/** The WebSocket server of `ws`, as Engine.IO makes one, that cuts who does not answer a close. */
export class WsEngine extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, ...PATIENCE });
  }
}
