import type {
  EngineConnection,
  EnginePacket,
  EngineServer,
  NodeWebSocket,
} from './engine-io-internals.js';

export interface BacklogOptions {
  readonly maxBufferedBytes: number;
  /** Called once for each socket that is cut. */
  readonly onSlow: () => void;
}

/**
 * Cuts the sockets that do not read fast enough, on `ws`. What waits for a socket lies in two
 * places: in Engine.IO's queue (counted here as packets are created) and in the socket's buffer.
 */
export function cutSlowConsumers(engine: EngineServer, options: BacklogOptions): void {
  const queuedBytes = new WeakMap<EngineConnection, number>();
  const cut = new WeakSet<EngineConnection>();

  function onPacketCreate(this: EngineConnection, packet: EnginePacket): void {
    const queued = (queuedBytes.get(this) ?? 0) + sizeOf(packet);
    queuedBytes.set(this, queued);
    const socket = this.transport.socket as NodeWebSocket;
    if (queued + socket.bufferedAmount <= options.maxBufferedBytes || cut.has(this)) return;
    cut.add(this);
    options.onSlow();
    socket.terminate();
  }

  /** The queue goes to the socket's buffer as a whole. */
  function onFlush(this: EngineConnection): void {
    queuedBytes.set(this, 0);
  }

  engine.on('connection', (connection) => {
    connection.on('packetCreate', onPacketCreate);
    connection.on('flush', onFlush);
  });
}

function sizeOf(packet: EnginePacket): number {
  const frame = packet.options.wsPreEncodedFrame;
  if (frame) return frame.reduce((bytes, part) => bytes + part.length, 0);
  return packet.data === undefined ? 1 : Buffer.byteLength(packet.data);
}
