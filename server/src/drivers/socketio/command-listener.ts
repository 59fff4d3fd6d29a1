import type { ErrorCode } from '@pinroom/client/contract';
import type {
  ClientConnection,
  CommandResult,
} from '../../engine/connection/connection-handler.port.js';
import { toWireError } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { REFUSED_COMMAND } from './bounded-decoder.js';
import type { PinroomSocket } from './engine-io-internals.js';

type Ack = (result: CommandResult) => void;

/**
 * The one listener for every event of every socket (Socket.IO calls it with the socket as `this`).
 * A client cannot send functions, so a last argument that is one is the ack.
 */
export function commandListener(logger: Logger) {
  async function answer(
    connection: ClientConnection,
    name: string,
    payload: unknown,
    ack: Ack | null,
  ): Promise<void> {
    try {
      const result = await connection.command(name, payload);
      ack?.(result);
    } catch (fault) {
      logger.error({ err: fault }, 'a command could not be answered');
      ack?.({ ok: false, error: toWireError(fault) });
    }
  }

  return function onCommand(this: PinroomSocket, name: unknown, ...args: unknown[]): void {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as Ack) : null;
    const { connection } = this.data;
    if (!connection || !this.connected) return;
    if (name === REFUSED_COMMAND) {
      const result = connection.unreadable(args[0] as ErrorCode);
      ack?.(result);
      return;
    }
    const payload = args[0] === ack ? undefined : args[0];
    void answer(connection, String(name), payload, ack);
  };
}
