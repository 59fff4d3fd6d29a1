import type { ErrorCode } from '@pinroom/client/contract';
import { Decoder, PacketType } from 'socket.io-parser';

/**
 * The event that stands for a command whose payload was not read; its argument is the code of the
 * answer. A symbol, so that no client can send it.
 */
export const REFUSED_COMMAND: unique symbol = Symbol('refused command');

/** Tries to connect that one transport connection has, for a client that refreshes in between. */
const MAX_CONNECTS = 5;
/** Packets for namespaces other than `/`, which there are none of. */
const MAX_FOREIGN_PACKETS = 3;
/** As many as Socket.IO itself takes. */
const MAX_ATTACHMENTS = 10;
/** Enough of a packet for its type, namespace and ack id. */
const HEADER_CHARS = 160;

/** Type, announced attachments, namespace, ack id, and the start of the arguments. */
const EVENT_HEADER = /^[25](?:(\d{1,3})-)?(?:(\/[^,]{0,100}),)?(\d{1,15})?\[/;

/**
 * A Socket.IO decoder that never parses more than `maxPayloadBytes`: of a longer command only the
 * header is read, and it becomes a `REFUSED_COMMAND` that is answered `payload_too_large`. Binary
 * commands become one too (`bad_request`), and their attachments are dropped as they come. What
 * is malformed throws, which makes Socket.IO close the connection.
 */
export function boundedDecoder(maxPayloadBytes: number): new () => Decoder {
  return class BoundedDecoder extends Decoder {
    #attachmentsToDrop = 0;
    #connects = 0;
    #foreignPackets = 0;

    override add(chunk: unknown): void {
      if (typeof chunk !== 'string') {
        if (this.#attachmentsToDrop === 0) throw new Error('binary data that nobody announced');
        this.#attachmentsToDrop -= 1;
        return;
      }
      if (this.#attachmentsToDrop > 0) throw new Error('text where an attachment was announced');
      if (chunk === '') throw new Error('an empty packet');
      const type = chunk.charCodeAt(0) - 0x30;
      if (type === PacketType.CONNECT) this.#connects += 1;
      if (chunk.charCodeAt(1) === 0x2f) this.#foreignPackets += 1;
      if (this.#connects > MAX_CONNECTS || this.#foreignPackets > MAX_FOREIGN_PACKETS) {
        throw new Error('too many tries');
      }
      const long = exceeds(chunk, maxPayloadBytes);
      if (type === PacketType.BINARY_EVENT) this.#refuse(chunk, 'bad_request');
      else if (type === PacketType.EVENT && long) this.#refuse(chunk, 'payload_too_large');
      else if (long || isAck(type)) throw new Error('not a packet of a client');
      else super.add(chunk);
    }

    #refuse(chunk: string, code: ErrorCode): void {
      const header = EVENT_HEADER.exec(chunk.slice(0, HEADER_CHARS));
      if (!header) throw new Error('malformed packet');
      const [, announced, namespace = '/', ackId] = header;
      const attachments = Number(announced ?? 0);
      const binary = code === 'bad_request';
      if (binary !== attachments > 0 || attachments > MAX_ATTACHMENTS) {
        throw new Error('illegal attachments');
      }
      this.#attachmentsToDrop = attachments;
      super.emitReserved('decoded', {
        type: PacketType.EVENT,
        nsp: namespace,
        data: [REFUSED_COMMAND, code],
        ...(ackId === undefined ? {} : { id: Number(ackId) }),
      });
    }
  };
}

/** The server asks for no answers. */
function isAck(type: number): boolean {
  return type === PacketType.ACK || type === PacketType.BINARY_ACK;
}

/** Whether a text has more than `limit` bytes; counts them only where the length leaves a doubt. */
function exceeds(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}
