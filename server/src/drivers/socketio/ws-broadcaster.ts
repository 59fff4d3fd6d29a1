// The default export has its classes only once this very copy was loaded as CommonJS, too.
import * as ws from 'ws';
import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import { roomTopic } from '../../engine/fanout/topic.port.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { connectionOf, type PinroomServer } from './engine-io-internals.js';

/** Part of `ws`, and used by Socket.IO for its own broadcasts, but not in the types. */
interface FrameSender {
  frame(
    data: Uint8Array,
    options: { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean },
  ): Uint8Array[];
}

const { Sender } = ws as unknown as { Sender: FrameSender };
const TEXT_FRAME = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

/** Computes the WebSocket frame once and queues it at each socket of the room. */
export class WsBroadcaster implements LocalBroadcaster {
  readonly #io: PinroomServer;
  readonly #logger: Logger;

  constructor(io: PinroomServer, logger: Logger) {
    this.#io = io;
    this.#logger = logger;
  }

  broadcast(roomId: string, clientFrame: Uint8Array): void {
    const { adapter, sockets } = this.#io.of('/');
    const ids = adapter.rooms.get(roomTopic(roomId));
    if (!ids) return;
    const frame = Buffer.from(clientFrame.buffer, clientFrame.byteOffset, clientFrame.byteLength);
    // Shared by all: Engine.IO only reads it.
    const options = { wsPreEncodedFrame: Sender.frame(frame, TEXT_FRAME) };
    const text = frame.toString('utf8', 1);
    for (const id of ids) {
      const socket = sockets.get(id);
      if (!socket) continue;
      try {
        connectionOf(socket).write(text, options);
      } catch (fault) {
        this.#logger.error({ err: fault, roomId }, 'a broadcast failed at one socket');
      }
    }
  }
}
