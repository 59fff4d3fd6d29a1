import type { ErrorCode } from '@pinroom/client/contract';
import type {
  ClientConnection,
  ClientSocket,
  CommandResult,
} from '../../engine/connection/connection-handler.port.js';
import { toWireError } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { REFUSED_COMMAND } from './bounded-decoder.js';
import type { EventPacket, PinroomSocket } from './engine-io-internals.js';

const NOTHING: readonly [name: unknown, payload?: unknown] = [undefined];

/**
 * Takes every command of every socket, in place of Socket.IO's own dispatch (which calls it with the
 * socket as `this`): no listeners and no acknowledging closures per socket, and an answer is turned
 * into JSON once, without a search for binary parts that none has.
 */
export function commandListener(logger: Logger) {
  async function run(
    connection: ClientConnection,
    client: ClientSocket,
    { data: [name, payload] = NOTHING, id }: EventPacket,
  ): Promise<void> {
    try {
      answer(client, id, await connection.command(String(name), payload));
    } catch (fault) {
      logger.error({ err: fault }, 'a command could not be answered');
      answer(client, id, { ok: false, error: toWireError(fault) });
    }
  }

  return function onEvent(this: PinroomSocket, packet: EventPacket): void {
    const { client, connection } = this.data;
    if (!client || !connection || !this.connected) return;
    const [name, payload] = packet.data ?? NOTHING;
    if (name === REFUSED_COMMAND) {
      answer(client, packet.id, connection.unreadable(payload as ErrorCode));
    } else void run(connection, client, packet);
  };
}

/** Engine.IO message, Socket.IO acknowledgement, its number, its arguments. */
function answer(client: ClientSocket, id: number | undefined, result: CommandResult): void {
  if (id !== undefined) client.sendFrame(`43${id}[${JSON.stringify(result)}]`);
}
