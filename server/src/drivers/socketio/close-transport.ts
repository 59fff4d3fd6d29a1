import type { EngineConnection } from './engine-io-internals.js';

/** How long a client that does not read may hold up the close of its connection. */
const FLUSH_MS = 1_000;

/**
 * Closes the transport after what was written to it, without a Socket.IO disconnect packet: so a
 * client takes it for a lost connection and comes back by itself.
 */
export function closeTransport(connection: EngineConnection): void {
  connection.close();
  // Still unsent messages: Engine.IO waits for them, and a client that never reads must not win.
  if (connection.readyState === 'closing') {
    setTimeout(() => {
      const { socket } = connection.transport;
      if ('terminate' in socket) socket.terminate();
    }, FLUSH_MS).unref();
  }
}
