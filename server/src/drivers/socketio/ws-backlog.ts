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
  /** Connections that are looked at in a moment, or were cut. */
  const suspects = new WeakSet<EngineConnection>();

  function waitingBytes(connection: EngineConnection): number {
    const socket = connection.transport.socket as NodeWebSocket;
    return (queuedBytes.get(connection) ?? 0) + socket.bufferedAmount;
  }

  function onPacketCreate(this: EngineConnection, packet: EnginePacket): void {
    queuedBytes.set(this, (queuedBytes.get(this) ?? 0) + sizeOf(packet));
    if (suspects.has(this) || waitingBytes(this) <= options.maxBufferedBytes) return;
    suspects.add(this);
    // A single answer or burst may be larger than the bound: what counts is what the system did not take.
    setImmediate(() => judge(this));
  }

  function judge(connection: EngineConnection): void {
    if (waitingBytes(connection) <= options.maxBufferedBytes) {
      suspects.delete(connection);
    } else {
      // One that is being closed waits for what it will not read.
      if (connection.readyState === 'open') options.onSlow();
      (connection.transport.socket as NodeWebSocket).terminate();
    }
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
